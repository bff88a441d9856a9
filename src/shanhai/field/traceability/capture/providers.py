# SPDX-License-Identifier: Apache-2.0
"""The job that captures a document, what is cleared every day, and names for the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from shanhai.base.database.selectors import Things
from shanhai.field.traceability.capture.services.capturing import JOB, capture_document, clear_captures
from shanhai.field.traceability.models import Credential, Party
from shanhai.kernel.actors import Actor
from shanhai.kernel.beats import Daily
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import JobKind, JobOutcome, Progress

THINGS = (
    Things(
        "traceability.party",
        lambda viewer: Party.objects.visible_to(viewer).select_related("organisation"),
        lambda one: one.organisation.name,
        lambda one: f"/trace/parties/{one.uuid}/",
        ("organisation__name", "identifier"),
    ),
    Things(
        "traceability.credential",
        lambda viewer: Credential.objects.filter(party__in=Party.objects.visible_to(viewer)),
        lambda one: one.name,
        texts=("name",),
    ),
)


class Capturing(JobKind):
    """The job of a document; ``arguments`` are its capture."""

    key = JOB
    label = message(gettext_noop("采集溯源事件"))

    def run(
        self, *, arguments: Mapping[str, Any], job: UUID, by: Actor, at: datetime, progress: Progress
    ) -> JobOutcome:
        """What is wrong with the document becomes the outcome of the capture, not of the job."""
        capture_document(capture=UUID(arguments["capture"]), by=by, at=at, progress=progress)
        return JobOutcome("/trace/parties/")


class ClearCaptures(Daily):
    """Files of documents that nothing waits for."""

    key = "traceability.captures"
    label = message(gettext_noop("清理采集留下的文件"))
    after = "03:40"

    def run(self, *, by: Actor, at: datetime) -> str:
        """How many there were."""
        return str(clear_captures(by=by, at=at))
