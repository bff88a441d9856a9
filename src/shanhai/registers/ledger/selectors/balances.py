# SPDX-License-Identifier: Apache-2.0
"""Sums as of a day. A viewer whose scope is a place gets the sums of his place."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, F, Q, Sum, Value, When

from shanhai.base.database.selectors import within
from shanhai.kernel.actors import Actor
from shanhai.kernel.money import CURRENCY, Money
from shanhai.registers.ledger.models import DayTotal, Posting
from shanhai.registers.ledger.models.accounts import DayTotalQuerySet
from shanhai.registers.ledger.permissions import require_sight
from shanhai.registers.ledger.values import AccountKind, Movement

IN_OUT = ("in", "out")


def balance(
    *,
    viewer: Actor,
    programme: str,
    kind: AccountKind,
    as_of: date,
    fund_source: str | None = None,
    place: str | None = None,
    currency: str = CURRENCY,
) -> Money:
    """What stands on the accounts of ``kind`` at the end of ``as_of``: what went in less what went out.

    Of one place it may be negative, where money arrives for the programme as a whole and is allotted to places; for
    what a place received ask for the turnover. Raises NotVisible without fund.view there.
    """
    rows = _totals(viewer, programme, [kind], as_of, fund_source, place, currency)
    return Money(rows.aggregate(net=Sum(F("in_fen") - F("out_fen")))["net"] or 0, currency)


def turnover(
    *,
    viewer: Actor,
    programme: str,
    kind: AccountKind,
    as_of: date,
    fund_source: str | None = None,
    place: str | None = None,
    currency: str = CURRENCY,
) -> Money:
    """All that went into the accounts of ``kind`` until the end of ``as_of``, net of reversals. Raises NotVisible."""
    rows = _totals(viewer, programme, [kind], as_of, fund_source, place, currency)
    return Money(rows.aggregate(gone_in=Sum("in_fen"))["gone_in"] or 0, currency)


def turnover_by_place(
    *,
    viewer: Actor,
    programme: str,
    kinds: Collection[AccountKind],
    as_of: date,
    place: str | None = None,
    currency: str = CURRENCY,
) -> dict[tuple[str, AccountKind], Money]:
    """The turnover of each place and kind that has any; "" is money of the programme as a whole. Raises NotVisible."""
    rows = _totals(viewer, programme, kinds, as_of, None, place, currency)
    sums = rows.values_list("place", "account__kind").annotate(gone_in=Sum("in_fen"))
    return {
        (code, AccountKind(kind)): Money(fen, currency) for code, kind, fen in sums.order_by("place", "account__kind")
    }


def movements(
    *,
    viewer: Actor,
    programme: str,
    kinds: Collection[AccountKind],
    days: Collection[date],
    place: str | None = None,
    currency: str = CURRENCY,
) -> dict[tuple[date, AccountKind], Movement]:
    """The turnover and the balance of each kind at the end of each of ``days``. One query. Raises NotVisible."""
    rows = _totals(viewer, programme, kinds, max(days), None, place, currency)
    numbered = dict(enumerate(sorted(set(days))))
    sums = {f"{column}_{number}": _until(day, f"{column}_fen") for number, day in numbered.items() for column in IN_OUT}
    grouped: Any = rows.values("account__kind").annotate(**sums).order_by("account__kind")
    found: dict[str, dict[str, int]] = {row["account__kind"]: row for row in grouped}

    def moved(kind: AccountKind, number: int) -> Movement:
        row = found.get(kind.value, {})
        gone_in, gone_out = (row.get(f"{column}_{number}", 0) for column in IN_OUT)
        return Movement(Money(gone_in, currency), Money(gone_in - gone_out, currency))

    return {(day, kind): moved(kind, number) for number, day in numbered.items() for kind in kinds}


def totals_by_subject(
    *,
    viewer: Actor,
    programme: str,
    subjects: Iterable[str] | None = None,
    kinds: Collection[AccountKind] | None = None,
    as_of: date | None = None,
    after: date | None = None,
    currency: str = CURRENCY,
) -> dict[tuple[str, AccountKind], Money]:
    """The turnover of each subject and kind that has any, for ``subjects`` and ``kinds`` or all. Raises NotVisible.

    Until the end of ``as_of``, and of what happened after the end of ``after`` only; without them, ever.
    """
    require_sight(viewer, programme=programme, place=None)
    rows = Posting.objects.visible_to(viewer).filter(programme=programme, currency=currency)
    if as_of is not None:
        rows = rows.filter(on_date__lte=as_of)
    if after is not None:
        rows = rows.filter(on_date__gt=after)
    sign = Case(When(is_reversal=True, then=Value(-1)), default=Value(1))
    counted = Sum(F("amount_fen") * sign, output_field=BigIntegerField())
    if subjects is not None:
        rows = rows.filter(subject__any_of=sorted(set(subjects)))
    wanted = set(AccountKind) if kinds is None else set(kinds)
    if kinds is not None and subjects is None:
        rows = rows.filter(kind__in=[kind.value for kind in kinds])
    sums = rows.values_list("subject", "kind").annotate(counted=counted).order_by()
    # Not .iterator(): behind a cursor PostgreSQL adds up with one process. Kinds of single subjects are sorted out
    # here: named in the query, SQLite would read all postings of the kind.
    return {(subject, AccountKind(kind)): Money(fen, currency) for subject, kind, fen in sums if kind in wanted}


def _until(day: date, column: str) -> Sum:
    return Sum(column, filter=Q(on_date__lte=day), default=0)


def _totals(
    viewer: Actor,
    programme: str,
    kinds: Collection[AccountKind],
    as_of: date,
    fund_source: str | None,
    place: str | None,
    currency: str,
) -> DayTotalQuerySet:
    require_sight(viewer, programme=programme, place=place)
    rows = DayTotal.objects.visible_to(viewer).filter(
        within(place),
        account__programme=programme,
        account__kind__in=kinds,
        account__currency=currency,
        on_date__lte=as_of,
    )
    return rows if fund_source is None else rows.filter(account__fund_source=fund_source)
