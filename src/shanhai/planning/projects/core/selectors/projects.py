# SPDX-License-Identifier: Apache-2.0
"""One project, or one line of it, as the viewer may see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.db.models import Case, Q, Sum, When

from shanhai.base.database.selectors import within
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.plans.selectors import hold_plans, list_yearly_plans
from shanhai.planning.projects.models import AllocationLine, AllocationLineQuerySet, Project
from shanhai.planning.projects.states import Stage
from shanhai.registers.places.selectors import codes_of_one_place, find_divisions, succession

if TYPE_CHECKING:
    from shanhai.registers.places.models import Division


def get_project(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Project:
    """The project with its programme and place. ``lock`` holds its row until the transaction ends.

    Raises NotVisible.
    """
    rows = Project.objects.visible_to(viewer).select_related("programme__recipient", "place", "site", "owner")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(
            gettext_noop("没有找到这个项目，或者您的岗位看不到它。请从项目列表进入。"), "projects.not_visible"
        )
    return found


def locked_project(*, by: Actor, project: UUID, permission: str) -> Project:
    """The project with its row locked, for who holds ``permission`` there. Raises NotVisible, NotAllowed."""
    found = get_project(viewer=by, uuid=project, lock=True)
    by.require(permission, programme=found.programme.code, place=found.place.code)
    return found


def get_line(*, viewer: Actor, uuid: UUID, lock: bool = False) -> AllocationLine:
    """One allocation line with its project, plan and fund source. Raises NotVisible.

    ``lock`` holds its row, and before it that of its plan, which then is not closed meanwhile.
    """
    rows = AllocationLine.objects.visible_to(viewer)
    if lock:
        for programme, year in rows.filter(uuid=uuid).values_list("project__programme__code", "yearly_plan__year"):
            hold_plans(programme=programme, years=[year])
    rows = rows.select_related("project__programme", "project__place", "yearly_plan", "fund_source")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(
            gettext_noop("没有找到这一笔资金安排，或者您的岗位看不到它。请从项目页进入。"), "projects.not_visible"
        )
    return found


def lines_of(project: Project) -> AllocationLineQuerySet:
    """The project's allocation lines with their plan and fund source, the latest year first."""
    found: AllocationLineQuerySet = project.lines.select_related("yearly_plan", "fund_source")
    return found.order_by("-yearly_plan__year", "fund_source__code", "pk")


def find_projects(*, viewer: Actor, text: str, limit: int) -> list[Project]:
    """Projects of any programme whose name, code or pinyin initials hold ``text``, by code. One query."""
    found = Project.objects.visible_to(viewer).matching(text)
    return list(found.order_by("code", "pk")[:limit]) if text.strip() else []


def in_place(place: str | None, path: str) -> Q:
    """Rows whose code at ``path`` lies in the place under any code that it has had; all of them for None."""
    if not place:
        return within(None, path)
    return reduce(or_, (within(code, path) for code in codes_of_one_place(place)))


def renamed_places(codes: Iterable[str]) -> dict[str, Division]:
    """By each old code among ``codes`` the division that is its place today. One query, two where there are any."""
    after, today = succession(), {}
    for code in codes:
        last = after.of(code)
        if len(last) == 1 and last[0] != code and last[0] in after.one_place(code):
            today[code] = last[0]
    found = find_divisions(today.values()) if today else {}
    return {old: found[new] for old, new in today.items() if new in found}


class Room(NamedTuple):
    """What a plan has of each source, by code, beside its reserve and what lines take; negative when they take more."""

    plan: UUID
    currency: str
    fen: Counter[str]
    names: dict[str, str]


def rooms_in_plans(*, viewer: Actor, programme: str, years: Collection[int]) -> dict[int, Room]:
    """By year the room in those plans that have amounts; one that is issued line by line has what its lines take.

    A cancelled project takes what it has been paid. Two queries.
    """
    rooms = {}
    for plan in list_yearly_plans(viewer=viewer, programme=programme, years=years, amounts=True):
        if parts := plan.amounts.all():
            fen = Counter({part.fund_source.code: part.amount_fen - part.reserve_fen for part in parts})
            names = {part.fund_source.code: part.fund_source.name for part in parts}
            rooms[plan.year] = Room(plan.uuid, plan.programme.currency, fen, names)
    given = Sum(Case(When(project__stage=Stage.CANCELLED, then="paid_fen"), default="amount_fen"))
    lines = AllocationLine.objects.filter(yearly_plan__programme__code=programme, yearly_plan__year__in=list(rooms))
    keys = ("yearly_plan__year", "fund_source__code", "fund_source__name")
    for year, code, name, fen in lines.values_list(*keys).annotate(given=given).order_by(*keys):
        rooms[year].fen[code] -= fen
        rooms[year].names[code] = name
    return rooms
