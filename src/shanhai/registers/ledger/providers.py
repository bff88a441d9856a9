# SPDX-License-Identifier: Apache-2.0
"""What the ledger offers the registries: the check that it adds up."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import IntegrityCheck
from shanhai.registers.ledger.selectors.integrity import verify


class Ledger(IntegrityCheck):
    """That the ledger adds up."""

    key = "ledger"
    label = message(gettext_noop("资金总账"))

    def run(self) -> tuple[str, ...]:
        """A sentence for each account that does not."""
        return verify()
