# SPDX-License-Identifier: Apache-2.0
"""The way of a programme's money as of a day: what the sums of ``rules.flow`` are made of. Added up in the database.

As everywhere, lines, their money, and what plans take and keep are those of the day asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Case, F, Q, Sum, Value, When
from django.db.models.fields import BooleanField
from django.db.models.functions import Greatest, Least

from shanhai.base.formats import name_of, named
from shanhai.kernel.actors import Actor, place_prefix
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.plans.selectors import list_yearly_plans
from shanhai.planning.projects.core.selectors import AsSubject, renamed_places, rows_by_line
from shanhai.planning.projects.models import AllocationLineQuerySet as Lines
from shanhai.planning.projects.shares.rules.flow import Cell, Link, Sums, links_of, sums_of, way_of
from shanhai.planning.projects.shares.selectors.portfolio import changed_since, lines_in
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors import balances
from shanhai.registers.ledger.values import AccountKind

COLUMN_OF = {"category": "project__category", "county": "project__place__code", "delivery": "project__delivery"}
ADDED = {
    "planned": F("amount_fen"),
    "arrived": F("arrived_fen"),
    "allotted": F("allotted_fen"),
    "paid": F("paid_fen"),
    "both": Least("amount_fen", "arrived_fen"),
    "reached": Greatest("arrived_fen", "allotted_fen"),
    "whole": Greatest("amount_fen", "arrived_fen", "allotted_fen"),
}
# What of a line stands in the ledger, by its columns there.
STOOD = ("arrived", "allotted", "paid", "allotted_out", "surplus")
NOTHING = (0,) * len(STOOD)


@dataclass(frozen=True, slots=True)
class MoneyFlow:
    """The links, the names of the fund sources by code, and whether all of the programme is in it (``whole``)."""

    links: tuple[Link, ...]
    sources: Mapping[str, str]
    currency: str
    whole: bool


def money_flow(
    *,
    viewer: Actor,
    programme: str,
    as_of: date,
    place: str | None = None,
    year: int | None = None,
    by: str = "category",
    category: str | None = None,
) -> MoneyFlow:
    """What the viewer may see of the way of the money, with spending grouped ``by`` category, county or delivery.

    ``year`` keeps what that year's plan pays for, ``category`` projects of one. Whoever sees less than the whole
    programme sees of sources and plans only what leads to those lines. At most seven queries. Raises NotVisible,
    BadInput.
    """
    column = COLUMN_OF[way_of(by)]
    found = get_programme(viewer=viewer, code=programme)
    asked = place_prefix(place or "")
    if not viewer.may_somewhere(FundPermission.VIEW, programme=programme, place=place):
        raise NotVisible(gettext_noop("没有找到您要的资金。请从菜单重新进入。"))
    lines = lines_in(viewer=viewer, programme=programme, as_of=as_of, place=place, year=year)
    lines = lines.visible_to(viewer, FundPermission.VIEW)
    if category is not None:
        lines = lines.filter(project__category=category)
    names: dict[str, str] = {}
    cells = _cells(lines, column, programme, found.currency, as_of, names)
    if by == "county":
        today = renamed_places({cell.group for cell in cells})
        cells = tuple(replace(one, group=today[one.group].code) if one.group in today else one for one in cells)
    unlimited = viewer.may(FundPermission.VIEW, programme=programme) and found.recipient.code.startswith(asked)
    whole = unlimited and category is None
    plans = _plans(viewer, programme, as_of, year, names) if whole else None
    return MoneyFlow(links_of(cells, plans), names, found.currency, whole)


def _cells(
    lines: Lines, column: str, programme: str, currency: str, as_of: date, names: dict[str, str]
) -> tuple[Cell, ...]:
    """The sums by fund source, group and issued plan or not; ``names`` learns what the fund sources are called."""
    issued = Case(
        When(yearly_plan__issued_on__lte=as_of, then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    keys = ("fund_source__code", "fund_source__name", "fund_source__name_en", column, "issued")
    lines = lines.annotate(issued=issued)
    ledger = rows_by_line(programme=programme, currency=currency, as_of=as_of)
    lines = lines.annotate(subject=AsSubject("uuid"))
    # What has moved since, or was given back, stands in no column of the line.
    singly = changed_since(as_of) | Q(subject__in=ledger.exclude(surplus=0).values("subject"))
    changed = lines.filter(singly)
    settled: Any = lines.exclude(singly).values_list(*keys).order_by(*keys)
    sums: dict[tuple[str, str, bool], Sums] = {}
    # Under other names: a sum named like what it adds up would be taken for it by the next one.
    for code, name, name_en, group, is_issued, *added in settled.annotate(
        **{f"{key}_sum": Sum(value) for key, value in ADDED.items()}
    ):
        names[code] = name_of(name, name_en)
        sums[code, group, is_issued] = Sums(*added)
    since = list(changed.then(as_of).values_list("subject", "amount_fen_then", *keys).order_by("pk"))
    stood = ledger.filter(subject__any_of=[row[0] for row in since]).values_list("subject").order_by()
    then = {one: fen for one, *fen in stood.annotate(*map(Sum, STOOD))} if since else {}
    for subject, amount, code, name, name_en, group, is_issued in since:
        names[code] = name_of(name, name_en)
        arrived, allotted, paid, went_on, back = then.get(subject, NOTHING)
        # What went on from the allotted and was not paid was given back; the rest of that came from what had arrived.
        had = sums_of(amount, arrived, allotted, paid, went_on - paid, back - (went_on - paid))
        key = (code, group, is_issued)
        sums[key] = sums.get(key, Sums()).plus(had)
    return tuple(Cell(*key, added) for key, added in sums.items())


def _plans(
    viewer: Actor, programme: str, as_of: date, year: int | None, names: dict[str, str]
) -> dict[str, tuple[int, int]]:
    """By fund source what the plans issued by that day take from it, and what of that lies in reserve.

    Of all years it is what the ledger has left there, as on every other page; of one year what its plan keeps.
    """
    found: dict[str, tuple[int, int]] = {}
    if year is None:
        kept = balances.by_fund_source(viewer=viewer, programme=programme, kind=AccountKind.RESERVE, as_of=as_of)
        found = {code: (0, amount.fen) for code, amount in kept.items() if amount}
    for plan in list_yearly_plans(viewer=viewer, programme=programme, amounts=True, as_of=as_of):
        if plan.issued_on is None or plan.issued_on > as_of or year not in (None, plan.year):
            continue
        for part in plan.amounts.all():
            code = part.fund_source.code
            names[code] = named(part.fund_source)
            amount, reserve = found.get(code, (0, 0))
            found[code] = amount + part.amount_fen, reserve + (part.reserve_fen if year is not None else 0)
    return found
