# SPDX-License-Identifier: Apache-2.0
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from shanhai.base.database.selectors import Things
from shanhai.kernel.actors import Actor
from shanhai.kernel.beats import Daily
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import IntegrityCheck, SearchHit, SearchSource
from shanhai.registers.documents.models import Document, Proof
from shanhai.registers.documents.selectors import broken_documents, find_proofs
from shanhai.registers.documents.services import clear_half_taken


def _named(document: Any) -> str:
    return next((proof.label for proof in document.seen), "") or document.kind.upper()


THINGS = Things(
    "documents.document",
    lambda viewer: Document.objects.visible_to(viewer).prefetch_related(
        Prefetch("proofs", queryset=Proof.objects.visible_to(viewer).order_by("-pk"), to_attr="seen")
    ),
    _named,
    lambda one: f"/documents/{one.uuid}/",
    ("proofs__label",),
)


class Files(SearchSource):
    """Files by the names they came with."""

    key = "documents"
    order = 50

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """The newest first."""
        kind = message(gettext_noop("文件"))
        # One file may prove several things.
        found = {one.document_id: one for one in reversed(find_proofs(viewer=viewer, text=text, limit=limit))}
        return tuple(SearchHit(one.label, kind, f"/documents/{one.document.uuid}/") for one in reversed(found.values()))


class HalfTaken(Daily):
    """What killed uploads have left."""

    key = "documents.half_taken"
    label = message(gettext_noop("清除没有传完的文件"))
    after = "03:30"

    def run(self, *, by: Actor, at: datetime) -> str:
        """Delete it, and say how many files that were."""
        return str(clear_half_taken(by=by, at=at))


class Documents(IntegrityCheck):
    """That stored files are what they were."""

    key = "documents"
    label = message(gettext_noop("文件与其校验值"))

    def run(self) -> tuple[str, ...]:
        """A sentence for each file that is not."""
        return broken_documents()
