# SPDX-License-Identifier: Apache-2.0
"""A refused form: what was typed and the file stay, the fault stands beside its field, the language may be changed."""

from datetime import date, timedelta

from playwright.sync_api import expect

from tests.journeys.conftest import PHONE
from tests.journeys.test_project_life import PAPER, record_project, send, unfold

TODAY = date.today()  # noqa: DTZ011 - the demo runs on the real day


def test_a_refused_paper_is_mended_in_the_other_language_without_choosing_its_file_again(visit):
    page = visit("office", viewport=PHONE)
    dossier = record_project(page, "REFUSED-1")
    unfold(page, dossier, "paper")
    page.select_option("#paper [name=kind]", value="approval")
    page.fill("#paper [name=number]", "川发改〔2026〕9 号")
    page.fill("#paper [name=signed_on]", (TODAY + timedelta(days=30)).isoformat())
    page.set_input_files("#paper [name=file]", {**PAPER, "buffer": b"%PDF-1.4\n% refused\n%%EOF\n"})
    send(page, "#paper", "存入")

    signed = page.locator("#paper [name=signed_on]")
    beside = signed.get_attribute("aria-describedby").split()[-1]
    expect(page.locator(f"#{beside}")).to_contain_text("还没有到")
    page.locator(".languages button[lang=en]").click()
    page.wait_for_function("document.documentElement.lang === 'en'")

    expect(page.locator("#paper [name=number]")).to_have_value("川发改〔2026〕9 号")
    expect(page.locator("#paper")).to_contain_text("材料.pdf")
    page.locator("#paper [name=signed_on]").fill(TODAY.isoformat())
    send(page, "#paper", "File it")
    expect(page.locator(".messages")).to_be_visible()
    expect(page.locator("main")).to_contain_text("川发改〔2026〕9 号")
    page.locator(".languages button[lang^=zh]").click()
