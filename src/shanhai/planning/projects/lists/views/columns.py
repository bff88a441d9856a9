# SPDX-License-Identifier: Apache-2.0
"""The columns of the list of projects: which there are, which are shown, and what stands in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.kernel.parts import Status
from shanhai.planning.projects import labels
from shanhai.planning.projects.lists.selectors.lists import ProjectRow, ProjectSums
from shanhai.planning.projects.states import Stage


@dataclass(frozen=True, slots=True)
class Column:
    """A column beside the name: its header, how its cells are drawn, and the order its header leads to."""

    key: str
    header: Promise
    kind: str = "text"
    order: str = ""
    usual: bool = True


COLUMNS = (
    Column("code", _("编号"), "code", order="code"),
    Column("place_name", _("县（市）"), order="county"),
    Column("category", _("类别"), usual=False),
    Column("delivery", _("建设方式"), usual=False),
    Column("novelty", _("新建或续建"), usual=False),
    Column("stage", _("阶段"), "status", order="stage"),
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


class RowWriter:
    """Writes the rows of one page: every word of a heading, a stage or a kind is translated and escaped once."""

    def __init__(
        self, columns: Sequence[Column], categories: Mapping[str, str], *, programme: str, ticks: bool
    ) -> None:
        self._columns = [(one.key, one.kind, escape(str(one.header))) for one in columns]
        self._categories, self._ticks = categories, gettext("选中 %(name)s") if ticks else ""
        self._words: dict[str, dict[Any, str]] = {
            "delivery": {one: str(word) for one, word in labels.DELIVERIES.items()},
            "novelty": {one: str(word) for one, word in labels.NOVELTIES.items()},
        }
        self._stages = {(one, late): stage_words(one, late) for one in Stage for late in (False, True)}
        self._address, self._asked = reverse("projects:list"), urlencode({"programme": programme})

    def head(self, row: ProjectRow) -> SafeString:
        """The name of the project, which leads to its page, behind the box to tick it."""
        name, box = escape(row.name), ""
        if self._ticks:
            label = escape(self._ticks % {"name": row.name})
            chosen = f"{row.uuid} {row.stage.value}"
            box = f'<input type="checkbox" form="together" name="chosen" value="{chosen}" aria-label="{label}"> '
        # Every part is escaped above, or is an address or a state of ours.
        return mark_safe(f'{box}<a href="{self._address}{row.uuid}/?{self._asked}">{name}</a>')  # noqa: S308

    def kind(self, row: ProjectRow) -> str:
        """How it is built, and whether it is new."""
        return f"{self._words['delivery'][row.delivery]} · {self._words['novelty'][row.novelty]}"

    def cells(self, row: ProjectRow) -> list[tuple[str, str, object]]:
        """What stands in the columns, for the tag ``cells``."""
        return [(heading, kind, self._value(row, key)) for key, kind, heading in self._columns]

    def sums(self, sums: ProjectSums) -> list[tuple[str, str, object]]:
        """What stands below the columns: a sum below money, nothing below anything else."""
        return [
            (heading, kind, getattr(sums, key)) if kind == "money" else (heading, "nothing", None)
            for key, kind, heading in self._columns
        ]

    def _value(self, row: ProjectRow, key: str) -> object:
        if key == "category":
            return self._categories.get(row.category, row.category)
        if key == "stage":
            return self._stages[row.stage, row.late]
        if key in {"delivery", "novelty"}:
            return self._words[key][getattr(row, key)]
        return getattr(row, key)


def stage_words(stage: Stage, late: bool) -> tuple[Status, str]:
    """The mark and the word of a stage; a late one says so."""
    if late:
        return "late", gettext("%(stage)s，已逾期") % {"stage": labels.STAGES[stage]}
    return labels.STANDING[stage], str(labels.STAGES[stage])
