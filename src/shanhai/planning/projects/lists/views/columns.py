# SPDX-License-Identifier: Apache-2.0
"""The columns of the list of projects: which there are, which are shown, and what stands in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shanhai.planning.projects import labels
from shanhai.planning.projects.lists.selectors.lists import ProjectRow, ProjectSums


@dataclass(frozen=True, slots=True)
class Column:
    """A column beside the name: its header, how its cells are drawn, and the order its header leads to."""

    key: str
    header: Promise
    kind: str = "text"
    order: str = ""
    usual: bool = True


COLUMNS = (
    Column("code", _("编号"), order="code"),
    Column("place_name", _("县（市）"), order="county"),
    Column("category", _("类别"), usual=False),
    Column("delivery", _("建设方式"), usual=False),
    Column("novelty", _("新建或续建"), usual=False),
    Column("stage", _("阶段"), "stage", order="stage"),
    Column("progress_percent", _("形象进度"), "percent", usual=False),
    Column("total_investment", _("总投资"), "money", order="-total_investment"),
    Column("completed_investment", _("完成投资"), "money", order="-completed_investment", usual=False),
    Column("plan", _("援助资金"), "money"),
    Column("arrived", _("到位"), "money"),
    Column("paid", _("支付"), "money"),
    Column("planned_start_on", _("计划开工"), "day", usual=False),
    Column("planned_finish_on", _("计划完工"), "day", order="planned_finish"),
)


def chosen_columns(asked: Sequence[str]) -> tuple[Column, ...]:
    """The columns that are asked for, in their fixed order; the usual ones where none there is is asked for."""
    return tuple(one for one in COLUMNS if one.key in asked) or tuple(one for one in COLUMNS if one.usual)


def cells(
    row: ProjectRow, columns: Sequence[Column], categories: Mapping[str, str]
) -> tuple[tuple[Column, object], ...]:
    """What stands in the columns of a row."""
    words = {
        "category": categories.get(row.category, row.category),
        "delivery": labels.DELIVERIES[row.delivery],
        "novelty": labels.NOVELTIES[row.novelty],
    }
    return tuple((one, words[one.key] if one.key in words else getattr(row, one.key)) for one in columns)


def sum_cells(sums: ProjectSums, columns: Sequence[Column]) -> tuple[tuple[Column, object], ...]:
    """What stands below the columns: a sum below money, nothing below anything else."""
    return tuple((one, getattr(sums, one.key) if one.kind == "money" else None) for one in columns)
