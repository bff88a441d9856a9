# SPDX-License-Identifier: Apache-2.0
"""The pages of bulletins: a month walks through them, what is typed stays, who may not is not shown it."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from shanhai.insight.reports.models import Bulletin
from shanhai.insight.reports.states import BulletinState
from shanhai.insight.reports.tests.builders import a_bulletin, brought_to, some_ledger, written
from shanhai.planning.projects.tests.builders import a_project, some_money

pytestmark = pytest.mark.django_db
START = {"programme": "zj-ganzi", "kind": "month", "year": "2026", "number": "10", "cut_off": "2026-10-31"}


@pytest.fixture
def line():
    return some_ledger()


@pytest.fixture
def office(line, sign_in):
    return sign_in("office")


@pytest.fixture
def deputy(line, sign_in):
    return sign_in("commander")


def typed(bulletin, **kw):
    """What the form of a bulletin sends as it stands, with other fields."""
    sent = {"revision": bulletin.revision, "title": bulletin.title}
    for at, one in enumerate(bulletin.sections.order_by("position")):
        sent |= {f"heading-{at}": one.heading, f"text-{at}": one.text, f"block-{at}": one.block}
    return {**sent, **kw}


def test_a_month_walks_through_the_pages(office, deputy):
    begun = office.post("/bulletins/start", START)
    found = Bulletin.objects.get()
    address = f"/bulletins/{found.uuid}/"
    assert (begun.status_code, begun["Location"]) == (302, f"{address}edit")

    office.post(f"{address}edit", typed(found, **{"text-4": "路已修通，到位{到位资金}。", "submit": "1"}))
    refused = deputy.post(f"{address}return", {"because": ""})
    deputy.post(f"{address}return", {"because": "写明金额"})
    shown = office.get(address).content.decode()
    office.post(f"{address}submit")
    own = office.post(f"{address}approve")
    deputy.post(f"{address}approve", {"because": "同意"})
    office.post(f"{address}freeze", {"document_number": "浙援甘〔2026〕10号"})

    page = office.get(address).content.decode()
    assert (refused.status_code, own.status_code) == (422, 403)
    assert "写明金额" in shown
    assert "浙援甘〔2026〕10号" in page
    assert "路已修通，到位" in page
    assert "出新的一版" in page
    assert Bulletin.objects.get().state == "frozen"


def test_a_number_in_the_text_leads_to_its_proof(line, office):
    found = brought_to(BulletinState.FROZEN)
    page = office.get(f"/bulletins/{found.uuid}/").content.decode()
    link = re.search(r'href="(/bulletins/[^"]+/figures/\d+/)" title="600\.00 元">600元</a>', page)
    assert link, page

    proof = office.get(link[1]).content.decode()

    assert "到位资金 = 各笔到位之和，扣除冲正" in proof
    assert "记账凭证" not in proof.partition("<main")[0]
    assert "省级财政 · 康定市" in proof
    assert office.get(f"/bulletins/{found.uuid}/figures/999/").status_code == 404
    assert office.get(f"/bulletins/{found.uuid}/figures/c2-9/").status_code == 404


def test_a_fault_stands_beside_its_field_and_what_was_typed_stays(line, office):
    found = a_bulletin()

    answer = office.post(f"/bulletins/{found.uuid}/edit", typed(found, **{"text-1": "到位{没有的数}"}))

    text = answer.content.decode()
    assert answer.status_code == 400
    assert "没有叫“没有的数”的数" in text.partition('name="text-1"')[2].partition("</div>")[2]
    assert "到位{没有的数}" in text
    assert not Bulletin.objects.get().sections.filter(text__contains="没有的数").exists()


def test_markup_that_people_write_is_text_on_the_page(line, office):
    found = written(a_bulletin(), "<script>alert(1)</script> #set page() $x$ [a]")

    page = office.get(f"/bulletins/{found.uuid}/").content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt; #set page() $x$ [a]" in page


def test_the_auditor_looks_and_does_not_write_and_strangers_find_nothing(line, sign_in):
    found = brought_to(BulletinState.SUBMITTED)
    auditor, elsewhere = sign_in("auditor"), sign_in("office", programme="zj-aksu", username="elsewhere")

    page = auditor.get(f"/bulletins/{found.uuid}/")
    assert page.status_code == 200
    assert "批准</button>" not in page.content.decode()
    assert auditor.post(f"/bulletins/{found.uuid}/approve", {"because": "行"}).status_code == 403
    assert auditor.post("/bulletins/start", START).status_code == 403
    for path in ("", "edit", "today", "figures/1/"):
        assert elsewhere.get(f"/bulletins/{found.uuid}/{path}").status_code == 404
    assert elsewhere.get(f"/bulletins/{found.uuid}.docx").status_code == 404
    assert elsewhere.get(f"/bulletins/{uuid4()}/").status_code == 404
    assert elsewhere.post(f"/bulletins/{found.uuid}/approve").status_code == 404
    assert Client().get(f"/bulletins/{found.uuid}/").status_code == 302


def test_pages_ask_the_database_a_fixed_number_of_times(line, office, django_assert_max_num_queries):
    for number in range(8):
        some_money("arrive", line, 1, on=date(2026, 7, number + 1))
        a_project(code=f"GZ-9{number}", name=f"项目{number}", yuan=10)
    found = brought_to(BulletinState.FROZEN)
    for month in range(1, 8):
        a_bulletin(month=month, text="")

    for path in ("/bulletins/?programme=zj-ganzi", f"/bulletins/{found.uuid}/"):
        office.get(path)
        with django_assert_max_num_queries(14):
            assert office.get(path).status_code == 200


def test_todays_figures_are_said_beside_the_frozen_ones(line, office):
    found = brought_to(BulletinState.FROZEN)
    assert office.get(f"/bulletins/{found.uuid}/today").content.strip() == b""

    some_money("pay", line, 50, on=date(2026, 10, 2))

    said = office.get(f"/bulletins/{found.uuid}/today").content.decode()
    assert "支付资金" in said
    assert [one in said for one in ("300.00 元", "350.00 元")] == [True, True]


def test_there_is_something_to_do_next_where_there_are_no_bulletins(office):
    assert "还没有报告" in office.get("/bulletins/?programme=zj-ganzi").content.decode()


def test_the_search_box_finds_a_bulletin_by_its_title(line, office):
    found = a_bulletin()

    assert f"/bulletins/{found.uuid}/" in office.get("/search/?q=10月月度").content.decode()


def test_the_text_is_checked_and_what_does_not_fit_warns_and_does_not_hinder(line, office):
    slip = "全州项目100个，其中康定市30个、泸定县30个、丹巴县50个。"
    found = written(a_bulletin(), slip)

    address = f"/bulletins/{found.uuid}/"
    told = office.get(f"{address}?check=1").content.decode().partition('id="findings"')[2]
    office.post(f"{address}submit")

    assert all(number in told for number in ("100个", "30个", "50个"))
    assert Bulletin.objects.get().state == "submitted"
    written_well = brought_to(BulletinState.DRAFT, a_bulletin(month=9, text="路已修通，到位资金{到位资金}。"))
    assert "没有发现对不上的" in office.get(f"/bulletins/{written_well.uuid}/?check=1").content.decode()
