# SPDX-License-Identifier: Apache-2.0
"""A recorder grades what was dried, on a phone: the form, the lots, the codes to be printed."""

import re

from tests.journeys.conftest import PHONE


def test_a_day_is_recorded_on_a_phone_and_the_codes_are_there_to_print(demo, visit, faults):
    page = visit("recorder", viewport=PHONE)
    page.goto("/trace/")
    assert faults(page) == []
    page.get_by_role("link", name=re.compile("^分级 · 冬虫夏草")).click()
    assert faults(page) == []
    form = page.url
    page.get_by_label("重量（克）").first.fill("300")
    page.get_by_label("规格").first.select_option("broken")
    page.get_by_role("button", name="记下").click()
    page.get_by_text("最多产出 262 克").first.wait_for()
    assert faults(page) == []
    page.get_by_label("重量（克）").first.fill("258")
    page.get_by_role("button", name="记下").click()

    page.get_by_text("少了 4 克").wait_for()
    assert faults(page) == []
    record = page.url
    codes = page.get_by_role("link", name="印码").get_attribute("href")
    # The answer was lost: the same form again leads to what was recorded.
    page.goto(form)
    assert page.url == record
    assert codes.startswith("/codes/")
    for address in ("/trace/lots/", "/trace/permits/"):
        page.goto(address)
        assert faults(page) == []
