# SPDX-License-Identifier: Apache-2.0
"""What became of documents that came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from shanhai.base.jobs.selectors import progress_of, what_stopped
from shanhai.field.traceability.models import Capture, Party
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import Message, gettext_noop


@dataclass(frozen=True, slots=True)
class Told:
    """A capture, what stopped its job for good where it never ended, and how far it is: done of all."""

    capture: Capture
    stopped: Message | None
    done: int
    total: int

    @property
    def running(self) -> bool:
        """Whether something may still come of it."""
        return self.capture.finished_at is None and self.stopped is None


def place_of(uuid: UUID | None) -> str:
    """The name of the file of a document in the storage; of none the folder of all."""
    return f"captures/{uuid}" if uuid else "captures"


def get_capture(*, viewer: Actor, uuid: UUID) -> Told:
    """A capture of a party that the viewer acts for. Raises NotVisible."""
    found = _mine(viewer).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这次采集，或者不是您的。请核对它的网址。"), "traceability.no_capture")
    return _told([found])[0]


def list_captures(*, viewer: Actor, before: int | None, limit: int) -> list[Told]:
    """Captures of parties that the viewer acts for, the newest first, those before a primary key. Two queries."""
    rows = _mine(viewer).order_by("-pk")
    return _told(list(rows.filter(pk__lt=before)[:limit] if before is not None else rows[:limit]))


def _mine(viewer: Actor) -> QuerySet[Capture]:
    return Capture.objects.filter(party__in=Party.objects.acted_for_by(viewer))


def _told(rows: Sequence[Capture]) -> list[Told]:
    open_jobs = [row.job for row in rows if row.finished_at is None and row.job is not None]
    stopped = what_stopped(jobs=open_jobs) if open_jobs else {}
    return [
        Told(row, stopped.get(row.job) if row.finished_at is None and row.job else None, *_far(row)) for row in rows
    ]


def _far(row: Capture) -> tuple[int, int]:
    if row.finished_at is not None or row.job is None:
        return row.events, row.events
    return progress_of(job=row.job)


def captures_of(*, party: Party) -> tuple[Capture, ...]:
    """The last twenty documents of a party, the newest first. One query."""
    return tuple(party.captures.defer("errors").order_by("-pk")[:20])
