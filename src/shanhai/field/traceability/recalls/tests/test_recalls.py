# SPDX-License-Identifier: Apache-2.0
"""Recalls: the list frozen and what joins it, whom it reaches, holds, drills, answers, ends; who may do what."""

import pytest

from shanhai.base.outbox.services import deliver_due
from shanhai.field.traceability.models import Lot, RecallLot
from shanhai.field.traceability.recalls.selectors.recalls import listed, reach_of
from shanhai.field.traceability.recalls.services.recalling import answer_recall, end_recall, list_again, start_recall
from shanhai.field.traceability.recalls.tests.builders import a_chain, an_inspector, box, lot, packing, put
from shanhai.field.traceability.tests.builders import a_party, a_recorder
from shanhai.kernel.actors import system
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible
from tests.cast import AT, a_user, actor_of, waiting_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain():
    return a_chain()


@pytest.fixture
def inspector(chain):
    return an_inspector(chain[0])


def begin(by, thing="RAW", *, drill=False):
    return start_recall(thing=thing, level=2, drill=drill, because="砷超标", by=by, at=AT)


def things(recall):
    return {one.rpartition("/")[2]: later for one, later in recall.lots.values_list("identifier", "later")}


def states():
    return dict(Lot.objects.values_list("code", "state"))


def test_a_recall_lists_what_it_reached_stops_it_and_tells_who_has_it(chain, inspector):
    coop, shop, by, seller = chain
    recall = begin(inspector)

    assert things(recall) == dict.fromkeys(["RAW", "DRY", "B1", "B2"], False)
    assert {*states().values()} == {"recalled"}
    assert recall.lots.get(identifier=box("B1")).holder == shop
    assert {one.party: one.things for one in recall.reached.all()} == {coop: 4, shop: 1}
    assert reach_of(recall).held == 4
    assert recall.list_ms > 0
    page = f"/trace/recalls/{recall.uuid}/"
    assert waiting_for(by, "traceability.recalls") == waiting_for(seller, "traceability.recalls") == [page]


def test_what_was_sold_or_used_up_is_called_back_and_nobody_is_said_to_hold_it(chain, inspector):
    Lot.objects.filter(code="B1").update(state="sold", sold_at=AT)
    Lot.objects.filter(code="RAW").update(state="used", left=0)
    recall = begin(inspector)
    reach = reach_of(recall)

    assert {*states().values()} == {"recalled"}
    assert (reach.things, reach.held, reach.sold) == (4, 2, 1)
    end_recall(recall=recall.uuid, because="误报。", let_go=True, by=inspector, at=AT)
    assert states() == {"RAW": "used", "DRY": "here", "B1": "sold", "B2": "here"}


def test_a_drill_is_the_same_and_stops_nothing(chain, inspector):
    recall = begin(inspector, drill=True)

    assert things(recall) == dict.fromkeys(["RAW", "DRY", "B1", "B2"], False)
    assert {*states().values()} == {"here"}
    assert not RecallLot.objects.filter(held=True).exists()
    # Beside it a real one may begin.
    assert begin(inspector).drill is False


def test_what_comes_later_joins_the_list_and_nothing_leaves_it(chain, inspector):
    _coop, shop, _by, seller = chain
    recall = begin(inspector)
    deliver_due(by=system("worker"), at=AT)
    put(shop, seller, packing(6, "ADD", box("SHELF"), box("B1")))
    deliver_due(by=system("worker"), at=AT)
    assert things(recall) == {**dict.fromkeys(["RAW", "DRY", "B1", "B2"], False), "SHELF": True}

    # It was taken out in time, as is said now: it stays, as it was found.
    put(shop, seller, packing(7, "DELETE", box("SHELF"), box("B1")))
    assert list_again(recall=recall.uuid, by=inspector, at=AT) == 0
    assert len(things(recall)) == 5


def test_a_party_answers_for_itself_and_the_recall_ends_with_a_result(chain, inspector):
    coop, shop, by, seller = chain
    recall = begin(inspector)
    reach = recall.reached.get(party=shop)

    with pytest.raises(NotVisible):
        answer_recall(reach=reach.uuid, found_grams=1, withdrawn_grams=1, by=by, at=AT)
    with pytest.raises(BadInput):
        answer_recall(reach=reach.uuid, found_grams=1, withdrawn_grams=2, by=seller, at=AT)
    answer_recall(reach=reach.uuid, found_grams=500, withdrawn_grams=400, words="封存了", by=seller, at=AT)
    answer_recall(reach=reach.uuid, found_grams=500, withdrawn_grams=500, by=seller, at=AT)
    assert reach_of(recall).withdrawn_grams == 500
    assert waiting_for(seller, "traceability.recalls") == []
    assert waiting_for(inspector, "traceability.recalls") == []

    own = recall.reached.get(party=coop)
    answer_recall(reach=own.uuid, found_grams=0, withdrawn_grams=0, by=by, at=AT)
    assert waiting_for(inspector, "traceability.recalls") == [f"/trace/recalls/{recall.uuid}/"]
    end_recall(recall=recall.uuid, because="全部追回，复检合格。", let_go=True, by=inspector, at=AT)
    assert {*states().values()} == {"here"}
    with pytest.raises(Conflict):
        answer_recall(reach=own.uuid, found_grams=0, withdrawn_grams=0, by=by, at=AT)


def test_what_another_recall_stops_is_not_let_go(chain, inspector):
    whole, part = begin(inspector), begin(inspector, "B1")
    end_recall(recall=whole.uuid, because="误报。", let_go=True, by=inspector, at=AT)

    assert states() == {"RAW": "here", "DRY": "here", "B2": "here", "B1": "recalled"}
    assert part.lots.count() == 1


def test_who_may_start_one_and_who_sees_what(chain, inspector):
    coop, _shop, by, seller = chain
    with pytest.raises(NotAllowed):
        begin(by)
    with pytest.raises(NotVisible):
        begin(actor_of(a_user(None)))
    with pytest.raises(BadInput):
        start_recall(thing="RAW", level=2, drill=True, because=" ", by=inspector, at=AT)
    recall = begin(inspector)
    with pytest.raises(Conflict):
        begin(inspector, lot("RAW"))

    assert listed(viewer=inspector, recall=recall).count() == 4
    assert [one.identifier for one in listed(viewer=seller, recall=recall)] == [box("B1")]
    other = a_recorder(a_party(coop.programme, "OTHER"))
    assert waiting_for(other, "traceability.recalls") == []


def test_what_had_left_before_is_listed_as_gone_and_not_stopped(chain, inspector):
    coop, _, by, _ = chain
    put(coop, by, packing(3.5, "DELETE", box("B2")))
    recall = begin(inspector, "DRY")

    assert recall.lots.get(identifier=box("B2")).left_at is not None
    assert states()["B2"] == "here"
