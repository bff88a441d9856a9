# SPDX-License-Identifier: Apache-2.0
"""The pages of a lot and of a recall, and the console, as an inspector, a party and a stranger meet them."""

import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from shanhai.base.accounts.models import User
from shanhai.field.traceability.models import Problem, Recall, Recorder
from shanhai.field.traceability.recalls.selectors.things import find_thing
from shanhai.field.traceability.recalls.services.problems import report_problem
from shanhai.field.traceability.recalls.tests.builders import a_chain, an_inspector, box, lot, put, transformed
from shanhai.field.traceability.store.services.recording import declare_wrong
from shanhai.kernel import ids
from shanhai.kernel.actors import NOBODY
from tests.cast import AT, a_user, waiting_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain():
    return a_chain()


@pytest.fixture
def inspector(chain):
    return an_inspector(chain[0])


def client_of(username):
    client = Client()
    client.force_login(
        User.objects.get(username=username), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def text_of(response):
    return response.content.decode()


def test_an_inspector_sees_both_ways_the_balance_and_what_is_wrong(chain, inspector):
    coop, _, by, _ = chain
    (event,) = put(coop, by, transformed(5, {lot("DRY"): 2}, {lot("POWDER"): 9}))
    put(chain[1], chain[3], transformed(6, {lot("RAW"): 1}, {lot("OTHERS"): 1}, bizStep="https://x.example/steps/mill"))
    page = text_of(client_of("inspector").get("/trace/lots/DRY/"))
    for words in ("RAW", "B1", "POWDER", "SHOP", "3,000 g", "产出 9,000 g"):
        assert words in page
    assert "按“COOP”的记录。" in page
    # More of it went out than came in, by the words of two; a step of another vocabulary stands as it was written.
    page = text_of(client_of("inspector").get("/trace/lots/RAW/"))
    assert "按“COOP、SHOP”的记录。" in page
    assert "https://x.example/steps/mill" in page
    # Who has a box now, and who has the rest of what went into it.
    page = text_of(client_of("inspector").get("/trace/lots/B1/"))
    assert re.search(r"在谁手里</h2>\s*<p>SHOP", page)
    assert 'data-label="在谁手里">COOP' in page
    declare_wrong(event=event, reason="incorrect_data", corrective=[], by=by, at=AT)
    page = text_of(client_of("inspector").get("/trace/lots/DRY/"))
    assert "记错了" in page
    assert "POWDER" not in page


def test_a_lot_is_found_by_code_path_address_and_a_thing_of_others_by_any_spelling(chain, inspector):
    coop, _, by, _ = chain
    put(coop, by, transformed(6, {lot("DRY"): 1}, {"urn:epc:class:lgtin:4012345.012345.L1": 1}))
    client = client_of("inspector")

    for code in (
        "DRY",
        "dry",
        "x/lot/DRY",
        lot("DRY"),
        "01/04012345123456/10/L1",
        "urn:epc:class:lgtin:4012345.012345.L1",
    ):
        assert client.get(f"/trace/lots/{code}/").status_code == 200, code
    assert client.get("/trace/lots/NONE/").status_code == 404
    for code in ("DRY", lot("DRY"), "(01)04012345123456(10)L1"):
        out = StringIO()
        call_command("trace", code, "--json", stdout=out)
        assert len(json.loads(out.getvalue())["back"]["things"]) >= 2


def test_the_console_says_both_ways(chain):
    out = StringIO()
    call_command("trace", "DRY", "--json", stdout=out)
    found = json.loads(out.getvalue())

    assert [one["thing"] for one in found["back"]["things"]] == [lot("DRY"), lot("RAW")]
    assert {one["thing"] for one in found["forth"]["things"]} == {lot("DRY"), box("B1"), box("B2")}
    assert found["balance"] == [
        {"unit": "g", "in": 3000, "used": 0, "packed": 1000, "lost": 0, "out": 1000, "left": 2000, "counted": None,
         "unexplained": None},
    ]  # fmt: skip
    out = StringIO()
    call_command("trace", "DRY", stdout=out)
    assert "x/box/B1" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("trace", "NONE")


def test_a_party_sees_its_own_and_a_stranger_nothing(chain):
    a_user(None, username="nobody")
    assert client_of("coop").get("/trace/lots/RAW/").status_code == 200
    assert client_of("seller").get("/trace/lots/RAW/").status_code == 404
    assert client_of("seller").get("/trace/lots/B1/").status_code == 200
    stranger = client_of("nobody")
    assert stranger.get("/trace/lots/RAW/").status_code == 404
    assert stranger.get("/trace/recalls/").status_code == 404
    assert stranger.post("/trace/recall/RAW/", {"level": 1, "because": "x"}).status_code == 404
    assert client_of("coop").post("/trace/recall/RAW/", {"level": 1, "because": "x"}).status_code == 403


def test_from_the_lot_to_the_answer_of_the_shop_and_the_end(chain, inspector):
    desk, shop = client_of("inspector"), client_of("seller")
    refused = desk.post("/trace/recall/RAW/", {"level": "", "because": ""})
    assert refused.status_code == 422
    answer = desk.post("/trace/recall/RAW/", {"level": 1, "because": "砷超标", "drill": "on"})
    recall = Recall.objects.get()
    assert answer.url == f"/trace/recalls/{recall.uuid}/"
    page = text_of(desk.get(answer.url))
    assert "演练" in page
    assert "SHOP" in page
    assert "没有答复" in page

    theirs = text_of(shop.get(answer.url))
    assert "B1" in theirs
    assert "B2" not in theirs
    assert "按记录还在手里：1 批，500 克" in theirs
    assert "COOP" not in theirs
    theirs = f"{answer.url}answer-{recall.reached.get(party__organisation__name='SHOP').uuid}"
    assert shop.post(theirs, {"found_grams": 500, "withdrawn_grams": 900}).status_code == 400
    shop.post(theirs, {"found_grams": 500, "withdrawn_grams": 500, "words": "下架"})
    assert shop.post(f"{answer.url}end", {"because": "完"}).status_code == 403
    desk.post(f"{answer.url}end", {"because": "演练完成。"})
    recall.refresh_from_db()
    assert (recall.state, recall.result) == ("closed", "演练完成。")
    assert "下架" in text_of(desk.get(answer.url))
    assert desk.get(f"{answer.url}list.xlsx").headers["content-type"].endswith("sheet")
    assert "演练完成" not in text_of(shop.get("/trace/lots/B1/"))
    assert client_of("inspector").get("/trace/recalls/").status_code == 200


def test_who_records_for_two_parties_answers_for_each_by_name_and_may_change_either(chain, inspector):
    _, shop, by, _ = chain
    Recorder.objects.create(party=shop, user=User.objects.get(username="coop"))
    client_of("inspector").post("/trace/recall/RAW/", {"level": 1, "because": "砷超标"})
    recall = Recall.objects.get()
    address, client = f"/trace/recalls/{recall.uuid}/", client_of("coop")
    desk = text_of(client.get("/inbox/"))
    assert "“COOP”" in desk
    assert "“SHOP”" in desk

    def answer(party, grams):
        to = f"{address}answer-{recall.reached.get(party=party).uuid}"
        return client.post(to, {"found_grams": grams, "withdrawn_grams": grams})

    assert answer(shop, "").status_code == 422
    answer(shop, 500)
    assert waiting_for(by, "traceability.recalls") == [address]
    answer(chain[0], 70)
    answer(shop, 600)
    # Each form shows what its own party answered.
    page = text_of(client.get(address))
    assert [*re.findall(r'name="found_grams" value="(\d+)"', page)] == ["70", "600"]
    assert dict(recall.reached.values_list("party__organisation__name", "found_grams")) == {"COOP": 70, "SHOP": 600}


def test_what_somebody_reported_waits_for_the_inspector_who_says_what_came_of_it(chain, inspector):
    _, _, by, _ = chain
    thing = find_thing(viewer=None, text="B1")
    form = ids.new_id()
    for _ in range(2):
        report_problem(thing=thing, kind="spoilt", words="有霉味", form_id=form, address="", by=NOBODY, at=AT)
    problem = Problem.objects.get()
    address = f"/trace/problems/{problem.uuid}/"

    assert waiting_for(inspector, "traceability.recalls") == [address]
    assert waiting_for(by, "traceability.recalls") == []
    assert client_of("seller").get(address).status_code == 404
    desk = client_of("inspector")
    assert "有霉味" in text_of(desk.get(address))
    assert desk.post(address, {"because": ""}).status_code == 422
    assert desk.post(address, {"because": "已抽检，合格。"}).status_code == 302
    assert desk.post(address, {"because": "再答"}).status_code == 409
    assert waiting_for(inspector, "traceability.recalls") == []
