# SPDX-License-Identifier: Apache-2.0
"""The figures of projects: how many, how far, and the two 80 % shares; and what their money has on 资金.

One table by county answers all figures.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from shanhai.kernel.actors import Actor
from shanhai.kernel.families import FigureFamily, Headline
from shanhai.kernel.figures import EvidencePage, Figure, FigureScope, Strength
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import Asked, Filled, Panel
from shanhai.kernel.shares import Share
from shanhai.kernel.units import PERCENT, PROJECT, Quantity, Unit
from shanhai.planning.programmes.values import FLOOR_PERCENT
from shanhai.planning.projects.shares.forms import arrival_form
from shanhai.planning.projects.shares.rules.money import chosen
from shanhai.planning.projects.shares.selectors import what_if
from shanhai.planning.projects.shares.selectors.portfolio import COUNTED, CountyRow, county_table, list_evidence
from shanhai.registers.ledger.permissions import FundPermission

LABELS: dict[str, Message] = {
    "project_count": message(gettext_noop("项目数")),
    "late_count": message(gettext_noop("逾期项目数")),
    "start_rate": message(gettext_noop("开工率")),
    "completion_rate": message(gettext_noop("完工率")),
    "acceptance_rate": message(gettext_noop("验收率")),
    "investment_completion_rate": message(gettext_noop("投资完成率")),
    "livelihood_share": message(gettext_noop("民生占比")),
    "grassroots_share": message(gettext_noop("基层占比")),
}
FORMULAS: dict[str, Message] = {
    "project_count": message(gettext_noop("项目数 = 已登记的项目，不含已取消的")),
    "late_count": message(gettext_noop("逾期项目数 = 计划开工日或计划完工日已过、还没有开工或完工的项目")),
    "start_rate": message(gettext_noop("开工率 = 已开工的新建项目 ÷ 新建项目；续建项目另计")),
    "completion_rate": message(gettext_noop("完工率 = 已完工项目 ÷ 全部项目")),
    "acceptance_rate": message(gettext_noop("验收率 = 已验收项目 ÷ 已完工项目")),
    "investment_completion_rate": message(gettext_noop("投资完成率 = 累计完成投资 ÷ 计划总投资")),
    "livelihood_share": message(
        gettext_noop("民生占比 = 各笔资金安排 × 民生比例之和 ÷ 资金安排合计；不含预备费，下限百分之八十")
    ),
    "grassroots_share": message(
        gettext_noop("基层占比 = 受益层级在县及县以下的资金安排 ÷ 资金安排合计；不含预备费，下限百分之八十")
    ),
}
NO_PROJECTS = message(
    gettext_noop("在所看的范围内没有登记项目，算不出来。项目由受援县或指挥部办公室在“项目”页登记或导入。")
)
NO_BASE = message(gettext_noop("“%(base)s”现在是零，没有分母，算不出比率。"))
NO_HISTORY = message(gettext_noop("完成投资只记最近一次的累计数，不随查看日期变化。"))


class Projects(FigureFamily):
    """How many projects, how far, and the two 80 % shares."""

    key = "projects"
    keys = tuple(LABELS)
    headlines = (
        Headline("livelihood_share", 30),
        Headline("grassroots_share", 40),
        Headline("project_count", 50),
        Headline("start_rate", 60),
        Headline("completion_rate", 70),
        Headline("livelihood_share", 50, "funds"),
        Headline("grassroots_share", 60, "funds"),
    )
    order = 30
    by_place = keys

    def list_figures(self, *, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
        """All figures of projects in the scope, or their gaps where no project may be seen there."""
        return _figures(county_table(viewer=viewer, **scope.selection).total, scope)

    def list_by_place(
        self, *, viewer: Actor, scope: FigureScope, key: str, places: Collection[str]
    ) -> Mapping[str, Figure]:
        """One of each county that has projects, out of one table."""
        rows = county_table(viewer=viewer, **scope.selection).rows
        return {
            row.place: figure
            for row in rows
            if row.place in places
            for figure in _figures(row, replace(scope, place=row.place))
            if figure.key == key
        }

    def list_evidence(
        self, *, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int
    ) -> EvidencePage:
        """The projects or lines behind it. Raises NotVisible."""
        return list_evidence(viewer=viewer, scope=scope, key=key, part=part, offset=offset, limit=limit)


def _figures(row: CountyRow, scope: FigureScope) -> tuple[Figure, ...]:
    if not row.counts.total:
        return tuple(_figure(key, scope, None, gap=NO_PROJECTS) for key in LABELS)
    counts = (
        _figure(key, scope, Quantity(Decimal(getattr(row.counts, name)), PROJECT), PROJECT, provenance=row.provenance)
        for key, name in COUNTED.items()
    )
    shares = row.rates | {"livelihood_share": row.livelihood_shares, "grassroots_share": row.grassroots_shares}
    return (*counts, *(_share(key, scope, by_base, row.provenance) for key, by_base in shares.items()))


def _share(key: str, scope: FigureScope, shares: Mapping[str, Share], provenance: str) -> Figure:
    share, others = chosen(shares, scope.base)
    others = tuple(other for other in others if other.ratio is not None)
    floor = FLOOR_PERCENT if key in ("livelihood_share", "grassroots_share") else None
    note = NO_HISTORY if key == "investment_completion_rate" else None
    more: dict[str, Any] = {"other_bases": others, "floor_percent": floor, "note": note}
    if share.ratio is None:
        return _figure(key, scope, None, gap=message(NO_BASE.text, base=share.base.name), **more)
    return _figure(key, scope, share, provenance=provenance, **more)


def _figure(key: str, scope: FigureScope, value: Quantity | Share | None, unit: Unit = PERCENT, **more: Any) -> Figure:
    strength = Strength.NONE if value is None else Strength.FORM
    return Figure(
        key=key, label=LABELS[key], value=value, unit=unit, formula=FORMULAS[key], as_of=scope.as_of,
        strength=strength, **more,
    )  # fmt: skip


def head_rooms(asked: Asked) -> Filled:
    """How much may go elsewhere before a share falls below its floor."""
    rooms = what_if.head_rooms(viewer=asked.viewer, **asked.scope.selection)
    may_try = what_if.may_ask(viewer=asked.viewer, programme=asked.scope.programme)
    return Filled("projects/panels/head_rooms.html", {"rooms": rooms, "may_try": may_try})


def arrival(asked: Asked) -> Filled | None:
    """The form in which money that has come in is recorded."""
    programme = asked.scope.programme
    if not asked.viewer.may(FundPermission.POST, programme=programme):
        return None
    form = arrival_form(viewer=asked.viewer, programme=programme, on=asked.scope.as_of)
    return Filled("projects/panels/arrival.html", {"form": form}, columns=4)


PANELS = (Panel("shares.head_rooms", "funds", 30, head_rooms), Panel("shares.arrival", "funds", 50, arrival))
