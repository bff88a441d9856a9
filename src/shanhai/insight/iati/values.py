# SPDX-License-Identifier: Apache-2.0
"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from shanhai.kernel.messages import Message

Severity = Literal["critical", "error", "warning"]
# An element of lxml, which says nothing of its types.
Element = Any


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an element (or its ``attribute``), what to do, and by which rule; ``code`` is its number."""

    element: Element
    rule: str
    message: Message | str
    remedy: Message | str
    severity: Severity = "error"
    attribute: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault with its place: the line of the start tag (1 is the first, 0 is the whole file), and an XPath."""

    rule: str
    severity: Severity
    line: int
    path: str
    message: Message | str
    remedy: Message | str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Findings in the order of the file, at most so many; ``more`` counts those left out.

    ``critical`` counts what makes a file unreadable by the standard; ``broken`` the errors by a ruleset that was given.
    """

    findings: tuple[Finding, ...]
    more: int = 0
    critical: int = 0
    broken: int = 0

    @property
    def valid(self) -> bool:
        """As the standard's validator has it: no critical finding; and no error by a ruleset that was asked for."""
        return not self.critical and not self.broken

    def count(self, severity: Severity) -> int:
        """How many of the findings are of that severity."""
        return sum(finding.severity == severity for finding in self.findings)
