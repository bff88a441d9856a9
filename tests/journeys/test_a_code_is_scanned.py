# SPDX-License-Identifier: Apache-2.0
"""Codes are printed, scanned and revealed, a lot is called back: what a buyer with a weak phone sees of each."""

import re
import subprocess

from playwright.sync_api import expect

from shanhai.registers.codes.issue.tests.images import pages_of, read
from tests.journeys.conftest import PHONE, too_wide

# No account, the language by what the browser asks for. What looks for faults needs scripts, which buyers may lack.
READER = {"viewport": PHONE, "locale": "en-GB"}
BUYER = {**READER, "java_script_enabled": False}
MAKER, SHOP = "演示虫草加工厂", "演示那曲特产门店"


def reveal(page, cover, told):
    # The label is filled in already.
    page.get_by_label("Covered code").fill(cover)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("main")).to_contain_text(told)
    assert too_wide(page) == []


def test_a_printed_code_is_scanned_and_its_cover_opened_twice(visit, faults, tmp_path):
    desk = visit("recorder")
    desk.goto("/trace/")
    maker = desk.locator("section", has=desk.get_by_role("heading", name=MAKER))
    maker.get_by_role("link", name=re.compile("包装$")).click()
    desk.get_by_role("link", name="印码").click()
    assert faults(desk) == []
    desk.get_by_label("标签纸").select_option("a4-24")
    with desk.expect_download() as download:
        desk.get_by_role("button", name="下载 PDF").click()
    pdf = download.value.path()
    codes = read(pages_of(pdf.read_bytes(), tmp_path)[0])
    assert len(codes) == 6
    words = subprocess.run(["pdftotext", "-raw", pdf, "-"], check=True, capture_output=True, text=True).stdout
    path = re.sub("^https://[^/]+", "", codes[0])
    signs = " ".join(re.findall(".{1,4}", path.rpartition("/")[2]))
    cover = re.search(rf"{signs}\s+((?:\d{{4}} ?){{4}})", words)[1]

    buyer, reader = visit(**BUYER), visit(**READER)
    for one in (buyer, reader):
        one.goto(path)
    for said in ("Caterpillar fungus", "not an ordinary food", "Biru County", "Passed", "Not known"):
        expect(buyer.locator("main")).to_contain_text(said)
    assert too_wide(buyer) == []
    assert faults(reader) == []
    for one, told in ((buyer, "the first opening"), (reader, "opened before, first on")):
        one.get_by_role("link", name="Scratch off the cover").click()
        reveal(one, cover, told)
    assert faults(reader) == []
    # It was shipped: that nobody has activated its label is no reason to suspect anybody.
    inspector = visit("inspector")
    inspector.goto("/codes/signals/")
    expect(inspector.get_by_role("heading", level=1)).to_have_text("码的异常")
    expect(inspector.locator("main")).not_to_contain_text(path.rpartition("/")[2])


def test_a_lot_is_called_back_and_who_scans_a_box_of_it_reads_so(visit, faults):
    desk = visit("inspector")
    desk.goto("/trace/lots/")
    box = desk.locator("tr", has_text="冬虫夏草 · 箱盒").filter(has_text="在库").last.locator("th a")
    signs = box.inner_text()
    box.click()
    assert faults(desk) == []
    # The lot that it was packed from, of which there are six boxes.
    desk.locator("section", has_text="从哪里来").locator("tbody th a").first.click()
    expect(desk.locator("section", has_text="到哪里去").locator("tbody tr")).to_have_count(6)
    desk.locator("summary", has_text="召回这批货").click()
    assert faults(desk) == []
    desk.get_by_label("级别").select_option("2")
    desk.get_by_label("为什么召回").fill("复检砷超标。")
    desk.get_by_role("button", name="开始召回").click()
    # One of them was sold; nobody holds that one back.
    facts = desk.locator("dl.facts")
    expect(facts).to_contain_text(re.compile(r"已扣货\s*6\s*已卖给买家\s*1"))
    for one in (MAKER, SHOP):
        expect(desk.locator("section", has_text="通知了谁")).to_contain_text(one)
    assert faults(desk) == []
    recall = desk.url

    buyer = visit(**BUYER)
    buyer.goto(f"/x/box/{signs}")
    expect(buyer.get_by_role("alert")).to_contain_text("Being recalled: do not eat it")
    assert too_wide(buyer) == []

    holder = visit("recorder", viewport=PHONE)
    holder.goto(recall)
    for name, found in ((MAKER, "100"), (SHOP, "250")):
        theirs = holder.locator("section", has_text=f"替“{name}”答复")
        theirs.get_by_label("找到多少（克）").fill(found)
        theirs.get_by_label("其中撤下、封存多少（克）").fill(found)
        theirs.get_by_role("button", name="答复").click()
        holder.get_by_text("已记下答复").wait_for()
    assert faults(holder) == []

    desk.reload()
    expect(facts).to_contain_text(re.compile(r"已答复\s*2\s*找到\s*350 克"))
    desk.locator("summary", has_text="结束这次召回").click()
    desk.get_by_label("结果").fill("追回五盒，销毁。")
    desk.get_by_role("button", name="结束召回").click()
    desk.get_by_text("已结束这次召回").wait_for()
    buyer.reload()
    expect(buyer.get_by_role("alert")).to_contain_text("This lot was recalled")
