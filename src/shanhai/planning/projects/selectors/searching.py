# SPDX-License-Identifier: Apache-2.0
"""Projects found by the search box."""

from __future__ import annotations

from shanhai.kernel.actors import Actor
from shanhai.planning.projects.models import Project


def find_projects(*, viewer: Actor, text: str, limit: int) -> list[Project]:
    """Projects of any programme whose name, code or pinyin initials hold ``text``, by code. One query."""
    found = Project.objects.visible_to(viewer).matching(text)
    return list(found.order_by("code", "pk")[:limit]) if text.strip() else []
