# SPDX-License-Identifier: Apache-2.0
"""All models of the app, by what they are about."""

from shanhai.registers.codes.models.batches import Code, CodeBatch, CodeMove, CodeTransfer
from shanhai.registers.codes.models.covers import Cover, Reveal, Signal, SignalMove, Tally
from shanhai.registers.codes.models.links import Link

__all__ = [
    "Code",
    "CodeBatch",
    "CodeMove",
    "CodeTransfer",
    "Cover",
    "Link",
    "Reveal",
    "Signal",
    "SignalMove",
    "Tally",
]
