# SPDX-License-Identifier: Apache-2.0
"""Two people at the ledger at the same moment, on PostgreSQL. Each guard has a control: without it the race is lost.

Both threads meet where the race is decided. Where a lock keeps the second from getting there, the first waits in vain
for a second and goes on, which is the point.
"""

from __future__ import annotations

import threading
import time

import pytest
from django.db import IntegrityError, transaction

from shanhai.kernel.money import CURRENCY, Money
from shanhai.registers.ledger.models import Account, Entry, Posting
from shanhai.registers.ledger.selectors import balances, integrity
from shanhai.registers.ledger.services import entries, writing
from shanhai.registers.ledger.services.writing import FundsInsufficient, SourceAlreadyUsed, Writer
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
from shanhai.registers.ledger.values import AccountKind, EntryRef
from tests.cast import AT, AUDITOR, FINANCE
from tests.concurrency.together import meet, outcomes

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def without_the_lock(monkeypatch) -> None:
    monkeypatch.setattr(
        writing,
        "_locked",
        lambda key: {AccountKind(account.kind): account for account in Account.objects.of_book(*key)},
    )


def opened(*kinds: AccountKind) -> None:
    """Opened beforehand, because the opening of an account would put both in line by itself."""
    with transaction.atomic():
        Writer(FINANCE, AT).lock("zj-ganzi", "province", CURRENCY, set(kinds))


def kinds_of(answers: list[object]) -> list[str]:
    return sorted(type(answer).__name__ for answer in answers)


def two_payments_of_the_last_fen(monkeypatch) -> list[object]:
    opened(PAID)
    moved("1", 100, COMMITMENT, ARRIVED)
    moved("2", 100, ARRIVED, ALLOTTED, subject="s")
    meet(monkeypatch, writing, "_require_funds")
    return outcomes(
        lambda: moved("here", 100, ALLOTTED, PAID, subject="s", place="513301"),
        lambda: moved("there", 100, ALLOTTED, PAID, subject="s", place="513322"),
    )


def test_of_two_payments_that_race_for_the_last_fen_one_is_refused(monkeypatch):
    answers = two_payments_of_the_last_fen(monkeypatch)

    assert kinds_of(answers) == ["EntryRef", "FundsInsufficient"]
    [refusal] = [answer for answer in answers if isinstance(answer, FundsInsufficient)]
    assert refusal.message.params["available"] == Money(0)
    assert integrity.verify() == ()


def test_control_without_the_lock_both_payments_go_through_and_the_check_finds_it(monkeypatch):
    without_the_lock(monkeypatch)

    answers = two_payments_of_the_last_fen(monkeypatch)

    assert kinds_of(answers) == ["EntryRef", "EntryRef"]
    assert any("低于零" in sentence for sentence in integrity.verify())


def test_two_people_who_post_the_same_source_get_the_same_answer(monkeypatch):
    opened(ARRIVED)
    moved("1", 100, COMMITMENT, ISSUED)
    meet(monkeypatch, writing, "_insert", before=True)

    answers = outcomes(*[lambda: moved("same", 60, ISSUED, ARRIVED)] * 2)

    assert answers[0] == answers[1]
    assert isinstance(answers[0], EntryRef)
    assert Entry.objects.filter(source_id="same").count() == 1
    assert Posting.objects.count() == 2
    assert integrity.verify() == ()


def test_even_without_the_lock_the_second_finds_what_the_first_posted(monkeypatch):
    opened(ARRIVED)
    moved("1", 200, COMMITMENT, ISSUED)
    without_the_lock(monkeypatch)
    meet(monkeypatch, writing, "_insert", before=True)

    answers = outcomes(*[lambda: moved("same", 60, ISSUED, ARRIVED)] * 2)

    assert answers[0] == answers[1]
    assert isinstance(answers[0], EntryRef)
    assert Posting.objects.count() == 2
    assert integrity.verify() == ()


def test_control_without_lock_and_savepoint_the_second_breaks(monkeypatch):
    opened(ARRIVED)
    moved("1", 200, COMMITMENT, ISSUED)
    without_the_lock(monkeypatch)
    monkeypatch.setattr(writing, "_insert", lambda drafts: (writing._put(drafts), []))
    meet(monkeypatch, writing, "_insert", before=True)

    answers = outcomes(*[lambda: moved("same", 60, ISSUED, ARRIVED)] * 2)

    assert kinds_of(answers) == ["EntryRef", "IntegrityError"]
    assert any(isinstance(answer, IntegrityError) for answer in answers)


def test_of_two_who_post_different_things_from_one_source_one_is_told(monkeypatch):
    moved("1", 100, COMMITMENT, ISSUED, fund_source="province")
    moved("2", 100, COMMITMENT, ISSUED, fund_source="city")
    meet(monkeypatch, writing, "_insert", before=True)

    answers = outcomes(
        lambda: moved("same", 60, ISSUED, ARRIVED, fund_source="province"),
        lambda: moved("same", 60, ISSUED, ARRIVED, fund_source="city"),
    )

    assert kinds_of(answers) == ["EntryRef", "SourceAlreadyUsed"]
    assert any(isinstance(answer, SourceAlreadyUsed) for answer in answers)
    assert Entry.objects.filter(source_id="same").count() == 1
    assert integrity.verify() == ()


def test_of_two_who_take_back_the_same_entry_one_is_told(monkeypatch):
    ref = posted(an_entry())
    meet(monkeypatch, writing, "_insert", before=True)

    answers = outcomes(
        *[lambda: entries.reverse_entry(by=FINANCE, at=AT, entry=ref.uuid, because="记错了")] * 2,
    )

    assert kinds_of(answers) == ["Conflict", "EntryRef"]
    assert any(getattr(answer, "code", "") == "ledger.already_reversed" for answer in answers)
    assert integrity.verify() == ()


def test_two_first_entries_of_a_fund_source_open_each_account_once():
    answers = outcomes(
        lambda: moved("a", 1, COMMITMENT, ISSUED),
        lambda: moved("b", 2, COMMITMENT, ISSUED),
    )

    assert kinds_of(answers) == ["EntryRef", "EntryRef"]
    assert Account.objects.count() == 2
    assert balances.balance(viewer=AUDITOR, programme="zj-ganzi", kind=ISSUED, as_of=TODAY) == Money(300)
    assert integrity.verify() == ()


def crosswise() -> list[object]:
    """One pays and then receives; meanwhile, the other allots: they need the same accounts in both orders."""
    moved("1", 100, COMMITMENT, ISSUED)
    moved("2", 50, ISSUED, ARRIVED)
    moved("3", 50, ARRIVED, ALLOTTED, subject="s")
    moved("4", 20, ISSUED, ARRIVED)
    paid = threading.Event()

    def pay_then_receive() -> None:
        with transaction.atomic():
            moved("pay", 10, ALLOTTED, PAID, subject="s")
            paid.set()
            time.sleep(1)
            moved("receive", 10, ISSUED, ARRIVED)

    def allot() -> None:
        paid.wait(timeout=10)
        moved("allot", 10, ARRIVED, ALLOTTED, subject="s")

    return outcomes(pay_then_receive, allot)


def test_transactions_that_post_several_times_do_not_lock_crosswise():
    opened(PAID)

    answers = crosswise()

    assert kinds_of(answers) == ["NoneType", "NoneType"]
    assert integrity.verify() == ()


def test_control_locking_only_the_accounts_an_entry_needs_ends_in_a_deadlock(monkeypatch):
    def lock(writer, programme, fund_source, currency, kinds):
        needed = Account.objects.of_book(programme, fund_source, currency).filter(kind__in=kinds)
        return {AccountKind(account.kind): account for account in needed.select_for_update()}

    opened(*AccountKind)
    monkeypatch.setattr(writing.Writer, "lock", lock)

    answers = crosswise()

    assert kinds_of(answers) == ["NoneType", "OperationalError"]


def test_many_at_once_on_one_book_all_arrive_and_add_up():
    moved("1", 1000, COMMITMENT, ARRIVED)

    def allot_and_pay(person: int) -> None:
        for number in range(5):
            subject = f"{person}-{number % 2}"
            moved(f"allot {person} {number}", 10, ARRIVED, ALLOTTED, subject=subject, place="513301")
            posted(
                an_entry(a_posting(4, ALLOTTED, PAID, subject=subject, place="513301"), source=f"pay {person} {number}")
            )

    answers = outcomes(*[lambda person=person: allot_and_pay(person) for person in range(4)])

    assert kinds_of(answers) == ["NoneType"] * 4
    asked = {"viewer": AUDITOR, "programme": "zj-ganzi", "as_of": TODAY}
    stands = [balances.balance(kind=kind, **asked) for kind in (ARRIVED, ALLOTTED, PAID)]
    assert stands == [Money(80000), Money(12000), Money(8000)]
    assert integrity.verify() == ()
