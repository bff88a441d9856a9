# SPDX-License-Identifier: Apache-2.0
"""Posting many entries at once: all or none, streamed, with one row in the trail."""

import hashlib
import tracemalloc
from dataclasses import replace
from datetime import date, timedelta

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.actors import Actor, Scope
from shanhai.kernel.errors import BadInput, NotAllowed
from shanhai.kernel.money import Money
from shanhai.registers.ledger.models import DayTotal, Entry, Posting
from shanhai.registers.ledger.selectors import balances, integrity
from shanhai.registers.ledger.services import entries as posting
from shanhai.registers.ledger.services.writing import FundsInsufficient, SourceAlreadyUsed
from shanhai.registers.ledger.tests.builders import (
    ALLOTTED,
    ARRIVED,
    COMMITMENT,
    ISSUED,
    PAID,
    TODAY,
    a_posting,
    an_entry,
    moved,
    posted,
)
from tests.cast import AT, AUDITOR, FINANCE, STRANGER
from tests.refusals import refused

EntryNotPostable = (BadInput, "ledger.entry_not_postable")

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)


def all_posted(entries, *, by=FINANCE, progress=None):
    return posting.post_entries(by=by, at=AT, entries=entries, progress=progress)


def some_entries(count, **kw):
    """``count`` entries of 100 yuan each from the commitment to the plan, on a hundred days in turn."""
    for number in range(count):
        yield an_entry(source=str(number), on_date=MARCH + timedelta(days=number % 100), **kw)


def stored():
    return tuple(model.objects.count() for model in (Entry, Posting, DayTotal, AuditRow))


def test_all_entries_are_posted_and_add_up():
    result = all_posted(some_entries(2500))

    assert (result.posted, result.skipped) == (2500, 0)
    assert result.sums == {(COMMITMENT, ISSUED, "CNY"): 25_000_000}
    assert balances.balance(viewer=AUDITOR, programme="zj-ganzi", kind=ISSUED, as_of=TODAY) == Money(25_000_000)
    assert balances.balance(viewer=AUDITOR, programme="zj-ganzi", kind=ISSUED, as_of=MARCH) == Money(250_000)
    assert integrity.verify() == ()


def test_they_are_the_same_rows_as_those_posted_one_by_one():
    entries = [
        an_entry(a_posting(100, place="513301"), a_posting(30, ISSUED, ARRIVED), source="1"),
        an_entry(a_posting(30, ARRIVED, ALLOTTED, subject="s"), source="2", fund_source="province"),
        an_entry(a_posting(7), source="3", fund_source="city"),
    ]
    names = ["place", "on_date", "in_fen", "out_fen", "account__kind", "account__fund_source"]

    for entry in entries:
        posted(replace(entry, programme="one-by-one", source=replace(entry.source, kind="one")))
    all_posted(replace(entry, programme="at-once", source=replace(entry.source, kind="once")) for entry in entries)

    by_programme = [
        sorted(DayTotal.objects.filter(account__programme=programme).values_list(*names))
        for programme in ("one-by-one", "at-once")
    ]
    assert by_programme[0] == by_programme[1] != []
    assert Posting.objects.filter(programme="at-once").count() == 4


def test_one_act_stands_for_all_with_count_sums_and_digest():
    all_posted(
        [an_entry(source="1"), an_entry(a_posting(30, ISSUED, ARRIVED), source="2"), an_entry(source="3")],
    )

    digests = [Entry.objects.get(source_id=number).digest for number in ("1", "2", "3")]
    acts = AuditRow.objects.exclude(action="ledger.account.opened")
    assert [act.action for act in acts] == ["ledger.entries.posted"]
    assert acts[0].programme == "zj-ganzi"
    assert acts[0].changes == {
        "posted": 3,
        "skipped": 0,
        "programmes": ["zj-ganzi"],
        "sums": [
            {"from": "commitment", "to": "issued", "currency": "CNY", "amount_fen": 20000},
            {"from": "issued", "to": "arrived", "currency": "CNY", "amount_fen": 3000},
        ],
        "digest": hashlib.sha256("".join(digests).encode()).hexdigest(),
    }


def test_the_same_entries_twice_change_nothing_and_are_counted():
    all_posted(some_entries(1200))
    before = stored()

    result = all_posted(some_entries(1200))

    assert (result.posted, result.skipped, result.sums) == (0, 1200, {})
    assert stored() == before


def test_new_entries_among_old_ones_are_posted():
    all_posted(some_entries(1200))

    result = all_posted(some_entries(1300))

    assert (result.posted, result.skipped) == (100, 1200)
    assert integrity.verify() == ()


def test_an_entry_that_stands_twice_in_one_call_is_posted_once():
    near_and_far = [an_entry(source="1"), an_entry(source="1"), *some_entries(1100, memo="x"), an_entry(source="last")]

    result = all_posted(
        [*near_and_far[:2], *(replace(e, source=replace(e.source, kind="k")) for e in near_and_far[2:])]
    )
    again = all_posted([*near_and_far[:2], an_entry(source="1")])

    assert (result.posted, result.skipped) == (1102, 1)
    assert (again.posted, again.skipped) == (0, 3)


@pytest.mark.parametrize("distance", [1, 1500], ids=["next to it", "in a later batch"])
def test_another_content_from_a_source_used_in_the_same_call_is_refused(distance):
    entries = [*some_entries(distance), an_entry(a_posting(5), source="0")]

    with pytest.raises(SourceAlreadyUsed, match="“0”"):
        all_posted(entries)

    assert stored() == (0, 0, 0, 0)


def test_another_content_from_a_source_used_before_is_refused_and_nothing_is_kept():
    posted(an_entry(a_posting(5), source="1100"))
    before = stored()

    with pytest.raises(SourceAlreadyUsed, match="“1100”"):
        all_posted(some_entries(1200))

    assert stored() == before


def test_one_wrong_entry_stops_all_and_is_named_with_its_reason():
    entries = [*some_entries(1100), an_entry(a_posting(-3), source="page 2 row 7")]

    with refused(EntryNotPostable) as refusal:
        all_posted(entries)

    assert "第 1101 笔（来源“test page 2 row 7”）不能记账：金额须大于零，这里是 -3.00 CNY" in str(refusal.value)
    assert stored() == (0, 0, 0, 0)


def test_a_fault_of_whoever_delivers_the_entries_leaves_nothing():
    def breaks_off():
        yield from some_entries(1500)
        raise OSError("the file ended in the middle")

    with pytest.raises(OSError, match="in the middle"):
        all_posted(breaks_off())

    assert stored() == (0, 0, 0, 0)


def test_none_at_all_is_fine():
    result = all_posted([])

    assert (result.posted, result.skipped) == (0, 0)
    assert stored() == (0, 0, 0, 0)


def test_nobody_posts_many_who_may_not_post_one():
    with pytest.raises(NotAllowed):
        all_posted([an_entry()], by=STRANGER)

    assert stored() == (0, 0, 0, 0)


def test_the_place_of_each_posting_is_asked_for():
    kangding = Actor("user:k", grants={"fund.post": (Scope("zj-ganzi", "513301"),)})

    with pytest.raises(NotAllowed):
        all_posted([an_entry(a_posting(place="513301")), an_entry(a_posting(place="513322"), source="2")], by=kangding)

    assert stored() == (0, 0, 0, 0)


def test_funds_are_checked_at_the_end_so_that_the_order_of_a_file_does_not_matter():
    entries = [
        an_entry(a_posting(100, ALLOTTED, PAID, subject="s"), source="pay"),
        an_entry(a_posting(100, ARRIVED, ALLOTTED, subject="s"), source="allot"),
        an_entry(a_posting(100, ISSUED, ARRIVED), source="arrive"),
        an_entry(a_posting(100), source="issue"),
    ]

    assert all_posted(entries).posted == 4


@pytest.mark.parametrize(
    ("wrong", "station", "missing", "subject"),
    [
        (an_entry(a_posting(101, ISSUED, ARRIVED), source="x"), "下达", Money(100), None),
        (an_entry(a_posting(61, ALLOTTED, PAID, subject="a"), source="x"), "核拨", Money(100), "a"),
        (an_entry(a_posting(1, ALLOTTED, PAID, subject="c"), source="x"), "核拨", Money(100), "c"),
        (an_entry(a_posting(1, ISSUED, ARRIVED), source="x", on_date=date(2026, 2, 28)), "下达", Money(100), None),
    ],
    ids=["a pool", "a subject", "a subject that has nothing", "a day before"],
)
def test_one_overdraft_stops_all(wrong, station, missing, subject):
    good = [
        an_entry(a_posting(200), source="1", on_date=MARCH),
        an_entry(a_posting(100, ISSUED, ARRIVED), source="2", on_date=MARCH),
        an_entry(a_posting(60, ARRIVED, ALLOTTED, subject="a"), source="3", on_date=MARCH),
        an_entry(a_posting(40, ARRIVED, ALLOTTED, subject="b"), source="4", on_date=MARCH),
    ]

    with pytest.raises(FundsInsufficient, match="一笔也没有记") as refusal:
        all_posted([*good, wrong])

    params = refusal.value.message.params
    assert (str(params["station"]), params["missing"], params["subject"]) == (station, missing, subject)
    assert stored() == (0, 0, 0, 0)


def test_an_overdraft_of_a_later_day_by_a_day_before_is_found():
    moved("1", 100, COMMITMENT, ISSUED, on_date=MARCH)
    moved("2", 90, ISSUED, ARRIVED, on_date=date(2026, 5, 1))
    moved("3", 50, COMMITMENT, ISSUED, on_date=date(2026, 6, 1))

    with pytest.raises(FundsInsufficient, match=r"在 2026-05-01 缺 10\.00 CNY"):
        all_posted([an_entry(a_posting(20, ISSUED, ARRIVED), source="4", on_date=date(2026, 4, 1))])


def test_progress_is_told_after_each_thousand():
    told = []

    all_posted(some_entries(2300), progress=told.append)

    assert told == [1000, 2000, 2300]


def test_memory_does_not_grow_with_the_number_of_entries(monkeypatch):
    monkeypatch.setattr(posting, "STREAM", 100)

    def peak(count, kind):
        entries = (replace(entry, source=replace(entry.source, kind=kind)) for entry in some_entries(count))
        tracemalloc.start()
        all_posted(entries)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    few, many = peak(300, "few"), peak(1800, "many")

    assert many < 1.5 * few
