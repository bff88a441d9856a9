# SPDX-License-Identifier: Apache-2.0
"""What happens when the apps below say that something has changed: the rules are asked again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from shanhai.kernel.registry import Subscriber
from shanhai.planning.projects import events
from shanhai.planning.warnings.permissions import WATCHER
from shanhai.planning.warnings.services.evaluating import evaluate_programme, evaluate_project


def project_changed(*, payload: dict[str, Any], event_id: UUID, at: datetime) -> None:
    """Ask the rules about one project."""
    evaluate_project(by=WATCHER, at=at, programme=payload["programme"], project=UUID(payload["project"]))


def many_changed(*, payload: dict[str, Any], event_id: UUID, at: datetime) -> None:
    """Ask all rules about the programme: a table came in or was taken back, or money was shared over a plan."""
    evaluate_programme(by=WATCHER, at=at, programme=payload["programme"])


SUBSCRIBERS = (
    Subscriber("warnings.project_changed", events.PROJECT_CHANGED, project_changed),
    Subscriber("warnings.batch_imported", events.BATCH_IMPORTED, many_changed),
    Subscriber("warnings.batch_undone", events.BATCH_UNDONE, many_changed),
    Subscriber("warnings.arrival_pooled", events.ARRIVAL_POOLED, many_changed),
)
