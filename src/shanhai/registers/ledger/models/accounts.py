# SPDX-License-Identifier: Apache-2.0
"""Accounts, whose rows writers lock, and their totals by day, which every balance is read from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import models
from django.db.models import F, Q, Sum

from shanhai.base.database.selectors import visible
from shanhai.base.database.services import insert_many
from shanhai.kernel.actors import Actor
from shanhai.kernel.money import CURRENCY, MAX_FEN
from shanhai.registers.ledger.values import AccountKind

SLUG = r"^[a-z0-9][a-z0-9-]*\Z"
BATCH = 500
ADD_UP = """ON CONFLICT (account_id, place, on_date) DO UPDATE SET
    in_fen = ledger_daytotal.in_fen + excluded.in_fen, out_fen = ledger_daytotal.out_fen + excluded.out_fen"""

# (account, place, day) → [fen that went in, fen that went out], both net of reversals
DayChanges = Mapping[tuple[int, str, date], list[int]]


class AccountQuerySet(models.QuerySet["Account"]):
    def of_book(self, programme: str, fund_source: str, currency: str) -> AccountQuerySet:
        """The accounts of one fund source in one programme, in the order in which they are locked."""
        return self.filter(programme=programme, fund_source=fund_source, currency=currency).order_by("pk")


class Account(models.Model):
    """A station of money. Programme and fund source are codes: the apps that own them lie above this one."""

    programme = models.CharField(max_length=40)
    fund_source = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    currency = models.CharField(max_length=3, default=CURRENCY)

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "fund_source", "kind", "currency"],
                name="ledger_account_is_one_of_its_kind_in_programme_and_fund_source",
            ),
            models.CheckConstraint(condition=Q(kind__in=list(AccountKind)), name="ledger_account_kind_is_known"),
            models.CheckConstraint(condition=Q(programme__regex=SLUG), name="ledger_account_programme_is_a_slug"),
            models.CheckConstraint(condition=Q(fund_source__regex=SLUG), name="ledger_account_fund_source_is_a_slug"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}\Z"), name="ledger_account_currency_is_three_letters"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.fund_source} {self.kind} {self.currency}"


class DayTotalQuerySet(models.QuerySet["DayTotal"]):
    def visible_to(self, viewer: Actor) -> DayTotalQuerySet:
        """Totals within the scopes in which the viewer may see funds."""
        return self.filter(visible(viewer, "fund.view", programme="account__programme"))

    def add(self, changes: DayChanges) -> None:
        """Add ``changes`` to the totals in the database itself, so that nothing read before can be written over."""
        keys = list(changes)
        for start in range(0, len(keys), BATCH):
            rows = [
                DayTotal(
                    account_id=key[0], place=key[1], on_date=key[2], in_fen=changes[key][0], out_fen=changes[key][1]
                )
                for key in keys[start : start + BATCH]
            ]
            insert_many(rows, on_conflict=ADD_UP)

    def net_by_day(self, account: Account, since: date) -> list[tuple[date, int]]:
        """The account's net change on each day; all that lies before ``since`` counts to that day."""
        rows, net = self.filter(account=account), Sum(F("in_fen") - F("out_fen"))
        before = rows.filter(on_date__lte=since).aggregate(net=net)["net"] or 0
        after = rows.filter(on_date__gt=since).values_list("on_date").annotate(net=net).order_by("on_date")
        return [(since, before), *after]


class DayTotal(models.Model):
    """What went into and out of an account on one day at one place, kept in the transaction that posts.

    Both are net of reversals: taking back a payment lowers what went out of ``allotted`` and what went into ``paid`` on
    the day of the reversal. So ``in - out`` adds up to the balance and ``in`` alone to the turnover; on the day of a
    reversal either may be negative.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="day_totals", db_index=False)
    place = models.CharField(max_length=6, blank=True)
    on_date = models.DateField()
    in_fen = models.BigIntegerField(default=0)
    out_fen = models.BigIntegerField(default=0)

    objects = DayTotalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "place", "on_date"], name="ledger_daytotal_is_one_for_account_place_and_day"
            ),
            models.CheckConstraint(
                condition=Q(in_fen__range=(-MAX_FEN, MAX_FEN), out_fen__range=(-MAX_FEN, MAX_FEN)),
                name="ledger_daytotal_amounts_are_possible",
            ),
        ]
        # Covers the sum over a whole account as of a day, and the same by place.
        indexes = [
            models.Index(fields=["account", "on_date", "place", "in_fen", "out_fen"], name="ledger_daytotal_as_of")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.place} {self.on_date} +{self.in_fen} -{self.out_fen}"
