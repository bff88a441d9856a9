# SPDX-License-Identifier: Apache-2.0
"""What projects put on the desk: the line of the menu, hits of the search box, late projects that wait for somebody."""

from __future__ import annotations

from datetime import datetime

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MenuItem, SearchHit, SearchSource, Todo, TodoSource
from shanhai.planning.projects.selectors.waiting import find_projects, list_late

MENU = MenuItem("projects", message(gettext_noop("项目")), "projects:list", Permission.PROJECT_VIEW.value, order=30)

KIND = message(gettext_noop("项目"))
NOT_STARTED = gettext_noop("计划 %(day)s 开工，还没有开工。请更新阶段，或写明原因。")
NOT_FINISHED = gettext_noop("计划 %(day)s 完工，还没有完工。请更新阶段，或写明原因。")


def search(viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
    """Projects whose name, code or pinyin initials hold ``text``."""
    found = find_projects(viewer=viewer, text=text, limit=limit)
    return tuple(SearchHit(f"{project.code} {project.name}", KIND, f"/projects/{project.uuid}/") for project in found)


def late_projects(viewer: Actor, programme: str, at: datetime) -> tuple[Todo, ...]:
    """Late projects that the viewer may move, the longest late first; at most ten."""
    today = local_date(at)
    todos = []
    for late in list_late(viewer=viewer, programme=programme, on=today, limit=10):
        text = NOT_STARTED if late.not_started else NOT_FINISHED
        why = message(text, day=late.due_on.isoformat())
        label = f"{late.code} {late.name}"
        todos.append(Todo(label, why, f"/projects/{late.uuid}/", status="late", due=late.due_on.isoformat()))
    return tuple(todos)


SEARCH = SearchSource("projects", search, order=30)
WAITING = TodoSource("projects.late", late_projects, order=30)
