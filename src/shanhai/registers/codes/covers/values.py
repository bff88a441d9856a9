# SPDX-License-Identifier: Apache-2.0
"""What a reveal is answered with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """Opened now for the first time; opened before; called back; not known, or wrong: one is not told which."""

    FIRST = "first"
    AGAIN = "again"
    REVOKED = "revoked"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of a covered code: when and where (a division code, or "") it was first opened, how often since."""

    outcome: Outcome
    path: str = ""
    first_at: datetime | None = None
    first_place: str = ""
    count: int = 0
    recalled: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """Whether a label has a covered code, and whether it was revoked."""

    covered: bool
    revoked: bool
