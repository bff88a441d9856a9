# SPDX-License-Identifier: Apache-2.0
"""What happens when the apps below say that something has changed: the rules are asked again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from shanhai.kernel.registry import Subscriber
from shanhai.planning.imports import events as imports
from shanhai.planning.projects import events
from shanhai.planning.warnings.selectors import WATCHER
from shanhai.planning.warnings.services import evaluate_programme, evaluate_project


class ProjectChanged(Subscriber):
    """Asks the rules about one project."""

    key = "warnings.project_changed"
    event = events.PROJECT_CHANGED

    def handle(self, *, payload: Mapping[str, str], event_id: UUID, at: datetime) -> None:
        """Evaluate the project."""
        evaluate_project(by=WATCHER, at=at, programme=payload["programme"], project=UUID(payload["project"]))


class ManyChanged(Subscriber):
    """Asks all rules about the programme: a table came in or was taken back, or money was shared over a plan."""

    def __init__(self, key: str, event: str) -> None:
        self.key, self.event = key, event

    def handle(self, *, payload: Mapping[str, str], event_id: UUID, at: datetime) -> None:
        """Evaluate the programme."""
        evaluate_programme(by=WATCHER, at=at, programme=payload["programme"])


MANY_CHANGED = (
    ManyChanged("warnings.batch_imported", imports.BATCH_IMPORTED),
    ManyChanged("warnings.batch_undone", imports.BATCH_UNDONE),
    ManyChanged("warnings.arrival_pooled", events.ARRIVAL_POOLED),
)
