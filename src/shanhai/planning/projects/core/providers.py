# SPDX-License-Identifier: Apache-2.0
"""What projects put on the desk: the menu's line, hits of the search box, the check of the lines' money."""

from __future__ import annotations

from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import IntegrityCheck, MenuItem, SearchHit, SearchSource
from shanhai.planning.projects.core.selectors import find_projects, lines_that_differ
from shanhai.planning.projects.permissions import ProjectPermission

MENU = MenuItem("projects", message(gettext_noop("项目")), "projects:list", ProjectPermission.VIEW.value, order=30)

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


class Lines(IntegrityCheck):
    """That the lines agree with the ledger."""

    key = "projects.lines"
    label = message(gettext_noop("资金安排与台账"))

    def run(self) -> tuple[str, ...]:
        """A sentence for each line that differs."""
        return lines_that_differ()
