# SPDX-License-Identifier: Apache-2.0
"""Every page in both languages, on the desk and in the hand: accessible, light, and within its width."""

import pytest

from tests.journeys.conftest import EN_PHONE, PHONE, ZH_DESK

PAGES = (
    "/", "/programmes/", "/programmes/zj-ganzi/", "/projects/", "/funds/", "/funds/entries/", "/inbox/", "/returns/",
    "/import/", "/search/?q=学校",
    "/proof/?key=livelihood_share", "/audit/", "/accounts/", "/people/", "/organisations/", "/places/",
    "/style", "/not-there/",
)  # fmt: skip
KILOBYTE = 1024


def bytes_received(page, path):
    """What came over the line for a page and all it names."""
    session, total = page.context.new_cdp_session(page), [0]
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: total.__setitem__(0, total[0] + event["encodedDataLength"]))
    page.goto(path, wait_until="networkidle")
    session.detach()
    return total[0]


@pytest.mark.parametrize("look", [ZH_DESK, EN_PHONE], ids=["zh-desk", "en-phone-dark"])
def test_axe_finds_no_fault_on_any_page_and_nothing_sticks_out(visit, faults, look):
    page, found = visit("deputy", **look), {}

    for path in PAGES:
        page.goto(path)
        if wrong := faults(page):
            found[path] = wrong

    assert found == {}
    ink = "rgb(230, 238, 240)" if look.get("color_scheme") == "dark" else "rgb(22, 38, 44)"
    assert page.evaluate("getComputedStyle(document.body).color") == ink


@pytest.mark.parametrize("username", ["", "admin"])
def test_axe_finds_no_fault_on_the_pages_of_others(visit, faults, username):
    page = visit(username)

    for path in ("/accounts/login/",) if not username else ("/", "/users/", "/users/new/"):
        page.goto(path)
        assert faults(page) == [], path


def test_the_menu_works_on_a_phone_without_scripts(demo, browser, visit):
    page = visit("deputy", viewport=PHONE)
    context = browser.new_context(base_url=demo.url, viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    context.add_cookies(page.context.cookies())
    bare = context.new_page()
    bare.goto("/")

    bare.click("a[href='#menu']")
    bare.locator("#menu").get_by_role("link", name="项目").click()

    assert bare.url.endswith("/projects/") or "/projects/?" in bare.url
    context.close()


def test_english_pages_have_no_chinese_but_names(visit):
    page = visit("deputy", locale="en-GB")

    page.goto("/funds/")

    assert page.locator("h1").inner_text() == "Funds"
    assert page.evaluate("document.documentElement.lang") == "en"


def test_the_longest_words_fit_a_small_desk_and_stay_whole(visit):
    page = visit("deputy", locale="en-GB", viewport={"width": 1280, "height": 800})

    page.goto("/projects/")

    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert page.locator("td[data-label='County']").first.bounding_box()["width"] > 60


def test_a_desk_page_is_light_and_lighter_the_second_time(visit):
    page = visit("deputy")
    first = bytes_received(page, "/")
    again = bytes_received(page, "/")

    assert 0 < first <= 400 * KILOBYTE
    assert 0 < again <= 60 * KILOBYTE
