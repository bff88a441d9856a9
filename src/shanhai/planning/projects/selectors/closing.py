# SPDX-License-Identifier: Apache-2.0
"""The final accounts of a project, also where nobody has begun them yet."""

from __future__ import annotations

from datetime import date

from shanhai.planning.projects.models import Project, Settlement
from shanhai.planning.projects.rules.closing import settlement_due
from shanhai.planning.projects.states import FINISHED


def settlement_of(project: Project, on: date) -> Settlement | None:
    """The final accounts that a completed capital project owes; not stored yet where nothing was done about them.

    Where the day of completion is unknown (a county's old table has none) they are due counting from ``on``.
    """
    stored: Settlement | None = getattr(project, "settlement", None)
    if stored is not None or not project.capital or project.stage not in FINISHED:
        return stored
    return Settlement(project=project, due_on=settlement_due(project.finished_on or on))
