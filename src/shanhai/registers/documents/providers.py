# SPDX-License-Identifier: Apache-2.0
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import IntegrityCheck
from shanhai.registers.documents.selectors.documents import broken_documents


class Documents(IntegrityCheck):
    """That stored files are what they were."""

    key = "documents"
    label = message(gettext_noop("文件与其校验值"))

    def run(self) -> tuple[str, ...]:
        """A sentence for each file that is not."""
        return broken_documents()
