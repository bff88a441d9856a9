# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Daily, IntegrityCheck
from shanhai.registers.documents.selectors import broken_documents
from shanhai.registers.documents.services import clear_half_taken


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
