# SPDX-License-Identifier: Apache-2.0
"""The way of the money (资金流向), what moving it would do to the two 80 % shares, and its vouchers.

The way is a picture to scale, the same as steps on a phone, and a table of every link. Of what moving would do all
stands in the address; nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.kernel import ids
from shanhai.kernel.errors import DomainError
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.parts import Crumb
from shanhai.kernel.proofs import proof_address
from shanhai.kernel.shares import Base, Share
from shanhai.planning.programmes.money.selectors import list_categories
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.plans import selectors as plans
from shanhai.planning.projects.core.views import FUNDS, framed
from shanhai.planning.projects.labels import DELIVERIES
from shanhai.planning.projects.shares.forms import NEW, WhatIfForm
from shanhai.planning.projects.shares.rules import flow as flows
from shanhai.planning.projects.shares.rules.flow import GROUP, SOURCE, Link, Node
from shanhai.planning.projects.shares.rules.money import LineMoney
from shanhai.planning.projects.shares.selectors import what_if as shares
from shanhai.planning.projects.shares.selectors.flow import MoneyFlow, money_flow
from shanhai.registers.places.selectors import find_divisions

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme
    from shanhai.planning.projects.models import AllocationLine

WAYS = {"category": _("按类别"), "county": _("按县（市）"), "delivery": _("按建设方式")}
HEADINGS = (_("资金来源"), _("年度计划"), _("到位"), _("用在哪里"), _("核拨和支付"))
NODES = {
    "from_reserve": _("要动用预备费，还没有动用"),
    "beyond": _("计划以外"),
    "plan": _("已下达的计划"),
    "draft": _("未下达的计划"),
    "extra": _("超出项目安排"),
    "reserve": _("预备费"),
    "unassigned": _("尚未安排到项目"),
    "arrived": _("已到位"),
    "missing": _("尚未到位"),
    "paid": _("已支付"),
    "returned": _("已交回"),
    "unpaid": _("已核拨，尚未支付"),
    "unallotted": _("已到位，尚未核拨"),
    "awaited": _("尚未到位，也未核拨"),
}
# The figure whose proof shows the postings behind a node, over all years.
PROOFS = {
    "plan": "plan_issued",
    "reserve": "reserve",
    "arrived": "funds_arrived",
    "paid": "funds_paid",
    "returned": "surplus",
}


@dataclass(frozen=True, slots=True)
class ShownNode:
    """A node in words: its name, its amount, and where the rows behind it are."""

    node: Node
    name: str
    amount: Money
    url: str

    @property
    def words(self) -> str:
        """The amount, as a drawing can say it."""
        return str(formats.money(self.amount))

    @property
    def text_x(self) -> float:
        """Where the name begins, right of the bar."""
        return self.node.x + flows.BAR + 6

    @property
    def text_y(self) -> float:
        """Where the name stands, so that it and the amount below it are level with the middle of the bar."""
        return self.node.y + self.node.height / 2 - 3


@dataclass(frozen=True, slots=True)
class ShownLink:
    """A link in words, with its share of the node that it comes from, and its ribbon."""

    link: Link
    source: ShownNode
    target: ShownNode
    amount: Money
    share: Share
    path: str

    @property
    def title(self) -> str:
        """The link in one line, exact to the fen."""
        return f"{self.source.name} → {self.target.name}  {formats.money(self.amount).exact}"


@require_safe
@framed("projects/flow.html", FUNDS, Crumb(message(gettext_noop("资金流向"))))
def flow(request: Request, scope: FigureScope, programme: Programme) -> dict[str, Any]:
    """GET /funds/flow/: ``by`` category, county or delivery; ``category`` keeps the projects of one."""
    viewer, by = request.viewer, flows.way_of(request.GET.get("by", ""))
    category = request.GET.get("category", "").replace("\x00", "")[:40] if "category" in request.GET else None
    found = money_flow(viewer=viewer, **scope.selection, by=by, category=category)
    categories = {one.code: formats.named(one) for one in list_categories(viewer=viewer, on=scope.as_of)}
    groups = _group_names(found, by, categories)
    picture = flows.picture(found.links, [SOURCE + code for code in found.sources] + [GROUP + code for code in groups])
    names = {SOURCE + code: name for code, name in found.sources.items()}
    names |= {GROUP + code: name for code, name in groups.items()} | {key: str(name) for key, name in NODES.items()}
    if scope.year is not None:
        names["reserve"] = gettext("这一年的计划留的预备费")
    nodes = {
        node.key: ShownNode(node, names[node.key], Money(node.fen, found.currency), _address(node.key, scope, by))
        for node in picture.nodes
    }
    links = []
    for link, path in picture.ribbons:
        source, amount = nodes[link.source], Money(link.fen, found.currency)
        share = Share(amount, source.amount, Base(link.source, message("%(name)s", name=source.name)))
        links.append(ShownLink(link, source, nodes[link.target], amount, share, path))
    return {
        "years": [one.year for one in plans.list_yearly_plans(viewer=viewer, programme=scope.programme)],
        "ways": WAYS.items(),
        "by": by,
        "category": category,
        "category_name": categories.get(category or "", category),
        "whole": found.whole,
        "nodes": nodes.values(),
        "links": links,
        # Each with its heading, where it stands, and its nodes with what goes out of them.
        "columns": [
            (
                heading,
                flows.column_x(number),
                [
                    (one, [link for link in links if link.source is one])
                    for one in nodes.values()
                    if one.node.column == number
                ],
            )
            for number, heading in enumerate(HEADINGS)
        ],
        "size": (flows.WIDTH, picture.height + 28),
    }


def _group_names(found: MoneyFlow, by: str, categories: Mapping[str, str]) -> dict[str, str]:
    """The groups there are, named, in the order of the table of categories or of their codes."""
    codes = sorted({link.source[len(GROUP) :] for link in found.links if link.source.startswith(GROUP)})
    if by == "county":
        return {code: formats.named(place) for code, place in find_divisions(codes).items()}
    if by == "delivery":
        return {one.value: str(name) for one, name in DELIVERIES.items() if one.value in codes}
    known = [code for code in categories if code in codes]
    return {code: categories.get(code, code) or gettext("未分类") for code in [*known, *(set(codes) - set(known))]}


def _address(key: str, scope: FigureScope, by: str) -> str:
    """The rows behind a node: its projects, or the postings; a category leads to itself county by county."""
    asked = {"programme": scope.programme, "view": "all"} | ({"year": str(scope.year)} if scope.year else {})
    if key.startswith(GROUP):
        code = key[len(GROUP) :]
        if by == "category":
            more = {"place": scope.place} if scope.place else {}
            asked = {**asked, **more, "as_of": scope.as_of.isoformat(), "by": "county", "category": code}
            del asked["view"]
            return f"{reverse('flow')}?{urlencode(asked)}"
        return f"{reverse('projects:list')}?{urlencode({**asked, by: code})}"
    if key in PROOFS and scope.year is None:
        return f"{reverse('proof')}?{proof_address(scope, PROOFS[key])}"
    if key.startswith(SOURCE) or key in ("plan", "draft", "reserve", "unassigned", "beyond"):
        if scope.year is None:
            return reverse("programmes:detail", args=[scope.programme])
        return reverse("programmes:plan", args=[scope.programme, scope.year])
    return f"{reverse('projects:list')}?{urlencode(asked | ({'county': scope.place} if scope.place else {}))}"


@require_safe
@framed("projects/what_if.html", FUNDS, Crumb(message(gettext_noop("调一调看"))))
def what_if(request: Request, scope: FigureScope, programme: Programme) -> dict[str, Any]:
    """GET /funds/what-if/: head-room as it is; with a line and an amount, both shares before and after."""
    if not shares.may_ask(viewer=request.viewer, programme=scope.programme):
        request.viewer.require(ProgrammePermission.MANAGE, programme=scope.programme)
    text = request.GET.get("text", "").replace("\x00", "")[:100]
    count, lines = shares.list_movable(
        viewer=request.viewer, programme=scope.programme, place=scope.place, year=scope.year, text=text
    )
    asked = "source" in request.GET
    form = WhatIfForm(request.GET if asked else None, lines=lines)
    found = _found(request, scope, form) if asked and form.is_valid() else None
    return {
        "years": [one.year for one in plans.list_yearly_plans(viewer=request.viewer, programme=scope.programme)],
        "text": text,
        "count": count,
        "lines": lines,
        "form": form,
        "found": found,
        "asking": _asking(request, form.cleaned_data, lines) if found else "",
        "rooms": () if found else shares.head_rooms(viewer=request.viewer, **scope.selection),
    }


def _found(request: Request, scope: FigureScope, form: WhatIfForm) -> shares.WhatIf | None:
    given = form.cleaned_data
    target = LineMoney(given["percent"], given["level"]) if given["target"] == NEW else ids.parse_id(given["target"])
    try:
        return shares.what_if(
            viewer=request.viewer,
            **scope.selection,
            fen=given["amount"].fen,
            source=ids.parse_id(given["source"]),
            target=target,
        )
    except DomainError as error:
        form.add_error("amount", formats.say(error.message))
        return None


def _asking(request: Request, given: dict[str, Any], lines: Iterable[AllocationLine]) -> str:
    """What fills in the form of an adjustment that moves this money; "" for who may not ask, or a line to be made."""
    known = {str(line.uuid): line for line in lines}
    giver, taker = known[given["source"]], known.get(given["target"])
    scope = {"programme": giver.project.programme.code, "place": giver.project.place.code}
    if taker is None or not request.viewer.may("adjustment.propose", **scope):
        return ""
    asked = {"project": giver.project.uuid, "kind": "move_money", "line": giver.uuid}
    asked |= {"to_code": taker.project.code, "to_line": taker.uuid, "moved_fen": f"{given['amount'].yuan:f}元"}
    return urlencode(asked)
