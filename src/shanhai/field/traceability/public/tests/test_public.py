# SPDX-License-Identifier: Apache-2.0
"""What a person sees who scans: honest, small, quick, in both languages, without script; and what they may report."""

import gzip
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from shanhai.field.traceability.events.rules.vocabulary import FULL, bare
from shanhai.field.traceability.models import Lot, Problem, Record, TestReport
from shanhai.field.traceability.public.providers import CODES
from shanhai.field.traceability.recalls.labels import STEPS, step_of
from shanhai.field.traceability.recalls.services.recalling import end_recall, start_recall
from shanhai.field.traceability.recalls.tests.builders import a_chain, an_inspector, box, lot, put, sent, transformed
from shanhai.field.traceability.store.services.recording import declare_wrong
from shanhai.field.traceability.tests.builders import a_party, a_recorder
from shanhai.kernel import ids
from shanhai.kernel.actors import NOBODY
from tests.cast import AT

pytestmark = pytest.mark.django_db
MOST_BYTES = 40 * 1024


@pytest.fixture
def chain():
    return a_chain()


@pytest.fixture
def buyer():
    return Client()


def page_of(buyer, code="B1", language="zh-hans"):
    return buyer.get(f"/trace/c/{code}/", headers={"accept-language": language}).content.decode()


def test_it_says_what_where_from_when_and_what_is_not_known(chain, buyer):
    page = page_of(buyer)

    for words in (
        "冬虫夏草",
        "冬虫夏草是中药材，不是普通食品",
        "采集、建档",
        "COOP",
        "没有检验报告",
        "温度：没有记录",
        "500 克",
    ):
        assert words in page
    # A label without a covered code has nothing to be revealed.
    assert "/reveal/" not in page
    # What the lot behind it went into besides is not the way of this box.
    assert page.count("包装</p>") == 1
    assert "正品" not in page
    assert "保真" not in page
    english = page_of(buyer, language="en")
    for words in ("Caterpillar fungus", "not an ordinary food", "Not known"):
        assert words in english


def test_it_is_small_has_no_script_and_asks_little(chain, buyer, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        page = page_of(buyer)
    sheets = re.findall(r'href="/static/([^"]+\.(?:css|svg))"', page)
    files = [Path(finders.find(re.sub(r"\.[0-9a-f]{12}(?=\.)", "", one))).read_bytes() for one in sheets]

    assert len(files) > 3
    assert "<script" not in page
    assert sum(len(gzip.compress(one)) for one in (page.encode(), *files)) <= MOST_BYTES


def test_a_recall_comes_first_and_a_drill_is_not_shown(chain, buyer):
    inspector = an_inspector(chain[0])
    start_recall(thing="RAW", level=1, drill=True, because="演练一次", by=inspector, at=AT)
    assert "演练一次" not in page_of(buyer)
    recall = start_recall(thing="RAW", level=1, drill=False, because="砷超标", by=inspector, at=AT)
    page = page_of(buyer)
    assert page.index("砷超标") < page.index("产地")
    end_recall(recall=recall.uuid, because="已全部追回。", by=inspector, at=AT)
    assert "这批货召回过" in page_of(buyer)


def test_what_was_declared_wrong_is_shown_as_such_with_the_reason_of_the_standard_alone(chain, buyer):
    coop, _, by, _ = chain
    (event,) = put(coop, by, transformed(1.5, {lot("RAW"): 1}, {lot("DRY"): 1}))
    declare_wrong(event=event, reason="did_not_occur", corrective=[], by=by, at=AT)
    assert "没有发生过" in page_of(buyer)


def test_every_step_of_the_standard_has_words_and_one_of_another_vocabulary_is_not_quoted(chain, buyer):
    coop, shop, by, _ = chain
    assert {bare("bizStep", one, {}) for one in FULL["bizStep"]} == {*STEPS}
    assert step_of("urn:epcglobal:cbv:bizstep:picking") == step_of("cbv:BizStep-picking") == step_of("picking")
    put(coop, by, {**sent(5, shop, box("B1")), "bizStep": "https://x.example/BizStep-Mr-Wang"})
    page = page_of(buyer)
    assert "其他步骤" in page
    assert "Wang" not in page


def test_only_those_are_heard_to_whom_the_goods_went_by_the_word_of_who_had_them(chain, buyer):
    coop, shop, _, seller = chain
    other = a_party(coop.programme, "OTHER", kind="trader")
    put(shop, seller, sent(6, shop, box("B1")))
    # With an early time, an origin of its own, and the shop named as where it goes.
    put(other, a_recorder(other, "other"), sent(-900, shop, box("B1")), transformed(-1, {lot("X"): 1}, {lot("RAW"): 1}))
    page = page_of(buyer)

    assert "SHOP" in page
    assert "OTHER" not in page
    assert "有 2 条记录来自没有经手这批货的单位" in page


def test_who_tested_it_with_the_result(chain, buyer):
    coop, _, by, _ = chain
    dry = Lot.objects.get(code="DRY")
    record = Record.objects.create(
        form_id=ids.new_id(), party=coop, product_class=dry.product_class, step="test", happened_at=AT,
        recorded_at=AT, by=by.ref,
    )  # fmt: skip
    TestReport.objects.create(
        record=record, lot=dry, kind="test", number="A-1", issuer="自治区食检院", issued_on=AT.date(), passed=False,
        values={"arsenic": "4.9"},
    )  # fmt: skip
    Lot.objects.filter(code="B1").update(facts={"grade": "2000 条"}, state="void")
    page = page_of(buyer)
    assert "自治区食检院" in page
    assert "检验不合格" in page
    for words in ("砷 4.9 mg/kg", "2000 条", "记录已经撤回"):
        assert words in page
    assert "没有检验报告" not in page


def test_an_unknown_code_gets_an_honest_page(buyer, chain):
    for address in (
        "/trace/c/NOSUCH/",
        "/trace/problem/NOSUCH/",
        "/trace/c/01/04012345123456/10/L/",
        "/trace/c/https://other.example/x/box/B1/",
    ):
        answer = buyer.get(address)
        assert answer.status_code == 404
        assert "没有这个码" in answer.content.decode()


def test_a_problem_is_reported_without_an_account_and_once(chain, buyer):
    page = buyer.get("/trace/problem/B1/").content.decode()
    form = re.search(r'name="form_id" value="([^"]+)"', page)[1]
    for _ in range(2):
        sent = {"kind": "opened", "words": "封口破了", "form_id": form}
        assert buyer.post("/trace/problem/B1/", sent).status_code == 302
    assert buyer.post("/trace/problem/B2/", sent).status_code == 409
    assert Problem.objects.get().words == "封口破了"
    assert buyer.post("/trace/problem/B1/", {"kind": "", "form_id": form[:-1] + "0"}).status_code == 422
    assert buyer.post("/trace/problem/B1/", {"kind": "other", "form_id": str(ids.new_id())}).status_code == 400
    assert Client(enforce_csrf_checks=True).post("/trace/problem/B1/", {"kind": "opened"}).status_code == 403


def test_thousands_of_reports_are_held_back(chain, buyer, settings):
    settings.TRACE_REPORTS_OF_THING, settings.TRACE_REPORTS_BY_ADDRESS = 3, 2

    def sent(address):
        given = {"kind": "opened", "words": "", "form_id": str(ids.new_id())}
        answer = buyer.post("/trace/problem/B1/", given, REMOTE_ADDR=address)
        # Whichever limit it is, who is ill is told where to call.
        assert answer.status_code == 302 or "反映太多" in answer.content.decode()
        return answer.status_code

    # One address does not use up what there is for all.
    assert [sent("192.0.2.1") for _ in range(3)] == [302, 302, 429]
    assert [sent(f"192.0.2.{one}") for one in (2, 3)] == [302, 422]
    assert Problem.objects.count() == 3


def test_codes_say_what_stands_behind_them_and_for_whom(chain):
    coop, _, by, _ = chain
    kinds = {one.key: one for one in CODES}
    inspector = an_inspector(coop)

    def links(viewer, path="/x/box/B1"):
        found = kinds["box"].standing(identifier=path, viewer=viewer, at=AT)
        return found and {one.audience: one.href for one in found.links if one.audience}

    assert links(NOBODY) == {"buyer": "/trace/c/B1/"}
    assert links(inspector)["inspector"] == "/trace/lots/B1/"
    # Whose it is, or was, is led to it; a recorder of others is a buyer.
    other = a_recorder(a_party(coop.programme, "OTHER"), "other")
    assert (links(by)["herder"], links(other)["herder"]) == ("/trace/lots/B1/", "/trace/")
    assert links(NOBODY, "/x/box/NONE") is None
    assert links(NOBODY, "/x/lot/DRY") is None
    standing = kinds["box"].standing(identifier="/x/box/B1", viewer=NOBODY, at=AT)
    assert (standing.recalled, standing.shipped_at, standing.not_for_sale) == (False, None, False)
    start_recall(thing="RAW", level=1, drill=False, because="砷超标", by=inspector, at=AT - timedelta(days=1))
    assert kinds["box"].standing(identifier="/x/box/B1", viewer=NOBODY, at=AT).recalled
    party = kinds["party"].standing(identifier="/x/party/COOP", viewer=NOBODY, at=AT)
    assert "COOP" not in str(party.title)
    assert box("B1")
