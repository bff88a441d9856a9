# SPDX-License-Identifier: Apache-2.0
"""What nobody gets by guessing, by posting or by trying passwords: the county user, the auditor and the stranger."""

import re

from playwright.sync_api import expect

NOWHERE = "0190aaaa-0000-7000-8000-000000000000"
# What everybody may change: their language, being signed in, their own views; and ticked projects to export.
OWN_AFFAIRS = {"/i18n/setlang/", "/accounts/logout/", "/views/", "/projects/together"}


def words(page, path):
    """The status of an address and what its page says."""
    answer = page.goto(path)
    return answer.status, page.locator("main").inner_text()


def first_link(page, path, where="tbody th a"):
    page.goto(path)
    return page.locator(where).first.get_attribute("href").split("?")[0]


def post(page, path, **given):
    """What the server answers to a form that was sent by hand, with a token it accepts."""
    page.goto("/")
    token = page.locator("form.languages input[name=csrfmiddlewaretoken]").input_value()
    form = {**given, "csrfmiddlewaretoken": token}
    return page.request.post(path, form=form, headers={"Referer": page.url}, max_redirects=0)


def try_to_sign_in(page, username, password):
    page.goto("/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", password)
    page.get_by_role("button", name="登录", exact=True).click()
    return page.locator("main")


def test_a_project_elsewhere_is_not_found_in_the_words_of_a_missing_one(visit):
    deputy, county = visit("deputy"), visit("kangding")
    elsewhere = first_link(deputy, "/projects/?programme=zj-ganzi&county=513322")

    seen = words(county, elsewhere)

    assert seen == words(county, f"/projects/{NOWHERE}/")
    assert seen[0] == 404
    assert words(deputy, elsewhere)[0] == 200


def test_an_entry_elsewhere_is_not_found_in_the_words_of_a_missing_one(visit):
    deputy, county = visit("deputy"), visit("kangding")
    elsewhere = first_link(deputy, "/funds/?programme=zj-nagqu", "tbody a[href^='/funds/entries/']")

    seen = words(county, elsewhere)

    assert seen == words(county, f"/funds/entries/{NOWHERE}/")
    assert seen[0] == 404
    assert words(deputy, elsewhere)[0] == 200


def test_the_money_of_the_county_user_is_that_of_the_county(visit):
    page = visit("kangding")

    page.goto("/funds/")

    counties = page.locator("table", has=page.get_by_role("columnheader", name="县（市）"))
    assert counties.locator("tbody th").all_inner_texts() == ["康定市"]
    expect(counties.locator("tbody tr")).to_contain_text("1,875.50")


def test_the_county_user_sees_one_programme_and_has_no_switch(visit):
    page = visit("kangding")

    page.goto("/programmes/")

    assert page.locator("tbody th a").all_inner_texts() == ["浙江 → 甘孜州"]
    expect(page.locator("form.switcher")).to_have_count(0)


def test_the_auditor_meets_no_form_that_changes_anything_on_any_page_he_can_reach(visit):
    page = visit("auditor")
    waiting, seen, forms = ["/"], {"/"}, {}

    while waiting and len(seen) < 60:
        path = waiting.pop(0)
        page.goto(path)
        # What waits is fetched after the page.
        page.wait_for_load_state("networkidle")
        actions = page.eval_on_selector_all("form[method=post]", "all => all.map(one => one.getAttribute('action'))")
        for action in (action or path for action in actions):
            if action not in OWN_AFFAIRS and not path.startswith("/accounts/"):
                forms.setdefault(path, []).append(action)
        links = page.eval_on_selector_all(
            "a[href^='/']:not([download])", "all => all.map(one => one.getAttribute('href'))"
        )
        for target in (link.split("#")[0] for link in links):
            # One of each kind: the uuid, and what a list is filtered by, make no other page.
            kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", target.split("?")[0])
            if kind not in seen and not kind.startswith(("/documents/", "/api/")) and not kind.endswith(".xlsx"):
                seen.add(kind)
                waiting.append(target)

    assert {"/projects/…/", "/funds/", "/funds/entries/…/", "/proof/", "/audit/", "/returns/"} <= seen
    assert forms == {}


FORGED = (
    ("{project}move", {"to": "suspended", "because": "x", "on": "2026-11-20", "seen_stage": "under_way"}),
    ("{project}vouchers", {"act": "pay", "line": "{line}", "amount": "1"}),
    ("{entry}reverse", {"because": "x"}),
    ("/funds/arrivals", {"programme": "zj-aksu", "year": "2026", "fund_source": "provincial", "amount": "1"}),
    ("/import/", {"programme": "zj-aksu"}),
    ("/import/confirm", {"document": NOWHERE, "name": "a.xlsx"}),
    ("/users/new/", {"username": "friend"}),
)


def test_the_auditor_changes_nothing_by_sending_forms_by_hand(visit):
    page = visit("auditor")
    project = first_link(page, "/projects/?programme=zj-aksu&stage=under_way")
    entry = first_link(page, "/funds/?programme=zj-aksu", "tbody a[href^='/funds/entries/']")
    # Only who may post meets the name of the line; whoever forges a form may have heard it.
    finance = visit("finance")
    finance.goto(project)
    line = finance.locator("#id_line option").first.get_attribute("value")
    before = words(page, project)
    complete = {"number": "HAND-1", "unit": "yuan", "on": "2026-11-20"}

    for path, given in FORGED:
        given = {name: value.replace("{line}", line) for name, value in given.items()}
        answer = post(page, path.format(project=project, entry=entry), **{**complete, **given})
        assert (answer.status in {403, 404}, "CSRF" in answer.text()) == (True, False), path

    assert words(page, project) == before
    page.goto("/funds/?programme=zj-aksu")
    expect(page.get_by_text("HAND-1")).to_have_count(0)


def test_the_same_form_by_the_hand_of_the_deputy_moves_the_project(visit):
    page = visit("deputy")
    project = first_link(page, "/projects/?programme=fj-changdu&stage=under_way")

    answer = post(page, f"{project}move", to="suspended", because="演示：汛期", on="2026-11-20", seen_stage="under_way")

    assert answer.status == 302
    page.goto(project)
    expect(page.locator("main")).to_contain_text("演示：汛期")


BEHIND_THE_SIGN_IN = (
    "/",
    "/accounts/",
    "/accounts/2fa/",
    "/programmes/",
    "/programmes/zj-ganzi/",
    "/projects/",
    f"/projects/{NOWHERE}/",
    "/funds/",
    f"/funds/entries/{NOWHERE}/",
    "/returns/",
    f"/documents/{NOWHERE}/",
    "/search/?q=学校",
    "/proof/?key=arrival_rate",
    "/import/",
    "/import/demo-table.xlsx",
    "/projects/import-template.xlsx",
    "/users/",
    "/audit/",
    "/api/docs",
    "/api/openapi.json",
)


def test_a_stranger_is_led_to_the_sign_in_page_and_back(visit):
    page = visit()

    for path in BEHIND_THE_SIGN_IN:
        answer = page.request.get(path, max_redirects=0)

        assert answer.status == 302, path
        assert answer.headers["location"].startswith("/accounts/login/"), path


OPEN_TO_ALL = {"/healthz": 200, "/metrics": 404, "/api/v1/programmes": 401, "/api/v1/projects": 401, "/no/": 404}


def test_a_stranger_is_told_no_more_than_that_the_server_lives(visit):
    page = visit()

    answers = {path: page.request.get(path, max_redirects=0) for path in OPEN_TO_ALL}

    assert {path: answer.status for path, answer in answers.items()} == OPEN_TO_ALL
    assert [path for path, answer in answers.items() if "甘孜" in answer.text()] == []


def test_a_wrong_password_does_not_tell_whether_the_name_exists(visit):
    page = visit()

    known = try_to_sign_in(page, "office", "not-the-password").inner_text()
    unknown = try_to_sign_in(page, "nobody-of-that-name", "not-the-password").inner_text()

    assert known == unknown
    assert "用户名或密码不对" in known


def test_five_wrong_passwords_lock_a_name_out_for_a_while_even_with_the_right_one(visit):
    page = visit()
    for _ in range(4):
        expect(try_to_sign_in(page, "seni", "not-the-password")).to_contain_text("用户名或密码不对")

    expect(try_to_sign_in(page, "seni", "not-the-password")).to_contain_text("被锁定 15 分钟")

    expect(try_to_sign_in(page, "seni", "shanhai-demo-2026")).to_contain_text("被锁定 15 分钟")
