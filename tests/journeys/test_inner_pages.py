# SPDX-License-Identifier: Apache-2.0
"""The pages one only reaches through others, in both languages; and changing programme, language and menu."""

from playwright.sync_api import expect

from tests.journeys.conftest import EN_PHONE, PHONE


def behind(page, path, where):
    """The address of the first link ``where`` on the page at ``path``."""
    page.goto(path)
    return page.locator(where).first.get_attribute("href")


def import_preview(page):
    """Stop before confirming the county table that the import page offers."""
    table = page.request.get("/import/demo-table.xlsx").body()
    page.goto("/import/")
    page.set_input_files("input[type=file]", {"name": "kezhou-2021.xlsx", "mimeType": "", "buffer": table})
    page.select_option("#id_programme", value="kezhou-2021")
    page.locator("main form button").click()
    expect(page.locator("main .callout").first).to_be_visible()


def county_return(page):
    """The address of the county table, handed in unless that was done before."""
    page.goto("/returns/?programme=kezhou-2021")
    if page.locator("tbody th a").count() == 0:
        import_preview(page)
        page.locator("form[action='/import/confirm'] button").click()
        page.goto("/returns/?programme=kezhou-2021")
    return page.locator("tbody th a").first.get_attribute("href")


def test_axe_finds_no_fault_on_what_lies_behind_a_list(visit, faults):
    deputy, finance, admin, office, auditor = (
        visit(name, **EN_PHONE) for name in ("deputy", "finance", "admin", "office", "auditor")
    )
    desk, somebody = "/programmes/zj-ganzi", behind(admin, "/users/", "tbody a[href^='/users/']")
    report = behind(office, "/rounds/?programme=zj-ganzi", "tbody a")
    inner = (
        (deputy, behind(deputy, "/projects/", "tbody th a")),
        (finance, behind(finance, "/projects/?stage=under_way", "tbody th a")),
        (finance, behind(finance, "/funds/", "a[href^='/funds/entries/']")),
        (deputy, county_return(deputy)),
        (deputy, "/?programme=kezhou-2021"),
        (deputy, "/programmes/zj-nagqu/"),
        (deputy, "/projects/?text=not-there"),
        (admin, somebody),
        (admin, f"{somebody}edit/"),
        (office, f"{desk}/setup/"),
        (office, behind(office, f"{desk}/edit/", "a[href*='/edit/batches/']")),
        (office, behind(office, f"{desk}/edit/", "a[href*='/edit/sources/']")),
        (office, behind(office, f"{desk}/targets/", f"main a[href^='{desk}/targets/']")),
        (office, report),
        (office, f"{report}compiled/"),
        (deputy, behind(deputy, "/handovers/?programme=zj-ganzi", "tbody a") + "sign"),
        (deputy, "/places/?text=kangding"),
        (auditor, "/audit/?area=projects&who=系统"),
        (admin, "/accounts/password/change/"),
        (admin, "/accounts/2fa/"),
    )
    found = {}

    for page, path in inner:
        assert page.goto(path).status == 200, path
        if wrong := faults(page):
            found[path] = wrong

    assert found == {}


def test_axe_finds_no_fault_on_the_preview_of_an_import_and_in_the_drawer(visit, faults):
    page = visit("deputy", **EN_PHONE)

    import_preview(page)
    preview = faults(page)
    page.goto("/")
    page.locator("a.proof").first.click()
    expect(page.get_by_role("dialog").locator("table").first).to_be_visible()
    drawer = faults(page)

    assert preview == []
    assert drawer == []


def test_escape_closes_the_drawer_and_gives_the_focus_back(visit):
    page = visit("deputy")
    page.locator("a.proof").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("a.proof").first).to_be_focused()


def test_the_deputy_switches_programme_and_stays_with_it_from_page_to_page(visit):
    page = visit("deputy")
    page.select_option("#programme", label="浙江 → 那曲市")
    page.get_by_role("button", name="切换").click()
    expect(page.locator(".lead")).to_contain_text("浙江 → 那曲市")

    page.locator("#menu").get_by_role("link", name="项目").click()

    expect(page.locator(".lead")).to_contain_text("浙江 → 那曲市")
    assert all(code.startswith("NQ-") for code in page.locator("tbody td[data-label='编号']").all_inner_texts())


def test_the_deputy_switches_to_english_and_back_on_the_page_where_he_is(visit):
    page = visit("deputy")
    page.goto("/projects/?stage=accepted")

    page.get_by_role("button", name="English").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Projects")
    assert page.url.endswith("/projects/?stage=accepted")
    page.get_by_role("button", name="简体中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("项目")


def test_the_menu_opens_and_closes_on_a_phone(visit):
    page = visit("deputy", viewport=PHONE)
    projects = page.locator("#menu").get_by_role("link", name="项目")
    expect(projects).not_to_be_in_viewport()

    page.locator(".to-menu").click()
    expect(projects).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(projects).not_to_be_in_viewport()
    page.locator(".to-menu").click()
    projects.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("项目")
