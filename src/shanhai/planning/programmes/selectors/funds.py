# SPDX-License-Identifier: Apache-2.0
"""Where the money of a programme stands, read from the ledger: sums, their evidence, and how strong that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor, place_prefix
from shanhai.kernel.figures import FigureScope, Strength, weakest
from shanhai.kernel.money import total
from shanhai.planning.programmes.models import Programme
from shanhai.planning.programmes.selectors.programmes import get_programme
from shanhai.planning.programmes.values import FundTotals
from shanhai.registers.ledger.selectors import balances, postings
from shanhai.registers.ledger.values import AccountKind, PostingRow

STATIONS = (
    AccountKind.ISSUED,
    AccountKind.ARRIVED,
    AccountKind.ALLOTTED,
    AccountKind.PAID,
    AccountKind.RESERVE,
    AccountKind.SURPLUS,
)
# How many of the newest postings the strength of the evidence is judged by.
JUDGED = 200


@dataclass(frozen=True, slots=True)
class Strengths:
    """The weakest evidence of each station; ``whole`` unless there are more postings than have been looked at."""

    by_kind: dict[AccountKind, Strength]
    whole: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the money stands in a scope: of the year asked for, and ever.

    ``limited`` when the viewer, confined to some place, sees less than what was asked for.
    """

    totals: FundTotals
    ever: FundTotals
    strengths: Strengths
    limited: bool
    provenance: str


def standing(*, viewer: Actor, scope: FigureScope) -> Standing:
    """All that the figures of the money are made of. Five queries, four more for a year. Raises NotVisible."""
    programme = get_programme(viewer=viewer, code=scope.programme)
    ever = _totals(viewer, programme, scope.as_of, scope.place)
    return Standing(
        totals=ever if scope.year is None else _of_year(viewer, programme, scope.as_of, scope.year, scope.place),
        ever=ever,
        strengths=_strengths(viewer, programme, scope.as_of, scope.place),
        limited=scope.place is None and not _sees_whole(viewer, programme, None),
        provenance=programme.provenance,
    )


def plan_totals(
    *, viewer: Actor, programme: str, as_of: date, year: int | None = None, place: str | None = None
) -> FundTotals:
    """Where the money stands at the end of ``as_of``, or what a calendar year up to that day has added.

    A place holds what is posted for it; a place that the whole recipient lies in is the whole programme, with what is
    posted for no place. The five-year plan is None wherever less than the whole programme is seen, and for a year.
    Three queries, two more for a year. Raises NotVisible.
    """
    found = get_programme(viewer=viewer, code=programme)
    return _totals(viewer, found, as_of, place) if year is None else _of_year(viewer, found, as_of, year, place)


def _of_year(viewer: Actor, programme: Programme, as_of: date, year: int, place: str | None) -> FundTotals:
    before = _totals(viewer, programme, min(as_of, date(year - 1, 12, 31)), place)
    return _totals(viewer, programme, min(as_of, date(year, 12, 31)), place).minus(before)


def _sees_whole(viewer: Actor, programme: Programme, place: str | None) -> bool:
    scopes = viewer.scopes(Permission.FUND_VIEW)
    unlimited = any(scope.place is None and scope.programme in (None, programme.code) for scope in scopes)
    return unlimited and _narrowed(programme, place) is None


def _strengths(viewer: Actor, programme: Programme, as_of: date, place: str | None) -> Strengths:
    """Of each station by its newest postings among the 200 newest of all, or, where there are none, by its own."""

    def newest(kind: AccountKind | None) -> tuple[int, tuple[PostingRow, ...]]:
        return postings.list_postings(
            viewer=viewer,
            programme=programme.code,
            kind=kind,
            as_of=as_of,
            place=_narrowed(programme, place),
            offset=0,
            limit=JUDGED,
        )

    count, rows = newest(None)
    by_kind = {kind: [row.strength for row in rows if row.kind == kind] for kind in STATIONS}
    if count > JUDGED:
        for kind in (kind for kind in STATIONS if not by_kind[kind]):
            by_kind[kind] = [row.strength for row in newest(kind)[1]]
    return Strengths({kind: weakest(tuple(seen)) for kind, seen in by_kind.items()}, whole=count <= JUDGED)


def list_rows(
    *,
    viewer: Actor,
    programme: str,
    kind: AccountKind,
    as_of: date,
    year: int | None,
    place: str | None,
    offset: int,
    limit: int,
) -> tuple[int, tuple[PostingRow, ...]]:
    """How many postings a station's turnover is made of, and ``limit`` of them, newest first. Raises NotVisible."""
    found = get_programme(viewer=viewer, code=programme)

    def rows_until(day: date, offset: int, limit: int) -> tuple[int, tuple[PostingRow, ...]]:
        return postings.list_postings(
            viewer=viewer,
            programme=programme,
            kind=kind,
            as_of=day,
            place=_narrowed(found, place),
            offset=offset,
            limit=limit,
        )

    if year is None:
        return rows_until(as_of, offset, limit)
    earlier, _ = rows_until(min(as_of, date(year - 1, 12, 31)), 0, 0)
    count, rows = rows_until(min(as_of, date(year, 12, 31)), offset, limit)
    return count - earlier, rows[: max(count - earlier - offset, 0)]


def _totals(viewer: Actor, programme: Programme, as_of: date, place: str | None) -> FundTotals:
    narrowed = _narrowed(programme, place)
    turnovers = balances.turnover_by_place(
        viewer=viewer,
        programme=programme.code,
        kinds=STATIONS,
        as_of=as_of,
        place=narrowed,
        currency=programme.currency,
    )
    reserve = balances.balance(
        viewer=viewer,
        programme=programme.code,
        kind=AccountKind.RESERVE,
        as_of=as_of,
        place=narrowed,
        currency=programme.currency,
    )
    gone_in = {
        kind: total((amount for (_, of), amount in turnovers.items() if of == kind), programme.currency)
        for kind in STATIONS
    }
    released = gone_in[AccountKind.RESERVE] - reserve
    whole = _sees_whole(viewer, programme, place)
    return FundTotals(
        issued=gone_in[AccountKind.ISSUED] - released,
        reserve=reserve,
        released=released,
        arrived=gone_in[AccountKind.ARRIVED],
        allotted=gone_in[AccountKind.ALLOTTED],
        paid=gone_in[AccountKind.PAID],
        surplus=gone_in[AccountKind.SURPLUS],
        five_year_plan=programme.five_year_plan if whole and programme.five_year_plan else None,
    )


def _narrowed(programme: Programme, place: str | None) -> str | None:
    if place is not None and programme.recipient.code.startswith(place_prefix(place)):
        return None
    return place
