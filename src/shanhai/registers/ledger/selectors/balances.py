# SPDX-License-Identifier: Apache-2.0
"""Sums as of a day. A viewer whose scope is a place gets the sums of their place."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import Sum, Value

from shanhai.base.database.selectors import within
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import CURRENCY, Money
from shanhai.registers.ledger.models import DayTotal, MonthTotal, SubjectTotal
from shanhai.registers.ledger.models.totals import SubjectTotalQuerySet
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.values import AccountKind, Movement


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
    moved = movements(
        viewer=viewer,
        programme=programme,
        kinds=[kind],
        days=[as_of],
        fund_source=fund_source,
        place=place,
        currency=currency,
    )
    return moved[as_of, kind].balance


def by_fund_source(
    *, viewer: Actor, programme: str, kind: AccountKind, as_of: date, currency: str = CURRENCY
) -> dict[str, Money]:
    """What stands on the accounts of ``kind`` at the end of ``as_of``, by fund source. Raises NotVisible."""
    sums = _sums(viewer, programme, [kind], [as_of], None, None, currency, "account__fund_source")
    return {
        source: Money(gone_in - gone_out, currency)
        for (_, _, source), (gone_in, gone_out, _count) in sorted(sums.items())
    }


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
    sums = _sums(viewer, programme, kinds, [as_of], None, place, currency, "place")
    return {(code, kind): Money(gone_in, currency) for (_, kind, code), (gone_in, *_others) in sorted(sums.items())}


def movements(
    *,
    viewer: Actor,
    programme: str,
    kinds: Collection[AccountKind],
    days: Collection[date],
    fund_source: str | None = None,
    place: str | None = None,
    currency: str = CURRENCY,
) -> dict[tuple[date, AccountKind], Movement]:
    """The turnover and the balance of each kind at the end of each of ``days``. One query. Raises NotVisible."""
    sums = _sums(viewer, programme, kinds, days, fund_source, place, currency)

    def moved(day: date, kind: AccountKind) -> Movement:
        gone_in, gone_out, _count = sums.get((day, kind), (0, 0, 0))
        return Movement(Money(gone_in, currency), Money(gone_in - gone_out, currency))

    return {(day, kind): moved(day, kind) for day in days for kind in kinds}


def count_postings(
    *,
    viewer: Actor,
    programme: str,
    kinds: Collection[AccountKind] = tuple(AccountKind),
    as_of: date | None = None,
    place: str | None = None,
) -> int:
    """How many postings count in the turnover of ``kinds``, reversals among them, until the end of ``as_of`` or ever.

    One query, which reads no posting. Raises NotVisible.
    """
    sums = _sums(viewer, programme, kinds, [as_of or date.max], None, place, None)
    return sum(count for _, _, count in sums.values())


def totals_by_subject(
    *,
    viewer: Actor,
    programme: str,
    subjects: Iterable[str] | None = None,
    kinds: Collection[AccountKind] | None = None,
    as_of: date | None = None,
    currency: str = CURRENCY,
) -> dict[tuple[str, AccountKind], Money]:
    """The turnover of each subject and kind that has any, for ``subjects`` and ``kinds`` or all. Raises NotVisible.

    Until the end of ``as_of``; without it, ever.
    """
    wanted = tuple(AccountKind) if kinds is None else tuple(kinds)
    rows = sums_by_subject(
        viewer=viewer, programme=programme, kinds=wanted, subjects=subjects, as_of=as_of, currency=currency
    )
    return {
        (subject, kind): Money(fen, currency)
        for subject, *sums in rows
        for kind, fen in zip(wanted, sums, strict=True)
        if fen
    }


def sums_by_subject(
    *,
    viewer: Actor,
    programme: str,
    kinds: Collection[AccountKind],
    subjects: Iterable[str] | None = None,
    as_of: date | None = None,
    currency: str = CURRENCY,
) -> Iterable[tuple[Any, ...]]:
    """As plain rows, for thousands: each subject for which anything was ever posted, and the turnover of each kind."""
    rows = rows_by_subject(viewer=viewer, programme=programme, currency=currency)
    if as_of is not None:
        rows = rows.filter(on_date__lte=as_of)
    if subjects is not None:
        rows = rows.filter(subject__any_of=sorted(set(subjects)))
    # Not .iterator(): behind a cursor PostgreSQL adds up with one process.
    return rows.values_list("subject").annotate(*(Sum(kind.value) for kind in kinds)).order_by()


def rows_by_subject(*, viewer: Actor, programme: str, currency: str = CURRENCY) -> SubjectTotalQuerySet:
    """What each day brought for each ``subject``, with a column for each kind, to be joined. Raises NotVisible."""
    require_sight(viewer, programme=programme, place=None)
    return SubjectTotal.objects.visible_to(viewer).filter(programme=programme, currency=currency)


def require_sight(viewer: Actor, *, programme: str, place: str | None) -> None:
    """Raise NotVisible unless the viewer may see funds of ``programme`` in ``place`` or in a part of it."""
    if not viewer.may_somewhere(FundPermission.VIEW, programme=programme, place=place):
        raise NotVisible(gettext_noop("没有找到您要的资金。请从菜单重新进入。"))


def _sums(
    viewer: Actor,
    programme: str,
    kinds: Collection[AccountKind],
    days: Collection[date],
    fund_source: str | None,
    place: str | None,
    currency: str | None,
    *keys: str,
) -> dict[tuple[Any, ...], list[int]]:
    """By day, kind and ``keys``: what went in and out until the end of the day, and how many postings. One query."""
    require_sight(viewer, programme=programme, place=place)
    asked: dict[str, Any] = {"account__programme": programme, "account__kind__in": kinds}
    if fund_source is not None:
        asked["account__fund_source"] = fund_source
    if currency is not None:
        asked["account__currency"] = currency
    numbered = dict(enumerate(sorted(set(days))))
    parts = []
    for number, day in numbered.items():
        month = day.replace(day=1)
        # The months before, and the days of the month itself.
        for found in (
            MonthTotal.objects.filter(on_date__lt=month),
            DayTotal.objects.filter(on_date__range=(month, day)),
        ):
            rows = found.visible_to(viewer).filter(within(place), **asked)
            grouped = rows.annotate(number=Value(number)).values_list("number", "account__kind", *keys)
            parts.append(grouped.annotate(*(Sum(name) for name in MonthTotal.SUMS)).order_by())
    sums: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for number, kind, *others in parts[0].union(*parts[1:], all=True):
        found_key, added = others[: len(keys)], others[len(keys) :]
        whole = sums[numbered[number], AccountKind(kind), *found_key]
        whole[:] = map(operator.add, whole, added)
    return dict(sums)
