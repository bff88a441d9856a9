# SPDX-License-Identifier: Apache-2.0
"""Accounts, whose rows writers lock, and entries with their postings: added, never changed, never deleted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NoReturn, TypeVar

from django.db import models
from django.db.models import F, Q, Sum

from shanhai.base.database.selectors import visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.figures import Strength
from shanhai.kernel.money import CURRENCY, MAX_FEN, Money
from shanhai.registers.ledger.values import AccountKind, NewEntry, NewPosting, Source

M = TypeVar("M", bound=models.Model)

SLUG = r"^[a-z0-9][a-z0-9-]*\Z"
FIRST_DAY = date(1978, 1, 1)
LAST_DAY = date(2100, 12, 31)


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


class AppendOnly(Exception):
    """Code tried to change or delete a row of the ledger."""


class AppendOnlyQuerySet(models.QuerySet[M]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("rows of the ledger are never changed: reverse the entry")

    def delete(self) -> NoReturn:
        raise AppendOnly("rows of the ledger are never deleted: reverse the entry")


class AppendOnlyModel(models.Model):
    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("rows of the ledger are never changed: reverse the entry")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("rows of the ledger are never deleted: reverse the entry")


class EntryQuerySet(AppendOnlyQuerySet["Entry"]):
    def of_sources(self, sources: Iterable[Source]) -> EntryQuerySet:
        """Entries made from any of ``sources``."""
        by_kind: dict[str, list[str]] = {}
        for source in sources:
            by_kind.setdefault(source.kind, []).append(source.id)
        wanted = Q(pk__in=[])
        for kind, found in by_kind.items():
            wanted |= Q(source_kind=kind, source_id__any_of=found)
        return self.filter(wanted)


class Entry(AppendOnlyModel):
    """Postings that belong together. ``digest`` is the SHA-256 of its content, see ``rules.content_digest``.

    ``source_form`` is what possible twins among source ids have in common, see ``rules.source_form``.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    source_kind = models.CharField(max_length=60)
    source_id = models.CharField(max_length=160)
    source_form = models.CharField(max_length=160, default="", editable=False)
    on_date = models.DateField()
    memo = models.CharField(max_length=500, blank=True)
    strength = models.CharField(max_length=10, default=Strength.VOUCHER)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    digest = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=100)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_kind", "source_id"], name="ledger_entry_source_is_used_once"),
            models.CheckConstraint(
                condition=~Q(source_kind="") & ~Q(source_id=""), name="ledger_entry_names_its_source"
            ),
            models.CheckConstraint(
                condition=Q(on_date__range=(FIRST_DAY, LAST_DAY)), name="ledger_entry_day_is_possible"
            ),
            models.CheckConstraint(condition=Q(strength__in=list(Strength)), name="ledger_entry_strength_is_known"),
        ]
        indexes = [models.Index(fields=["source_kind", "source_form"], name="ledger_entry_by_form")]

    def __str__(self) -> str:
        return f"{self.on_date} {self.source_kind} {self.source_id}"

    @property
    def source(self) -> Source:
        """What the entry was made from."""
        return Source(self.source_kind, self.source_id)

    def content(self, postings: Sequence[Posting]) -> NewEntry:
        """What the entry says, as it was posted; ``postings`` are its own, in order, with their accounts."""
        return NewEntry(
            source=self.source,
            programme=postings[0].programme,
            fund_source=postings[0].from_account.fund_source,
            on_date=self.on_date,
            postings=tuple(posting.content for posting in postings),
            memo=self.memo,
            strength=Strength(self.strength),
        )


class PostingQuerySet(AppendOnlyQuerySet["Posting"]):
    def visible_to(self, viewer: Actor) -> PostingQuerySet:
        """Postings within the scopes in which the viewer may see funds."""
        return self.filter(visible(viewer, "fund.view"))

    def net_by_subject_and_day(
        self, account: Account, subjects: Iterable[str] | None = None
    ) -> models.QuerySet[Posting, tuple[str, date, int]]:
        """(subject, day, net change) of one account for ``subjects``, or for all, in the order of subject and day.

        A day stands twice where money went in and out.
        """
        rows = self.filter(programme=account.programme)
        if subjects is not None:
            rows = rows.filter(subject__in=list(subjects))
        keys = ("subject", "on_date")
        gone_in = rows.filter(to_account=account).values_list(*keys).annotate(net=Sum("amount_fen"))
        gone_out = rows.filter(from_account=account).values_list(*keys).annotate(net=-Sum("amount_fen"))
        return gone_in.union(gone_out, all=True).order_by(*keys)


class Posting(AppendOnlyModel):
    """``amount_fen`` goes from one account to another of the same programme, fund source and currency.

    ``programme``, ``on_date``, ``kind`` and ``is_reversal`` repeat what accounts and entry say, so that a page of proof
    is read from an index; as no row ever changes they cannot come apart, and the integrity check compares them.
    ``kind`` is the station whose turnover the row counts in: where the money went, or, for a reversal, where it had
    gone.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    from_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount_fen = models.BigIntegerField()
    currency = models.CharField(max_length=3, default=CURRENCY)
    subject = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=6, blank=True)
    programme = models.CharField(max_length=40)
    on_date = models.DateField()
    kind = models.CharField(max_length=12)
    is_reversal = models.BooleanField(default=False)

    objects = PostingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, amount_fen__lte=MAX_FEN), name="ledger_posting_amount_is_positive"
            ),
            models.CheckConstraint(
                condition=~Q(from_account=F("to_account")), name="ledger_posting_goes_to_another_account"
            ),
            models.CheckConstraint(
                condition=Q(place="") | Q(place__regex=r"^[1-9][0-9]{5}\Z"), name="ledger_posting_place_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}\Z"), name="ledger_posting_currency_is_three_letters"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(AccountKind)), name="ledger_posting_kind_is_known"),
        ]
        # The first two end in what the rows of a place are told by.
        indexes = [
            models.Index(fields=["programme", "on_date", "id", "place"], name="ledger_posting_by_day"),
            models.Index(fields=["programme", "kind", "on_date", "id", "place"], name="ledger_posting_by_kind"),
            models.Index(fields=["programme", "subject", "on_date", "id"], name="ledger_posting_by_subject"),
        ]

    @property
    def content(self) -> NewPosting:
        """What the posting says, as it was posted."""
        return NewPosting(
            AccountKind(self.from_account.kind),
            AccountKind(self.to_account.kind),
            Money(self.amount_fen, self.currency),
            self.subject,
            self.place,
        )

    def __str__(self) -> str:
        return f"{self.entry_id} {self.from_account_id} → {self.to_account_id} {self.amount_fen}"
