# SPDX-License-Identifier: Apache-2.0
"""What stands in stored files is found by search: read when a file proves a thing, forgotten when it no longer does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from shanhai.base.passages import services as passages
from shanhai.insight.evidence.texts.selectors import open_text
from shanhai.kernel.actors import system
from shanhai.kernel.errors import BadInput
from shanhai.kernel.registry import Subscriber
from shanhai.kernel.subjects import Subject
from shanhai.registers.documents.events import PROOF_ATTACHED, PROOF_WITHDRAWN
from shanhai.registers.documents.permissions import DocumentPermission
from shanhai.registers.documents.selectors import get_proof, path_of

SOURCE = "evidence.source"
READER = system("reader", (DocumentPermission.VIEW,))


def _proof(payload: Mapping[str, str]) -> Subject:
    return Subject("documents.proof", payload["proof"], payload["programme"], payload["place"])


class ProofAttached(Subscriber):
    """Reads the file, if it is one of text."""

    key = "evidence.read_proof"
    event = PROOF_ATTACHED

    def handle(self, *, payload: Mapping[str, str], event_id: UUID, at: datetime) -> None:
        """Keep its text, findable by who may see documents where it lies; of a file without text, its name.

        A file that cannot be read is found by its name, too: it was taken in, and says so itself.
        """
        proof = get_proof(viewer=READER, uuid=UUID(payload["proof"]))
        if proof.subject_type == SOURCE:
            # A publication is kept by who takes it in: without what is not of the article, and with its own page.
            return
        try:
            text = open_text(path=path_of(proof.document.sha256), name=proof.label).text
        except BadInput:
            text = ""
        passages.keep_text(
            by=READER,
            at=at,
            of=_proof(payload),
            title=proof.label,
            url=f"/documents/{proof.document.uuid}/",
            permission=DocumentPermission.VIEW,
            text=text,
        )


class ProofWithdrawn(Subscriber):
    """Forgets what was kept of it."""

    key = "evidence.forget_proof"
    event = PROOF_WITHDRAWN

    def handle(self, *, payload: Mapping[str, str], event_id: UUID, at: datetime) -> None:
        """The file stays."""
        passages.forget_text(by=READER, at=at, of=_proof(payload))
