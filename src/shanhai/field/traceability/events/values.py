# SPDX-License-Identifier: Apache-2.0
"""An event of EPCIS as it is read from any of its forms, and what a check says of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shanhai.kernel.findings import Finding, Severity
from shanhai.kernel.messages import Message

# The keys and positions that lead to a place in a document.
Path = tuple[str | int, ...]


def first_repeated(values: Sequence[str]) -> int:
    """The position of the first value that stood before; -1 where all differ."""
    seen: set[str] = set()
    for at, one in enumerate(values):
        if one in seen:
            return at
        seen.add(one)
    return -1


@dataclass(frozen=True, slots=True)
class Event:
    """One event in the form of JSON: numbers are int or Decimal, what was text is text.

    ``names`` are the namespaces that its context and that of its document declare, by prefix; ``line`` is that of its
    start tag in XML, 0 in JSON.
    """

    content: Mapping[str, Any]
    names: Mapping[str, str]
    path: Path
    line: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A document in the form of JSON, whatever it came in, and its events in their order.

    ``doubled`` are the names of fields that JSON had twice in one object: the later one counted.
    """

    root: Mapping[str, Any]
    events: tuple[Event, ...]
    names: Mapping[str, str]
    doubled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a place, what to do, and by which rule."""

    path: Path
    rule: str
    message: Message
    remedy: Message
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Findings in the order of the document, at most so many; ``more`` counts those left out, ``errors`` all errors."""

    findings: tuple[Finding, ...]
    events: int
    errors: int
    more: int = 0

    @property
    def valid(self) -> bool:
        """No error; warnings may be."""
        return not self.errors
