# SPDX-License-Identifier: Apache-2.0
"""What projects put on the desk: the menu's line, hits of the search box, the check of the lines' money."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import shapely

from shanhai.base.database.selectors import Things
from shanhai.base.maps import Layer
from shanhai.kernel.actors import Actor
from shanhai.kernel.maps import MapField
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import IntegrityCheck, MenuItem, SearchHit, SearchSource
from shanhai.planning.programmes.values import PlanGuard
from shanhai.planning.projects.core.selectors import (
    find_contracts,
    find_papers,
    find_projects,
    lines_that_differ,
    subjects_of,
)
from shanhai.planning.projects.core.services import keep_given
from shanhai.planning.projects.labels import STAGES, STANDING
from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.values import SOURCES, number_of
from shanhai.registers.ledger.selectors.postings import entries_about, find_numbered, list_entries

MENU = MenuItem("projects", message(gettext_noop("项目")), "projects:list", ProjectPermission.VIEW.value, order=30)

KIND = message(gettext_noop("项目"))
CONTRACT, PAPER = message(gettext_noop("合同")), message(gettext_noop("材料"))
VOUCHER = message(gettext_noop("凭证"))


class Entries(Things):
    """Vouchers by their number and memo, and those that concern the projects which the words find."""

    def find(self, *, viewer: Actor, text: str, limit: int) -> Sequence[str]:
        """Those that hold every word, then those of such projects, the newest first."""
        lines = subjects_of(viewer=viewer, programme=None, text=text)
        return [*super().find(viewer=viewer, text=text, limit=limit), *entries_about(viewer, lines, limit=limit)]


THINGS = (
    Things(
        "projects.project",
        Project.objects.visible_to,
        url=lambda one: f"/projects/{one.uuid}/",
        texts=("code", "former_codes", "name"),
    ),
    Things(
        "projects.line",
        lambda viewer: AllocationLine.objects.visible_to(viewer).select_related(
            "project", "yearly_plan", "fund_source"
        ),
        lambda line: f"{line.project} · {line.words}",
        lambda line: f"/projects/{line.project.uuid}/",
        ("project__code", "project__former_codes", "project__name"),
    ),
    Entries(
        "ledger.entry",
        list_entries,
        lambda entry: number_of(entry.source) or entry.memo,
        lambda entry: f"/funds/entries/{entry.uuid}/",
        ("source_id", "memo"),
    ),
)


def _point(project: Project) -> Any:
    if project.site is not None:
        return shapely.Point(project.site.lon, project.site.lat)
    place = project.place
    return None if place.label_lon is None else shapely.Point(place.label_lon, place.label_lat)


def _day(project: Project) -> str | None:
    return project.planned_finish_on.isoformat() if project.planned_finish_on else None


def _last_day(project: Project) -> str | None:
    return (project.cancelled_on - timedelta(days=1)).isoformat() if project.cancelled_on else None


LAYER = Layer(
    "projects",
    message(gettext_noop("项目")),
    "Point",
    lambda viewer: Project.objects.visible_to(viewer).select_related("programme", "place", "site"),
    _point,
    (
        (MapField("code", message(gettext_noop("编号"))), lambda one: one.code),
        (MapField("name", message(gettext_noop("名称"))), lambda one: one.name),
        (MapField("programme", message(gettext_noop("对口支援"))), lambda one: one.programme.code),
        (MapField("place", message(gettext_noop("区划代码"))), lambda one: one.place.code),
        (MapField("stage", message(gettext_noop("阶段")), words=STAGES), lambda one: one.stage),
        (MapField("progress_percent", message(gettext_noop("进度（%）")), "integer"), lambda one: one.progress_percent),
        (MapField("planned_finish_on", message(gettext_noop("计划完工")), "date"), _day),
        (MapField("since", message(gettext_noop("列入日期")), "date"), lambda one: one.since.isoformat()),
        (MapField("until", message(gettext_noop("取消前一天")), "date"), _last_day),
        (MapField("altitude_m", message(gettext_noop("海拔（米）")), "integer"), lambda one: one.altitude_m),
        # One without a site of its own stands where the name of its county does.
        (MapField("located", message(gettext_noop("位置已登记")), "boolean"), lambda one: one.site is not None),
        (MapField("provenance", message(gettext_noop("来源"))), lambda one: one.provenance),
    ),
    permission=ProjectPermission.VIEW.value,
    thing="projects.project",
    order=100,
    toned="stage",
    tones=STANDING,
    since="since",
    until="until",
    shown=True,
)


class Projects(SearchSource):
    """Projects whose name, code or pinyin initials hold the text."""

    key = "projects"
    order = 30

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """Projects the viewer may see."""
        found = find_projects(viewer=viewer, text=text, limit=limit)
        return tuple(
            SearchHit(f"{project.code} {project.name}", KIND, f"/projects/{project.uuid}/") for project in found
        )


class Papers(SearchSource):
    """Contracts and papers by their numbers, contracts by their contractors, too."""

    key = "projects.papers"
    order = 35

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """Those of projects the viewer may see."""
        return tuple(
            SearchHit(f"{number} {project.name}", kind, f"/projects/{project.uuid}/dossier/")
            for kind, found in ((CONTRACT, find_contracts), (PAPER, find_papers))
            for number, project in found(viewer=viewer, text=text, limit=limit)
        )


class Vouchers(SearchSource):
    """Entries by a part of the number of their voucher, in whatever case, width or with leading noughts."""

    key = "projects.vouchers"
    order = 40

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """Those of which the viewer may see a posting."""
        before = {kind: parts for kind, (_, parts) in SOURCES.items() if parts}
        found = find_numbered(viewer=viewer, number=text, before=before, limit=limit)
        return tuple(
            SearchHit(f"{number_of(one.source)} · {one.on_date}", VOUCHER, f"/funds/entries/{one.uuid}/")
            for one in found
        )


class GivenMoney(PlanGuard):
    """A draft keeps what its lines take."""

    key = "projects.lines"

    def keep(self, *, by: Actor, at: datetime, programme: str, year: int, sources: Collection[str]) -> None:
        """Asked of what its lines take of each source."""
        keep_given(by=by, at=at, programme=programme, year=year, sources=sources)


class Lines(IntegrityCheck):
    """That the lines agree with the ledger."""

    key = "projects.lines"
    label = message(gettext_noop("资金安排与台账"))

    def run(self) -> tuple[str, ...]:
        """A sentence for each line that differs."""
        return lines_that_differ()
