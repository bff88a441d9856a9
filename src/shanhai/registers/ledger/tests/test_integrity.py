# SPDX-License-Identifier: Apache-2.0
"""Damage done behind the product's back, by hand in the database, is named."""

from datetime import date
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection

from shanhai.kernel.registry import registries
from shanhai.registers.ledger.models import DayTotal, Entry, Posting
from shanhai.registers.ledger.selectors import integrity
from shanhai.registers.ledger.services import entries
from shanhai.registers.ledger.tests.builders import ALLOTTED, ARRIVED, COMMITMENT, ISSUED, PAID, moved
from tests.cast import AT, FINANCE

pytestmark = pytest.mark.django_db

fill = import_module("shanhai.registers.ledger.migrations.0003_fill_totals").fill

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture
def a_year():
    """Five entries and the reversal of the last; answers the references by name."""
    refs = {
        "issue": moved("1", 1000, COMMITMENT, ISSUED, on_date=MARCH),
        "arrive": moved("2", 800, ISSUED, ARRIVED, on_date=MARCH),
        "allot": moved("3", 300, ARRIVED, ALLOTTED, on_date=MARCH, place="513301", subject="s"),
        "pay": moved("4", 100, ALLOTTED, PAID, on_date=APRIL, place="513301", subject="s"),
        "wrong": moved("5", 50, ALLOTTED, PAID, on_date=APRIL, place="513301", subject="s"),
    }
    refs["reversal"] = entries.reverse_entry(by=FINANCE, at=AT, entry=refs["wrong"].uuid, because="付错了")
    return refs


def by_hand(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        assert cursor.rowcount > 0


def pk(ref):
    return Entry.objects.get(uuid=ref.uuid).pk


def test_a_sound_ledger_has_nothing_to_say(a_year):
    assert integrity.verify() == ()


def test_an_empty_ledger_has_nothing_to_say():
    assert integrity.verify() == ()


def test_audit_verify_asks_the_ledger(a_year):
    assert registries.integrity.get("ledger").run() == ()


def test_a_total_altered_by_hand_is_named(a_year):
    by_hand("UPDATE ledger_daytotal SET in_fen = in_fen + 1 WHERE in_fen = 80000")

    assert integrity.verify() == ("账户 zj-ganzi province arrived CNY 在 — 2026-03-01 的日合计与分录不符。",)


def test_a_total_that_is_missing_is_named(a_year):
    by_hand("DELETE FROM ledger_daytotal WHERE in_fen = 80000")

    assert integrity.verify() == ("账户 zj-ganzi province arrived CNY 在 — 2026-03-01 有分录而没有日合计。",)


def test_a_total_without_postings_is_named(a_year):
    DayTotal.objects.create(account_id=DayTotal.objects.first().account_id, on_date=APRIL, in_fen=5)

    assert integrity.verify() == ("账户 zj-ganzi province commitment CNY 在 — 2026-04-01 的日合计与分录不符。",)


def test_a_count_altered_by_hand_is_named(a_year):
    by_hand("UPDATE ledger_daytotal SET postings = 7 WHERE in_fen = 80000")

    assert integrity.verify() == ("账户 zj-ganzi province arrived CNY 在 — 2026-03-01 的日合计与分录不符。",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE ledger_monthtotal SET in_fen = in_fen + 1", "起的月合计与分录不符。"),
        ("DELETE FROM ledger_monthtotal", "起有分录而没有月合计。"),
    ],
)
def test_a_month_altered_by_hand_is_named(a_year, change, said):
    by_hand(f"{change} WHERE in_fen = 80000")

    assert integrity.verify() == (f"账户 zj-ganzi province arrived CNY 在 — 2026-03-01 {said}",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE ledger_subjecttotal SET paid_out = 1", "的合计与分录不符。"),
        ("DELETE FROM ledger_subjecttotal", "有分录而没有合计。"),
    ],
)
def test_a_subject_altered_by_hand_is_named(a_year, change, said):
    by_hand(f"{change} WHERE on_date = '2026-04-01' AND subject = 's'")

    assert integrity.verify() == (f"事项 s 在 513301 2026-04-01 {said}",)


def test_totals_built_for_stored_postings_are_those_that_posting_keeps(a_year):
    moved("6", 7, COMMITMENT, ISSUED, on_date=date(2026, 3, 31), fund_source="city", subject="s")
    by_hand("UPDATE ledger_daytotal SET postings = 0")
    by_hand("DELETE FROM ledger_monthtotal")
    by_hand("DELETE FROM ledger_subjecttotal")
    assert integrity.verify() != ()

    fill(None, SimpleNamespace(connection=connection))

    assert integrity.verify() == ()


def test_an_amount_altered_by_hand_is_named_with_its_entry(a_year):
    by_hand("UPDATE ledger_posting SET amount_fen = 9999 WHERE entry_id = %s", pk(a_year["pay"]))

    said = integrity.verify()

    assert f"第 {a_year['pay'].uuid} 笔账的内容与记账时不同。" in said
    assert sum("的日合计与分录不符" in sentence for sentence in said) == 2


@pytest.mark.parametrize(
    "change",
    ["memo = 'x'", "source_id = 'x'", "strength = 'none'"],
    ids=lambda change: change.split()[0],
)
def test_an_entry_altered_by_hand_is_named(a_year, change):
    by_hand(f"UPDATE ledger_entry SET {change} WHERE id = %s", pk(a_year["pay"]))

    assert integrity.verify() == (f"第 {a_year['pay'].uuid} 笔账的内容与记账时不同。",)


def test_an_overdraft_made_by_hand_is_named_with_its_day(a_year):
    by_hand("UPDATE ledger_posting SET amount_fen = 1 WHERE entry_id = %s", pk(a_year["allot"]))

    below = [sentence for sentence in integrity.verify() if "低于零" in sentence]

    assert below == ["“核拨”（账户 zj-ganzi province allotted CNY，事项 s）到 2026-04-01 为 -149.99 CNY，低于零。"]


def test_a_pool_overdrawn_by_hand_is_named_with_its_day(a_year):
    by_hand("UPDATE ledger_posting SET amount_fen = 10000 WHERE entry_id = %s", pk(a_year["issue"]))

    below = [sentence for sentence in integrity.verify() if "低于零" in sentence]

    assert below == ["“下达”（账户 zj-ganzi province issued CNY，事项 —）到 2026-03-01 为 -700.00 CNY，低于零。"]


def test_an_entry_whose_postings_are_gone_is_named(a_year):
    by_hand("DELETE FROM ledger_posting WHERE entry_id = %s", pk(a_year["pay"]))

    assert f"第 {a_year['pay'].uuid} 笔账没有分录。" in integrity.verify()


@pytest.mark.parametrize(
    "change",
    ["on_date = '2026-03-02'", "programme = 'zj-naqu'", "kind = 'allotted'", "is_reversal = NOT is_reversal"],
    ids=lambda change: change.split()[0],
)
def test_a_posting_that_contradicts_its_entry_or_account_is_named(a_year, change):
    by_hand(f"UPDATE ledger_posting SET {change} WHERE entry_id = %s", pk(a_year["pay"]))

    assert f"第 {a_year['pay'].uuid} 笔账有分录与所记的账或账户不一致。" in integrity.verify()


def test_a_reversal_that_no_longer_mirrors_is_named(a_year):
    by_hand("UPDATE ledger_posting SET subject = 'x' WHERE entry_id = %s", pk(a_year["reversal"]))

    assert f"第 {a_year['reversal'].uuid} 笔冲正与原账不对应。" in integrity.verify()


def test_a_reversal_hung_on_another_entry_is_named(a_year):
    by_hand("UPDATE ledger_entry SET reverses_id = %s WHERE id = %s", pk(a_year["issue"]), pk(a_year["reversal"]))

    assert f"第 {a_year['reversal'].uuid} 笔冲正与原账不对应。" in integrity.verify()


def test_a_wreck_is_described_in_a_hundred_sentences():
    for number in range(120):
        moved(str(number), 1, COMMITMENT, ISSUED)
    by_hand("UPDATE ledger_entry SET memo = 'x'")

    assert Posting.objects.count() == 120
    assert len(integrity.verify()) == 100
