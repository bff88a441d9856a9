# SPDX-License-Identifier: Apache-2.0
"""What of a lot came in, went out and was lost, and what in events cannot be."""

from dataclasses import replace
from datetime import datetime

import pytest

from shanhai.base.formats import say
from shanhai.field.traceability.recalls.rules.balance import Said, balances_of, findings_of
from shanhai.field.traceability.recalls.rules.telling import NOTHING, amount_of
from shanhai.field.traceability.recalls.tests.builders import box, collected, lot, packing, transformed
from shanhai.field.traceability.recalls.values import Amount
from shanhai.field.traceability.store.values import instant_of


def said(*contents):
    return [Said(at, instant_of(datetime.fromisoformat(one["eventTime"])), one) for at, one in enumerate(contents, 1)]


def observed(hour, step, action="OBSERVE", **kilograms):
    return {**collected(hour, **kilograms), "bizStep": step, "action": action}


def test_what_came_in_went_out_was_lost_and_cannot_be_explained():
    events = said(
        collected(1, L=10),
        transformed(2, {lot("L"): 4}, {lot("D"): 1}),
        packing(3, "ADD", box("B"), kilograms={lot("L"): 3}),
        packing(4, "DELETE", box("B"), kilograms={lot("L"): 1}),
        observed(5, "destroying", "DELETE", L=0.5),
        observed(6, "stock_taking", L=3),
    )
    (found,) = balances_of(lot("L"), events)

    assert (found.came_in, found.used, found.packed, found.lost) == (10_000, 4000, 2000, 500)
    assert (found.left, found.counted, found.unexplained) == (3500, 3000, 500)
    assert found.lost_in_work == 3000
    assert findings_of(lot("L"), events) == ()


@pytest.mark.parametrize(
    ("thing", "contents", "rules"),
    [
        (lot("L"), [collected(1, L=3), transformed(2, {lot("L"): 2}, {lot("D"): 1}),
                    transformed(3, {lot("L"): 2}, {lot("E"): 1})], ["more_out"]),
        (lot("L"), [collected(1, L=3), packing(2, "ADD", box("B"), kilograms={lot("L"): 4})], ["more_out"]),
        (lot("D"), [transformed(2, {lot("L"): 2}, {lot("D"): 3})], ["gained"]),
        (lot("D"), [transformed(2, {lot("L"): 2}, {lot("D"): 2}), transformed(1, {lot("D"): 1}, {lot("E"): 1})],
         ["early"]),
        (lot("L"), [collected(1, L=3)], []),
        # Of a lot of which nobody said how much came in, nothing can be too much.
        (lot("L"), [transformed(2, {lot("L"): 2}, {lot("D"): 1})], []),
    ],
)  # fmt: skip
def test_what_cannot_be_is_found(thing, contents, rules):
    assert [one.rule for one in findings_of(thing, said(*contents))] == rules


def test_an_animal_is_slaughtered_once():
    killed = {"type": "TransformationEvent", "eventTime": "2026-11-01T00:00:00Z", "inputEPCList": ["urn:x:yak"]}

    assert [one.rule for one in findings_of("urn:x:yak", said(killed, killed))] == ["used_twice"]
    parts = {**killed, "transformationID": "urn:x:one"}
    assert findings_of("urn:x:yak", said(parts, parts)) == ()


def test_less_than_nothing_makes_up_for_nothing():
    events = said(
        collected(1, A=1), transformed(2, {lot("A"): 2}, {lot("B"): 1}), transformed(3, {lot("A"): -5}, {lot("B"): 1})
    )

    assert [one.left for one in balances_of(lot("A"), events)] == [-1000]
    assert [one.rule for one in findings_of(lot("A"), events)] == ["more_out", "negative", "gained"]


def test_an_amount_that_no_balance_can_count_is_said():
    (strange,) = said(collected(1, A=1))
    line = {"epcClass": lot("A"), "quantity": 3, "uom": "ZZZ"}
    strange = replace(strange, id=9, content={**strange.content, "quantityList": [line]})

    (finding,) = findings_of(lot("A"), [*said(collected(1, A=1)), strange])
    assert (finding.rule, finding.events) == ("uncounted", (9,))
    assert "3 ZZZ" in say(finding.said)


@pytest.mark.parametrize(
    ("line", "amount"),
    [
        ({"quantity": 0.1, "uom": "KGM"}, Amount(100, None)),
        ({"quantity": 1.5, "uom": "TNE"}, Amount(1_500_000, None)),
        ({"quantity": 2}, Amount(None, 2)),
        ({"quantity": 2.5}, NOTHING),
        ({"quantity": 2, "uom": "MTR"}, NOTHING),
        ({}, NOTHING),
    ],
)
def test_amounts_are_whole_grams_or_pieces(line, amount):
    assert amount_of(line) == amount
