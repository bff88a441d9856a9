# SPDX-License-Identifier: Apache-2.0
"""The planning desk: a change that needs the original approver, the pack of a leaving batch, the inbox."""

from playwright.sync_api import expect

from tests.journeys.conftest import ZH_DESK

# Of one programme: whoever shares the session may have chosen another one meanwhile.
LISTS = tuple(f"/{name}/?programme=zj-ganzi" for name in ("warnings", "adjustments", "handovers"))
PAGES = {
    "deputy": ("/inbox/", "/inbox/?tab=done", *LISTS, "/seasons/"),
    "finance": ("/funds/what-if/", "/inbox/"),
    "office": ("/jobs/", "/projects/imports/", "/projects/new/"),
}


def open_first(page, path):
    page.goto(path)
    with page.expect_navigation():
        page.locator("tbody a").first.click()


def test_the_inbox_leads_to_what_waits_and_keeps_what_was_done(visit):
    office = visit("office")
    office.goto("/projects/?programme=fj-changdu&stage=under_way")
    office.locator("tbody th a").first.click()
    office.select_option("#moveform_to", value="suspended")
    office.fill("#moveform_because", "演示：收件箱里要看得到")
    with office.expect_navigation():
        office.locator("form[action$='/move']").get_by_role("button", name="记录").click()

    office.goto("/inbox/?tab=done")

    expect(office.locator("main")).to_contain_text("演示：收件箱里要看得到")


def test_axe_finds_no_fault_on_the_pages_of_the_desk_and_none_is_wider_than_the_screen(visit, faults):
    found = {}
    for who, paths in PAGES.items():
        page = visit(who, **ZH_DESK)
        inner = {}
        for path in paths:
            assert page.goto(path).status == 200, path
            if path in LISTS:
                inner[path] = page.locator("tbody a").first.get_attribute("href")
            if wrong := faults(page):
                found[path] = wrong
        for path in inner.values():
            # A hand-over brings its lists up to date once it is open.
            assert page.goto(path, wait_until="networkidle").status == 200, path
            if wrong := faults(page):
                found[path] = wrong

    assert found == {}
