# SPDX-License-Identifier: Apache-2.0
"""The office looks up where to reach somebody, keeps a person, and takes them out again, on a phone."""

from tests.journeys.conftest import PHONE


def test_a_person_is_kept_and_erased_on_a_phone(visit, faults):
    page = visit("office", viewport=PHONE)
    page.goto("/people/new")
    page.get_by_label("姓名").fill("乙二")
    page.get_by_label("职务").fill("副组长")
    page.get_by_label("办公电话").fill("0836 2830001")
    page.get_by_label("对口支援").last.fill("zj-ganzi")
    page.get_by_label("行政区划代码").fill("513321")
    page.get_by_label("任职开始").fill("2026-01-05")
    assert faults(page) == []
    page.get_by_role("button", name="登记", exact=True).click()

    assert "代码 513321 已经变更" in page.locator("main").inner_text()
    page.get_by_role("link", name="乙二").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert faults(page) == []
    page.get_by_text("清除个人信息").click()
    page.get_by_label("为什么清除").fill("登记错了")
    page.get_by_role("button", name="清除，不能恢复").click()

    assert page.get_by_role("link", name="乙二").count() == 0
