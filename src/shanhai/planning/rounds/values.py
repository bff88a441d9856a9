# SPDX-License-Identifier: Apache-2.0
"""What a group says of one task."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """How far a task has come in percent, and a word on it; no percent where nothing has been said yet."""

    percent: int | None
    words: str = ""
