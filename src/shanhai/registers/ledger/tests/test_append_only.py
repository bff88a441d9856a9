# SPDX-License-Identifier: Apache-2.0
"""Rows are never changed and never deleted, and the database itself refuses what must not be."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from shanhai.registers.ledger.models import Account, AppendOnly, DayTotal, Entry, Posting
from shanhai.registers.ledger.tests.builders import TODAY, an_entry, posted
from tests.cast import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_entry():
    """One entry of 100 yuan."""
    posted(an_entry())


@pytest.mark.parametrize("model", [Entry, Posting], ids=lambda model: model.__name__)
@pytest.mark.parametrize(
    "attempt",
    [
        lambda model: model.objects.update(on_date=TODAY),
        lambda model: model.objects.filter(pk=0).update(on_date=TODAY),
        lambda model: model.objects.all().delete(),
        lambda model: model.objects.get().delete(),
        lambda model: model.objects.get().save(),
        lambda model: model.objects.bulk_update([model.objects.get()], ["on_date"]),
        lambda model: model.objects.update_or_create(pk=model.objects.get().pk, defaults={"on_date": TODAY}),
    ],
    ids=["update", "update of nothing", "delete", "delete one", "save", "bulk_update", "update_or_create"],
)
def test_no_row_is_changed_or_deleted(model, attempt):
    before = list(model.objects.values())

    with pytest.raises(AppendOnly), transaction.atomic():
        attempt(model)

    assert list(model.objects.values()) == before


def test_an_account_that_has_postings_stays():
    with pytest.raises(ProtectedError):
        Account.objects.first().delete()


def an_entry_row(**kw):
    row = {
        "source_kind": "test",
        "source_id": "2",
        "on_date": TODAY,
        "digest": "x",
        "recorded_at": AT,
        "recorded_by": "user:x",
    }
    return Entry(**{**row, **kw})


def a_posting_row(**kw):
    row = {field.attname: getattr(Posting.objects.get(), field.attname) for field in Posting._meta.concrete_fields[1:]}
    return Posting(**{**row, **kw})


def a_total_row(**kw):
    return DayTotal(**{"account": Account.objects.first(), "on_date": date(2026, 1, 1), **kw})


def an_account_row(**kw):
    return Account(**{"programme": "zj-ganzi", "fund_source": "city", "kind": "issued", **kw})


WRONG = {
    "ledger_entry_names_its_source": lambda: an_entry_row(source_id=""),
    "ledger_entry_day_is_possible": lambda: an_entry_row(on_date=date(1977, 12, 31)),
    "ledger_entry_strength_is_known": lambda: an_entry_row(strength="rumour"),
    "ledger_posting_amount_is_positive": lambda: a_posting_row(amount_fen=0),
    "ledger_posting_goes_to_another_account": lambda: a_posting_row(
        to_account_id=Posting.objects.get().from_account_id
    ),
    "ledger_posting_place_is_a_code": lambda: a_posting_row(place="51330"),
    "ledger_posting_currency_is_three_letters": lambda: a_posting_row(currency="yu"),
    "ledger_posting_kind_is_known": lambda: a_posting_row(kind="stolen"),
    "ledger_account_kind_is_known": lambda: an_account_row(kind="stolen"),
    "ledger_account_programme_is_a_slug": lambda: an_account_row(programme=""),
    "ledger_account_fund_source_is_a_slug": lambda: an_account_row(fund_source="省级资金"),
    "ledger_account_currency_is_three_letters": lambda: an_account_row(currency="RM"),
    "ledger_daytotal_amounts_are_possible": lambda: a_total_row(in_fen=10**17 + 1),
}


def test_every_check_of_the_database_is_tried():
    checks = {
        constraint.name
        for model in (Account, Entry, Posting, DayTotal)
        for constraint in model._meta.constraints
        if hasattr(constraint, "condition") and constraint.__class__.__name__ == "CheckConstraint"
    }

    assert checks == set(WRONG)


@pytest.mark.parametrize(("constraint", "row"), WRONG.items(), ids=WRONG)
def test_the_database_refuses_what_must_not_be(constraint, row):
    wrong = row()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        wrong.save()


def test_a_source_is_stored_once():
    with pytest.raises(IntegrityError), transaction.atomic():
        an_entry_row(source_id="1").save()


def test_an_entry_has_one_reversal():
    first = Entry.objects.get()
    an_entry_row(source_id="r1", reverses=first).save()

    with pytest.raises(IntegrityError), transaction.atomic():
        an_entry_row(source_id="r2", reverses=first).save()


def test_there_is_one_total_for_account_place_and_day():
    known = DayTotal.objects.first()

    with pytest.raises(IntegrityError), transaction.atomic():
        a_total_row(account=known.account, place=known.place, on_date=known.on_date).save()
