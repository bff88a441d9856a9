# SPDX-License-Identifier: Apache-2.0
"""Where the money of a programme stands, read from the ledger: sums, their evidence, and how strong that is.

Beside it the categories of a day, and the published figures of a programme.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor, place_prefix
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import FigureScope, Strength, weakest
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.models import Classification, Programme, PublicStatement
from shanhai.planning.programmes.values import SAMPLE_CATEGORIES, Category, FundTotals
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors import balances, postings
from shanhai.registers.ledger.values import AccountKind, Movement, PostingRow

STATIONS = (
    AccountKind.ISSUED,
    AccountKind.ARRIVED,
    AccountKind.ALLOTTED,
    AccountKind.PAID,
    AccountKind.RESERVE,
    AccountKind.SURPLUS,
)
# How many of a station's newest postings the strength of its evidence is judged by.
JUDGED = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the money stands in a scope: of the year asked for, and ever; the weakest evidence of each station.

    ``limited`` when the viewer, confined to some place, sees less than what was asked for; ``whole`` unless a station
    has more postings than have been looked at.
    """

    totals: FundTotals
    ever: FundTotals
    strengths: dict[AccountKind, Strength]
    whole: bool
    limited: bool
    provenance: str


def standing(*, viewer: Actor, scope: FigureScope) -> Standing:
    """All that the figures of the money are made of. Three queries. Raises NotVisible."""
    programme = get_programme(viewer=viewer, code=scope.programme)
    ever, totals = _asked(viewer, programme, scope.as_of, scope.year, scope.place)
    newest = postings.newest_strengths(
        viewer=viewer,
        programme=programme.code,
        kinds=STATIONS,
        as_of=scope.as_of,
        place=_narrowed(programme, scope.place),
        limit=JUDGED,
    )
    return Standing(
        totals=totals,
        ever=ever,
        strengths={kind: weakest(seen) for kind, seen in newest.items()},
        whole=all(len(seen) < JUDGED for seen in newest.values()),
        limited=scope.place is None and not _sees_whole(viewer, programme, None),
        provenance=programme.provenance,
    )


def plan_totals(
    *, viewer: Actor, programme: str, as_of: date, year: int | None = None, place: str | None = None
) -> FundTotals:
    """Where the money stands at the end of ``as_of``, or what a calendar year up to that day has added.

    A place holds what is posted for it; a place that the whole recipient lies in is the whole programme, with what is
    posted for no place. The five-year plan is None wherever less than the whole programme is seen, and for a year.
    Two queries. Raises NotVisible.
    """
    found = get_programme(viewer=viewer, code=programme)
    _ever, totals = _asked(viewer, found, as_of, year, place)
    return totals


def _asked(
    viewer: Actor, programme: Programme, as_of: date, year: int | None, place: str | None
) -> tuple[FundTotals, FundTotals]:
    """The totals ever, and those of the year; the same where no year is asked for."""
    if year is None:
        ever = _totals(viewer, programme, [as_of], place)[as_of]
        return ever, ever
    before, until = min(as_of, date(year - 1, 12, 31)), min(as_of, date(year, 12, 31))
    found = _totals(viewer, programme, {before, until, as_of}, place)
    return found[as_of], found[until].minus(found[before])


def _sees_whole(viewer: Actor, programme: Programme, place: str | None) -> bool:
    return viewer.may(FundPermission.VIEW, programme=programme.code) and _narrowed(programme, place) is None


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


def _totals(viewer: Actor, programme: Programme, days: Collection[date], place: str | None) -> dict[date, FundTotals]:
    """Where the money stands at the end of each of ``days``. One query."""
    moved = balances.movements(
        viewer=viewer,
        programme=programme.code,
        kinds=STATIONS,
        days=days,
        place=_narrowed(programme, place),
        currency=programme.currency,
    )
    plan = programme.five_year_plan if _sees_whole(viewer, programme, place) else None
    return {day: _totals_of({kind: moved[day, kind] for kind in STATIONS}, plan or None) for day in days}


def _totals_of(moved: Mapping[AccountKind, Movement], five_year_plan: Money | None) -> FundTotals:
    """The field of each station by its name; what was released has come back into what is issued."""
    reserve = moved[AccountKind.RESERVE]
    released = reserve.turnover - reserve.balance
    gone_in = {kind.value: movement.turnover for kind, movement in moved.items()}
    sums = gone_in | {"issued": gone_in["issued"] - released, "reserve": reserve.balance}
    return FundTotals(**sums, released=released, five_year_plan=five_year_plan)


def _narrowed(programme: Programme, place: str | None) -> str | None:
    if place is not None and programme.recipient.code.startswith(place_prefix(place)):
        return None
    return place


def find_classification(*, viewer: Actor, on: date) -> Classification | None:
    """The version in force on that day, or None when there is none or the viewer may see no programme at all."""
    rows = Classification.objects.filter(valid_from__lte=on).order_by("-valid_from", "-pk")
    return rows.first() if viewer.may_somewhere(Permission.PROGRAMME_VIEW) else None


def list_categories(*, viewer: Actor, on: date) -> tuple[Category, ...]:
    """The categories in force on that day, in order; the sample when no version has been recorded."""
    found = find_classification(viewer=viewer, on=on)
    if found is None:
        return SAMPLE_CATEGORIES
    items = found.items.order_by("position")
    return tuple(Category(item.code, item.name, item.livelihood_percent, item.name_en) for item in items)


def list_statements(*, viewer: Actor, programme: str, as_of: date | None = None) -> list[PublicStatement]:
    """What has been published about a programme up to that day, the newest first. Raises NotVisible."""
    rows = get_programme(viewer=viewer, code=programme).statements.order_by("-on", "pk")
    return list(rows if as_of is None else rows.filter(on__lte=as_of))


def get_statement(*, viewer: Actor, programme: str, key: str) -> PublicStatement:
    """One published figure. Raises NotVisible."""
    found = get_programme(viewer=viewer, code=programme).statements.filter(key=key).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这个公开数字。请从资金页或计划页重新进入。"))
    return found
