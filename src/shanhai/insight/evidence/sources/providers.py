# SPDX-License-Identifier: Apache-2.0
"""What sources put on the desk: the menu, claims that wait, titles to search, whether texts are whole."""

from __future__ import annotations

from datetime import datetime

from shanhai.base.database.selectors import Things
from shanhai.insight.evidence.models import FoundClaim, Source
from shanhai.insight.evidence.permissions import EvidencePermission
from shanhai.insight.evidence.sources.selectors import altered_texts, find_sources, list_waiting
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import (
    MOST_TODOS,
    IntegrityCheck,
    MenuItem,
    SearchHit,
    SearchSource,
    Todo,
    TodoSource,
)

MENU = MenuItem("evidence", message(gettext_noop("证据")), "evidence:list", EvidencePermission.VIEW.value, order=55)
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


class Titles(SearchSource):
    """Publications by title and outlet."""

    key = "evidence.sources"
    order = 70

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """The newest first."""
        kind = message(gettext_noop("公开材料"))
        found = find_sources(viewer=viewer, text=text)[:limit]
        return tuple(SearchHit(one.named, kind, f"/evidence/sources/{one.uuid}/") for one in found)


class Texts(IntegrityCheck):
    """That the kept texts are those that were taken in."""

    key = "evidence"
    label = message(gettext_noop("出处的文字与其校验值"))

    def run(self) -> tuple[str, ...]:
        """A sentence for each that is not."""
        return altered_texts()
