# SPDX-License-Identifier: Apache-2.0
"""What sources put on the desk: claims that wait, and what the trail calls them."""

from __future__ import annotations

from datetime import datetime

from shanhai.base.database.selectors import Things
from shanhai.insight.evidence.models import FoundClaim, Source
from shanhai.insight.evidence.sources.selectors import list_waiting
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, Todo, TodoSource

DECIDE = gettext_noop("这份材料里还有 %(count)s 个数没有核。请逐个采用、更正或不采用。")

THINGS = (
    Things(
        "evidence.source",
        Source.objects.visible_to,
        url=lambda one: f"/evidence/sources/{one.uuid}/",
        texts=("title", "outlet"),
    ),
    Things(
        "evidence.foundclaim",
        lambda viewer: FoundClaim.objects.visible_to(viewer).select_related("source"),
        url=lambda one: one.url,
        texts=("text", "source__title"),
    ),
)


class Waiting(TodoSource):
    """Claims that nobody has decided about yet, a line a source."""

    key = "evidence.waiting"
    order = 60

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """The sources, the first taken in first. One query."""
        return tuple(
            Todo(
                source.title,
                message(DECIDE, count=source.wait),
                f"/evidence/sources/{source.uuid}/",
                programme=source.programme.code,
            )
            for source in list_waiting(viewer=viewer, programme=programme)[:MOST_TODOS]
        )
