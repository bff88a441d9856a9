# SPDX-License-Identifier: Apache-2.0
"""What the lists have on 今日 and 资金: the counties, as a map and as a table; the vouchers."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from shanhai.base import formats
from shanhai.kernel.parts import Page, page_number
from shanhai.kernel.registry import Asked, Filled, Panel
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.values import FLOOR_PERCENT
from shanhai.planning.projects.lists.selectors.overviews import CountyLine, county_shapes
from shanhai.planning.projects.lists.selectors.vouchers import shown_postings
from shanhai.planning.projects.shares.selectors.portfolio import CountyRow, CountyTable, county_table
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors.postings import list_postings

VOUCHERS = 20


def county_map(asked: Asked) -> Filled:
    """The livelihood share of each county, the darker the higher."""
    by_place = {row.place: row.livelihood_shares["plan"].percent(1) for row in _table(asked).rows}
    programme = get_programme(viewer=asked.viewer, code=asked.scope.programme)
    drawn = {}
    for code, percent in by_place.items():
        projects = f"{reverse('projects:list')}?programme={programme.code}&county={code}"
        bucket = None if percent is None else min(max(int(percent) - 60, 0) // 8, 5)
        drawn[code] = ("" if percent is None else f"{percent}%", bucket, projects)
    shapes = county_shapes(under=programme.recipient.code, drawn=drawn)
    return Filled("projects/panels/county_map.html", {"shapes": shapes}, columns=4)


def counties(asked: Asked) -> Filled | None:
    """Each county's projects and money, its payment rate, and whether its livelihood share reaches the floor."""
    table = _table(asked)
    if not table.rows:
        return None
    shown = [_shown(row) for row in table.rows]
    total = _shown(table.total)
    rounding = formats.rounding_note(*(([one[key] for one in shown], total[key]) for key in ("plan", "arrived")))
    shared = {"total": total if len(shown) > 1 else None, "floor": FLOOR_PERCENT, "rounding": rounding}
    return Filled("projects/panels/counties.html", {"counties": shown, **shared})


def _shown(row: CountyRow) -> dict[str, Any]:
    share = row.livelihood_shares["plan"]
    return {
        "row": row,
        "plan": row.amount("plan"),
        "arrived": row.amount("arrived"),
        "payment": CountyLine(row).payment_rate,
        "livelihood": share,
        "below": share.ratio is not None and share.ratio * 100 < FLOOR_PERCENT,
    }


def _table(asked: Asked) -> CountyTable:
    scope = asked.scope
    return county_table(viewer=asked.viewer, programme=scope.programme, as_of=scope.as_of, place=scope.place)


def vouchers(asked: Asked) -> Filled:
    """Every posting, newest first, a page of them."""
    scope, number = asked.scope, page_number(asked.query.get("page", ""))
    count, rows = list_postings(
        viewer=asked.viewer,
        programme=scope.programme,
        as_of=scope.as_of,
        place=scope.place,
        offset=(number - 1) * VOUCHERS,
        limit=VOUCHERS,
    )
    page = Page(rows=rows, count=count, number=number, size=VOUCHERS)
    return Filled("projects/panels/vouchers.html", {"rows": shown_postings(asked.viewer, rows), "page": page})


PANELS = (
    Panel("lists.county_map", "today", 50, county_map, FundPermission.VIEW.value),
    Panel("lists.counties", "today", 70, counties, FundPermission.VIEW.value),
    Panel("lists.vouchers", "funds", 90, vouchers),
)
