# SPDX-License-Identifier: Apache-2.0
"""Undoing a large batch in the background."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import JobKind, JobOutcome, Progress
from shanhai.planning.projects.selectors.batches import get_batch
from shanhai.planning.projects.services.undoing import JOB, undo_batch


class Undoing(JobKind):
    """Undoing one batch."""

    key = JOB
    label = message(gettext_noop("撤销导入"))

    def run(
        self, *, arguments: Mapping[str, Any], job: UUID, by: Actor, at: datetime, progress: Progress
    ) -> JobOutcome:
        """Undo it; one that a killed worker had undone already is left at that. Raises as ``undo_batch`` does."""
        uuid = UUID(arguments["batch"])
        if get_batch(viewer=by, uuid=uuid).undone_at is None:
            undo_batch(by=by, at=at, batch=uuid, because=arguments["because"])
        return JobOutcome(f"/projects/imports/{uuid}/")
