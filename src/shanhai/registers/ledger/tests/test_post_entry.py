# SPDX-License-Identifier: Apache-2.0
"""Posting one entry: the story of what is stored, what is refused, and that a refusal leaves nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import QuerySet

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.actors import Actor, Scope
from shanhai.kernel.errors import Conflict, NotAllowed
from shanhai.kernel.figures import Strength
from shanhai.kernel.money import Money
from shanhai.kernel.numerals import same_code
from shanhai.registers.ledger import rules
from shanhai.registers.ledger.models import Account, DayTotal, Entry, Posting
from shanhai.registers.ledger.selectors import balances, postings
from shanhai.registers.ledger.services import entries
from shanhai.registers.ledger.services.writing import SourceAlreadyUsed
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
from shanhai.registers.ledger.values import Source
from tests.cast import AT, AUDITOR, DEPUTY, FINANCE, KANGDING, STRANGER
from tests.refusals import refused

pytestmark = pytest.mark.django_db
fill = import_module("shanhai.registers.ledger.migrations.0004_forms_of_sources").fill


def rows_stored() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Account, Entry, Posting, DayTotal, AuditRow))


def test_an_entry_is_found_again_with_all_that_was_said():
    ref = posted(an_entry(a_posting("12.34", subject="line-1", place="513301"), memo="第一批", strength=Strength.FORM))

    found = postings.get_entry(viewer=AUDITOR, uuid=ref.uuid)

    assert (ref.source, ref.on_date, ref.recorded_at) == (Source("test", "1"), TODAY, AT)
    assert (found.programme, found.fund_source, found.memo) == ("zj-ganzi", "province", "第一批")
    assert (found.strength, found.recorded_by, found.recorded_at) == (Strength.FORM, "user:finance", AT)
    assert (found.reverses, found.reversed_by) == (None, None)
    [row] = found.postings
    assert (row.from_kind, row.to_kind, row.amount) == (COMMITMENT, ISSUED, Money(1234))
    assert (row.subject, row.place, row.is_reversal, row.is_reversed) == ("line-1", "513301", False, False)


def test_posting_twice_changes_nothing():
    first = posted(an_entry())
    before = rows_stored()

    second = posted(an_entry(), at=AT + timedelta(hours=1))

    assert second == first
    assert rows_stored() == before == (2, 1, 1, 2, 3)


@pytest.mark.parametrize("twin", ["zj:T-9", "zj:t–９", "zj: T -09", "ZJ:t-009"])
def test_a_possible_twin_of_a_voucher_is_told_before_it_is_stored(twin):
    posted(an_entry(source="zj:t-9"))
    posted(replace(an_entry(a_posting(7)), source=Source("other", twin)))
    before = rows_stored()

    with refused(Conflict, "ledger.possible_twin", match="t-9"):
        posted(an_entry(source=twin))
    assert rows_stored() == before

    posted(replace(an_entry(), source=Source("test", twin, apart=True)))
    assert rows_stored()[1] == before[1] + 1
    # Said once, it stands: the same voucher again is the same entry.
    assert posted(an_entry(source=twin)).source == Source("test", twin)


def test_possible_twins_are_looked_up_and_not_read_through(monkeypatch):
    entries.post_entries(by=FINANCE, at=AT, entries=[an_entry(source=f"t-{number}") for number in range(9)])
    asked = []
    monkeypatch.setattr(rules, "same_code", lambda text: asked.append(text) or same_code(text))

    with refused(Conflict, "ledger.possible_twin", match="t-8"):
        posted(an_entry(source="T-08"))
    assert set(asked) == {"T-08"}


def test_what_was_posted_before_forms_were_kept_has_twins_as_well():
    posted(an_entry(source="t-9"))
    QuerySet(Entry).update(source_form="")

    fill(apps, SimpleNamespace(connection=connection))

    with refused(Conflict, "ledger.possible_twin", match="t-9"):
        posted(an_entry(source="T-09"))


def test_an_id_whose_form_is_longer_than_itself_is_stored():
    assert posted(an_entry(source="\N{SQUARE APAATO}" * 160)).source.id == "\N{SQUARE APAATO}" * 160


def test_what_differs_otherwise_is_no_twin():
    for number in ("T-9", "T-90", "T9", "T-9a", "U-9"):
        posted(an_entry(source=number))
    assert Entry.objects.count() == 5


def test_something_else_from_the_same_source_is_refused_and_says_when_the_first_was_recorded():
    posted(an_entry(a_posting(100)), at=datetime(2026, 11, 21, 16, 30, tzinfo=UTC), by=FINANCE)
    before = rows_stored()

    with pytest.raises(SourceAlreadyUsed, match=r"“1”.*2026-11-22 00:30"):
        posted(an_entry(a_posting(101)))

    assert rows_stored() == before


@pytest.mark.parametrize(
    "other",
    [
        an_entry(a_posting(100, place="513301")),
        an_entry(a_posting(100, subject="line-1")),
        an_entry(memo="另一笔"),
        an_entry(strength=Strength.NEWS),
        an_entry(on_date=TODAY - timedelta(days=1)),
        an_entry(fund_source="city"),
        an_entry(programme="zj-naqu"),
        an_entry(a_posting(100, currency="USD")),
        an_entry(a_posting(50), a_posting(50)),
    ],
    ids=["place", "subject", "memo", "strength", "day", "fund source", "programme", "currency", "split"],
)
def test_every_part_of_the_content_counts_when_two_posts_of_a_source_are_compared(other):
    posted(an_entry())

    with pytest.raises(SourceAlreadyUsed):
        posted(other)


def test_the_same_id_of_two_kinds_of_source_is_two_sources():
    common = {"by": FINANCE, "at": AT, "programme": "zj-ganzi", "fund_source": "province", "on_date": TODAY}

    first = entries.post_entry(source=Source("a", "1"), postings=[a_posting()], **common)
    second = entries.post_entry(source=Source("b", "1"), postings=[a_posting()], **common)

    assert first.uuid != second.uuid


def test_one_act_is_recorded_per_entry_and_per_account_opened():
    ref = posted(an_entry(a_posting(100, place="513301")))

    acts = list(AuditRow.objects.order_by("seq"))
    assert [act.action for act in acts] == [
        "ledger.account.opened",
        "ledger.account.opened",
        "ledger.entry.posted",
    ]
    assert (acts[2].subject_id, acts[2].programme, acts[2].place) == (str(ref.uuid), "zj-ganzi", "513301")
    assert acts[2].changes == {
        "source": ["test", "1"],
        "fund_source": "province",
        "on": "2026-11-22",
        "postings": 1,
        "amount_fen": 10000,
        "currency": "CNY",
        "digest": Entry.objects.get().digest,
    }


@pytest.mark.parametrize("by", [STRANGER, AUDITOR, DEPUTY, KANGDING], ids=lambda actor: actor.name)
def test_only_finance_posts(by):
    with pytest.raises(NotAllowed):
        posted(an_entry(), by=by)

    assert rows_stored() == (0, 0, 0, 0, 0)


def test_whoever_may_post_in_one_place_may_not_post_in_another_nor_for_the_whole():
    kangding = Actor("user:k", grants={"fund.post": (Scope("zj-ganzi", "513301"),)})

    posted(an_entry(a_posting(place="513301")), by=kangding)

    for place in ("513322", "513300", ""):
        with pytest.raises(NotAllowed):
            posted(an_entry(a_posting(place="513301"), a_posting(place=place), source=place or "whole"), by=kangding)
    with pytest.raises(NotAllowed):
        posted(an_entry(a_posting(place="513301"), source="other", programme="zj-naqu"), by=kangding)
    assert Entry.objects.count() == 1


def test_an_entry_of_several_postings_moves_them_all_on_one_day():
    new = an_entry(
        a_posting(100),
        a_posting(90, ISSUED, ARRIVED),
        a_posting(60, ARRIVED, ALLOTTED, subject="s"),
        a_posting(60, ALLOTTED, PAID, subject="s"),
    )

    posted(new)

    stands = [
        balances.balance(viewer=AUDITOR, programme="zj-ganzi", kind=kind, as_of=TODAY)
        for kind in (COMMITMENT, ISSUED, ARRIVED, ALLOTTED, PAID)
    ]
    assert stands == [Money(-10000), Money(1000), Money(3000), Money(0), Money(6000)]


def test_the_day_is_counted_in_shanghai_where_it_is_already_tomorrow_in_the_evening_of_utc():
    evening = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)

    ref = posted(an_entry(on_date=TODAY + timedelta(days=1)), at=evening)

    assert ref.on_date == TODAY + timedelta(days=1)


def test_posting_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    moved("1", 100, COMMITMENT, ISSUED)
    moved("2", 100, ISSUED, ARRIVED)
    moved("3", 100, ARRIVED, ALLOTTED, subject="s")
    moved("4", 10, ALLOTTED, PAID, subject="s")

    # Three savepoints, made and released; accounts, source, its possible twins, entry and (on SQLite) its key, posting,
    # totals, funds; the
    # trail's head, its row, and the head again.
    with django_assert_max_num_queries(19):
        moved("5", 10, ALLOTTED, PAID, subject="s")
