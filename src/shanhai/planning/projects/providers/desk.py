# SPDX-License-Identifier: Apache-2.0
"""What projects put on the desk: the line of the menu, and hits of the search box."""

from __future__ import annotations

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MenuItem, SearchHit, SearchSource
from shanhai.planning.projects.selectors.searching import find_projects

MENU = MenuItem("projects", message(gettext_noop("项目")), "projects:list", Permission.PROJECT_VIEW.value, order=30)

KIND = message(gettext_noop("项目"))


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
