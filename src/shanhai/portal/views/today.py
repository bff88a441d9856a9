# SPDX-License-Identifier: Apache-2.0
"""今日: what needs me, how we stand, where the money is, which county."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from shanhai.base import formats
from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.selectors import Request
from shanhai.kernel import proofs
from shanhai.kernel.figures import Figure, FigureScope
from shanhai.kernel.money import Money
from shanhai.kernel.parts import Flow, Shape, Status
from shanhai.kernel.shares import Share
from shanhai.planning.programmes.campaigns.selectors import campaigns
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.projects.shares.selectors.portfolio import CountyRow, CountyTable, county_table
from shanhai.registers.places import selectors as places

HEADLINES = (
    "arrival_rate", "payment_rate", "livelihood_share", "grassroots_share", "project_count", "start_rate",
    "completion_rate", "plan_completion_rate",
)  # fmt: skip
# Where counties only report, their return answers for what no project row does.
REPORTED = {
    "project_count": "returned:project_count",
    "start_rate": "returned:start_rate",
    "completion_rate": "returned:completion_rate",
}
CHAIN = ("plan_issued", "funds_arrived", "funds_allotted", "funds_paid")
FLOOR = 80
MAP_WIDTH, MAP_HEIGHT = 320, 240


@dataclass(frozen=True, slots=True)
class CountyLine:
    """A county of the table, with its payment rate, its livelihood share and its standing in a word."""

    row: CountyRow
    plan: Money
    arrived: Money
    payment: Share
    livelihood: Share
    status: Status


@require_safe
def today(request: Request) -> HttpResponse:
    """GET /: the first page after signing in."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        return render(
            request, "portal/today.html", {"only_users": request.viewer.may_somewhere(Permission.USER_MANAGE)}
        )
    return render(request, "portal/today.html", _context(request, scope))


def _context(request: Request, scope: FigureScope) -> dict[str, Any]:
    viewer = request.viewer
    figures = {figure.key: figure for figure in proofs.all_figures(viewer, scope)}
    boards = campaigns.list_campaign_summaries(viewer=viewer, programme=scope.programme, on=scope.as_of)
    table = county_table(viewer=viewer, programme=scope.programme, as_of=scope.as_of, place=scope.place)
    programme = programmes.get_programme(viewer=viewer, code=scope.programme)
    published = [figure for figure in figures.values() if figure.provenance == "public"]
    return {
        "programme": programme,
        "scope": scope,
        "figures": [_answering(figures, key) for key in HEADLINES if key in figures],
        "reported": [figure for key, figure in figures.items() if key.startswith("returned:") and not figure.gap],
        "published": published[:4],
        "published_count": len(published),
        "flow": _flow(figures, scope),
        "board": next((board for board in boards if board.tasks), None),
        "counties": [_line(row) for row in table.rows],
        "total": _line(table.total) if len(table.rows) > 1 else None,
        "shapes": _shapes(programme.recipient.code, scope, table),
        "floor": FLOOR,
    }


def _answering(figures: dict[str, Figure], key: str) -> Figure:
    own = figures[key]
    reported = figures.get(REPORTED.get(key, ""))
    return reported if own.gap is not None and reported is not None and reported.gap is None else own


def _flow(figures: dict[str, Figure], scope: FigureScope) -> list[Flow]:
    found = [figures[key] for key in CHAIN if key in figures]
    return [
        Flow(
            label=figure.label,
            amount=figure.value,
            url=f"{reverse('proof')}?{proofs.proof_address(scope, figure.key)}",
        )
        for figure in found
        if isinstance(figure.value, Money)
    ]


def _line(row: CountyRow) -> CountyLine:
    share = row.livelihood_shares["plan"]
    payment = Share(row.amount("paid"), row.amount("arrived"), row.livelihood_shares["arrived"].base)
    below = share.ratio is not None and share.ratio * 100 < FLOOR
    return CountyLine(row, row.amount("plan"), row.amount("arrived"), payment, share, "wait" if below else "ok")


def _shapes(recipient: str, scope: FigureScope, table: CountyTable) -> list[Shape]:
    by_place = {row.place: row for row in table.rows}
    drawn = []
    for shape in places.list_shapes(under=recipient, width=MAP_WIDTH, height=MAP_HEIGHT):
        row = by_place.get(shape.code)
        share = row.livelihood_shares["plan"] if row else None
        percent = share.percent(1) if share else None
        address = f"{reverse('projects:list')}?programme={scope.programme}&county={shape.code}"
        drawn.append(
            Shape(
                path=shape.path,
                name=formats.named(shape),
                label_x=shape.label_x,
                label_y=shape.label_y,
                value="" if percent is None else f"{percent}%",
                bucket=None if percent is None else min(max(int(percent) - 60, 0) // 8, 5),
                url=address if row else "",
            )
        )
    return drawn
