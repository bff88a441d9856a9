# SPDX-License-Identifier: Apache-2.0
"""Trees from stored events: bounded queries, late words, wrong events, collisions, who sees what, and the time."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shanhai.field.traceability.models import EventThing
from shanhai.field.traceability.recalls.rules.balance import balances_of
from shanhai.field.traceability.recalls.selectors import trees
from shanhai.field.traceability.recalls.selectors.holders import whereabouts
from shanhai.field.traceability.recalls.selectors.story import story_of
from shanhai.field.traceability.recalls.selectors.trees import tree_of
from shanhai.field.traceability.recalls.tests.builders import box, collected, lot, packing, put, sent, transformed
from shanhai.field.traceability.store.services.recording import declare_wrong
from shanhai.field.traceability.tests.builders import a_party, a_recorder
from shanhai.planning.programmes.tests.builders import a_programme
from tests.cast import AT, a_user, actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def coop():
    return a_party(a_programme())


@pytest.fixture
def by(coop):
    return a_recorder(coop)


def things(viewer, root, forward):
    found = tree_of(viewer=viewer, root=root, forward=forward).nodes
    return {one.rpartition("/")[2] for one in found} - {root.rpartition("/")[2]}


def test_a_chain_is_followed_both_ways_and_a_late_word_unpacks(coop, by):
    put(coop, by, collected(1, RAW=10), transformed(2, {lot("RAW"): 10}, {lot("DRY"): 3}))
    put(coop, by, packing(3, "ADD", box("B1"), kilograms={lot("DRY"): 1}))
    put(coop, by, packing(4, "ADD", box("P1"), box("B1"), box("B2")))
    put(coop, by, transformed(6, {box("P1"): 1}, {lot("MIX"): 1}))

    assert things(None, lot("RAW"), True) == {"DRY", "B1", "P1", "MIX"}
    assert things(None, lot("MIX"), False) == {"P1", "B1", "B2", "DRY", "RAW"}
    put(coop, by, packing(5, "DELETE", box("P1"), box("B1")))
    assert things(None, lot("RAW"), True) == {"DRY", "B1", "P1"}
    assert things(None, lot("MIX"), False) == {"P1", "B2"}


def test_repacking_is_judged_alike_within_a_document_and_across(coop, by):
    out, into = packing(5, "DELETE", box("P1"), box("B1")), packing(5, "ADD", box("P2"), box("B1"))
    put(coop, by, packing(4, "ADD", box("P1"), box("B1")), into, out, transformed(6, {box("P1"): 1}, {lot("A"): 1}))
    put(coop, by, packing(4, "ADD", box("Q1"), box("C1")), transformed(6, {box("Q1"): 1}, {lot("C"): 1}))
    put(coop, by, packing(5, "ADD", box("Q2"), box("C1")))
    put(coop, by, packing(5, "DELETE", box("Q1"), box("C1")))

    assert things(None, box("B1"), True) == {"P1", "P2"}
    assert things(None, box("C1"), True) == {"Q1", "Q2"}


def test_a_compact_name_is_what_its_context_says(coop, by):
    short = {"@context": {"here": lot("").rpartition("/")[0] + "/"}}
    put(coop, by, {**transformed(2, {"here:RAW": 10}, {"here:DRY": 3}), **short})
    put(coop, by, {**packing(3, "ADD", box("B1"), kilograms={"here:DRY": 1}), **short})

    assert things(None, lot("RAW"), True) == {"DRY", "B1"}
    assert things(None, box("B1"), False) == {"DRY", "RAW"}
    said = story_of(viewer=None, things=[lot("RAW")]).said_of(lot("RAW"))
    assert [one.used for one in balances_of(lot("RAW"), said)] == [10_000]


def test_what_was_declared_wrong_does_not_count(coop, by):
    put(coop, by, collected(1, RAW=10))
    (event,) = put(coop, by, transformed(2, {lot("RAW"): 10}, {lot("DRY"): 3}))
    declare_wrong(event=event, reason="did_not_occur", corrective=[], by=by, at=AT)

    assert things(None, lot("RAW"), True) == set()


def test_things_that_share_a_key_are_told_apart(coop, by, monkeypatch):
    put(coop, by, transformed(2, {lot("A"): 1}, {lot("B"): 1}), transformed(3, {lot("C"): 1}, {lot("D"): 1}))
    EventThing.objects.update(key=7)
    monkeypatch.setattr(trees, "key_of", lambda _text: 7)

    assert things(None, lot("A"), True) == {"B"}
    assert things(None, lot("D"), False) == {"C"}


def test_a_party_sees_its_own_and_what_was_opened_and_a_stranger_nothing(coop, by):
    shop = a_party(coop.programme, "SHOP", kind="shop")
    seller = a_recorder(shop)
    other = a_recorder(a_party(coop.programme, "OTHER"))
    put(
        coop,
        by,
        transformed(1, {lot("RAW"): 3}, {lot("DRY"): 2}),
        packing(2, "ADD", box("B1"), kilograms={lot("DRY"): 1}),
    )
    put(coop, by, sent(3, shop, box("B1")))
    put(shop, seller, packing(4, "ADD", box("SHELF"), box("B1")))

    assert things(by, box("B1"), False) == {"DRY", "RAW"}
    # The box was opened to the shop, and with it what was said of the box: not what its lot was made of.
    assert things(seller, box("B1"), False) == {"DRY"}
    assert things(by, box("B1"), True) == set()
    assert things(seller, box("B1"), True) == {"SHELF"}
    assert things(other, box("B1"), True) == things(actor_of(a_user(None)), box("B1"), True) == set()
    inspector = actor_of(a_user("trace_inspector", programme=coop.programme.code))
    assert things(inspector, box("B1"), True) == {"SHELF"}


def test_a_box_goes_where_its_pallet_goes(coop, by):
    shop, far = a_party(coop.programme, "SHOP", kind="shop"), a_party(coop.programme, "FAR", kind="trader")
    put(coop, by, packing(1, "ADD", box("B1"), kilograms={lot("DRY"): 1}), packing(2, "ADD", box("P1"), box("B1")))
    put(coop, by, sent(3, far, box("P1")), packing(1, "ADD", box("B2"), kilograms={lot("DRY"): 1}))
    put(coop, by, sent(4, shop, box("B2")))

    found = whereabouts(tree_of(viewer=None, root=lot("DRY"), forward=True))
    assert {one.rpartition("/")[2]: party for one, party in found.holders.items()} == {
        "DRY": coop.pk, "B1": far.pk, "P1": far.pk, "B2": shop.pk,
    }  # fmt: skip
    assert found.reached == {coop.pk: 4, far.pk: 1, shop.pk: 1}


def test_ten_thousand_ancestors_take_a_few_queries_a_level(coop, by):
    # A hundred lots of a hundred each, of which two levels lead to one.
    def made(hour, level, number):
        used = {lot(f"L{level + 1}N{number * 100 + one}"): 1 for one in range(100)}
        return transformed(hour, used, {lot(f"L{level}N{number}"): 100})

    put(coop, by, made(9, 0, 0), *(made(5, 1, number) for number in range(100)))
    with CaptureQueriesContext(connection) as asked:
        found = tree_of(viewer=None, root=lot("L0N0"), forward=False)

    assert len(found.nodes) == 1 + 100 + 10_000
    # Three levels and the one that finds nothing further.
    assert len(asked) <= 4
