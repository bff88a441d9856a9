# SPDX-License-Identifier: Apache-2.0
"""What a warning rule is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from shanhai.kernel.messages import Message
from shanhai.planning.warnings.states import Severity
from shanhai.planning.warnings.values import Finding, Param

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Rule(Generic[C]):
    """A rule in words, and the check that says when it holds.

    Every sentence may name the rule's own number as ``%(limit)s``; ``why`` also what the check found. ``acts`` is the
    permission of those whose turn it is. A warning ends when its fact goes away; ``by_words`` lets the office dismiss
    it with a reason besides. ``check(case, on, limit)`` answers None where the rule does not hold.
    """

    key: str
    title: str
    why: str
    next_step: str
    closes: str
    severity: Severity
    acts: str
    source: str
    check: Callable[[C, date, int], Finding | None]
    limit: int = 0
    by_words: bool = False

    def say(self, text: str, params: dict[str, Param] | None = None) -> Message:
        """One of the rule's sentences with its numbers."""
        return Message(text, {**(params or {}), "limit": self.limit})
