# SPDX-License-Identifier: Apache-2.0
"""What every change in a project's life does last: the trail and the news."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shanhai.base.audit import services as audit
from shanhai.base.outbox import services as outbox
from shanhai.kernel.actors import Actor
from shanhai.planning.projects import events
from shanhai.planning.projects.models import Project


def record_change(
    *, by: Actor, at: datetime, project: Project, action: str, changes: Mapping[str, object], because: str = ""
) -> None:
    """One row of the trail, and the news that the project has changed, in the caller's transaction."""
    programme = project.programme.code
    audit.record(
        by=by,
        at=at,
        action=action,
        subject_type="projects.project",
        subject_id=project.uuid,
        programme=programme,
        place=project.place.code,
        changes=changes,
        because=because,
    )
    news = {"programme": programme, "project": str(project.uuid)}
    outbox.publish(by=by, at=at, name=events.PROJECT_CHANGED, payload=news)
