# SPDX-License-Identifier: Apache-2.0
"""What jobs put on the desk: those that failed, and those that leave something to do."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from shanhai.base.jobs.selectors import list_unfinished_business
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Todo, TodoSource

FAILED = message(gettext_noop("没有做成。请看原因，改好再做一次。"))


class UnfinishedBusiness(TodoSource):
    """The viewer's own jobs of the last week that want something done."""

    key = "jobs.ended"
    order = 10

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """Failed jobs, and finished ones that say what is left to do."""
        found = list_unfinished_business(viewer=viewer, programme=programme, at=at)
        return tuple(
            Todo(
                job.name or job.label,
                job.then or FAILED,
                job.url or reverse("jobs:detail", args=[job.uuid]),
                "late" if job.error else "wait",
                programme=job.arguments.get("programme", ""),
            )
            for job in found
        )
