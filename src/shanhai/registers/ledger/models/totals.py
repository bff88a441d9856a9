# SPDX-License-Identifier: Apache-2.0
"""Totals kept beside the postings, in the transaction that posts: no sum and no count ever reads the postings.

By account, place and day, and the same by month: until any day a sum is that of the months before and of the days of
one month. And by subject and day, in one row for all stations.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models import F, Q, Sum, Window

from shanhai.base.database.selectors import visible
from shanhai.base.database.services import insert_many
from shanhai.kernel.actors import Actor
from shanhai.kernel.money import CURRENCY, MAX_FEN
from shanhai.registers.ledger.models.entries import Account
from shanhai.registers.ledger.values import AccountKind

K = TypeVar("K", bound="KeptTotal")


class KeptQuerySet(models.QuerySet[K]):
    def add(self, changes: Mapping[tuple[Any, ...], Collection[int]]) -> None:
        """Add ``changes``, sums by key, in the database itself, so that nothing read before can be written over."""
        keys, sums, table = self.model.KEYS, self.model.SUMS, self.model._meta.db_table
        added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in sums)
        rows = ((*key, *change) for key, change in changes.items())
        insert_many(self.model, (*keys, *sums), rows, f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {added}")


class KeptTotal(models.Model):
    """Sums under a unique key of columns."""

    KEYS: ClassVar[tuple[str, ...]]
    SUMS: ClassVar[tuple[str, ...]]

    class Meta:
        abstract = True


class PlaceTotalQuerySet(KeptQuerySet["PlaceTotal"]):
    def visible_to(self, viewer: Actor) -> PlaceTotalQuerySet:
        """Totals within the scopes in which the viewer may see funds."""
        return self.filter(visible(viewer, "fund.view", programme="account__programme"))

    def net_by_day(self, account: Account, since: date) -> list[tuple[date, int]]:
        """The account's net change on each day; all that lies before ``since`` counts to that day."""
        rows, net = self.filter(account=account), Sum(F("in_fen") - F("out_fen"))
        before = rows.filter(on_date__lte=since).aggregate(net=net)["net"] or 0
        after = rows.filter(on_date__gt=since).values_list("on_date").annotate(net=net).order_by("on_date")
        return [(since, before), *after]


class PlaceTotal(KeptTotal):
    """What went into and out of an account at one place, and how many postings count in its turnover there.

    ``in_fen`` and ``out_fen`` are net of reversals: taking back a payment lowers what went out of ``allotted`` and what
    went into ``paid`` on the day of the reversal. So ``in - out`` adds up to the balance and ``in`` alone to the
    turnover; on the day of a reversal either may be negative. The count only grows: a reversal is a posting, too.
    """

    KEYS = ("account_id", "on_date", "place")
    SUMS = ("in_fen", "out_fen", "postings")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    on_date = models.DateField()
    place = models.CharField(max_length=6, blank=True)
    in_fen = models.BigIntegerField(default=0)
    out_fen = models.BigIntegerField(default=0)
    postings = models.PositiveIntegerField(default=0)

    objects = PlaceTotalQuerySet.as_manager()

    class Meta:
        abstract = True
        # The account and the day come first: sums until a day are read from this index's rows alone.
        constraints = [
            models.UniqueConstraint(
                fields=["account", "on_date", "place"], name="ledger_%(class)s_is_one_for_account_day_and_place"
            ),
            models.CheckConstraint(
                condition=Q(in_fen__range=(-MAX_FEN, MAX_FEN), out_fen__range=(-MAX_FEN, MAX_FEN)),
                name="ledger_%(class)s_amounts_are_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.place} {self.on_date} +{self.in_fen} -{self.out_fen}"


class DayTotal(PlaceTotal):
    """One day's total."""


class MonthTotal(PlaceTotal):
    """One month's total; ``on_date`` is the first of the month."""


class SubjectTotalQuerySet(KeptQuerySet["SubjectTotal"]):
    def visible_to(self, viewer: Actor) -> SubjectTotalQuerySet:
        """Totals within the scopes in which the viewer may see funds."""
        return self.filter(visible(viewer, "fund.view"))

    def below_zero(self, account: Account, subjects: Collection[str]) -> models.QuerySet[SubjectTotal, Any]:
        """(subject, day, what it would have) of one account wherever one of ``subjects`` has less than nothing."""
        kind = AccountKind(account.kind)
        rows = self.filter(
            programme=account.programme,
            fund_source=account.fund_source,
            currency=account.currency,
            subject__any_of=list(subjects),
        )
        # Rows of one day, for several places, stand together in the sum of that day.
        net = Sum(F(kind.value) - F(f"{kind.value}_out"))
        running = Window(net, partition_by=[F("subject")], order_by=F("on_date").asc())
        below = rows.annotate(left=running).filter(left__lt=0).order_by("subject", "on_date")
        return below.values_list("subject", "on_date", "left")


class SubjectTotal(KeptTotal):
    """What one day brought for a subject at one place from one fund source, net of reversals.

    A column for each station holds its turnover; what went out again is kept where no subject may be overdrawn.
    """

    KEYS = ("programme", "subject", "on_date", "place", "fund_source", "currency")
    SUMS = (*(kind.value for kind in AccountKind), "allotted_out", "paid_out")

    programme = models.CharField(max_length=40)
    subject = models.CharField(max_length=60, blank=True)
    on_date = models.DateField()
    place = models.CharField(max_length=6, blank=True)
    fund_source = models.CharField(max_length=40)
    currency = models.CharField(max_length=3, default=CURRENCY)
    commitment = models.BigIntegerField(default=0)
    issued = models.BigIntegerField(default=0)
    arrived = models.BigIntegerField(default=0)
    allotted = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)
    reserve = models.BigIntegerField(default=0)
    surplus = models.BigIntegerField(default=0)
    allotted_out = models.BigIntegerField(default=0)
    paid_out = models.BigIntegerField(default=0)

    objects = SubjectTotalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "subject", "on_date", "place", "fund_source", "currency"],
                name="ledger_subjecttotal_is_one_for_subject_day_place_and_source",
            )
        ]
        # Covers what all subjects, or some, have had until a day.
        indexes = [
            models.Index(
                fields=[
                    "programme",
                    "subject",
                    "on_date",
                    "place",
                    "currency",
                    "issued",
                    "arrived",
                    "allotted",
                    "paid",
                ],
                name="ledger_subjecttotal_as_of",
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.subject} {self.place} {self.on_date}"
