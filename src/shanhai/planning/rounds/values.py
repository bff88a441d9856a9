# SPDX-License-Identifier: Apache-2.0
"""What a group says of one task, and where that is too little."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Said(NamedTuple):
    """How far a task has come in percent, and a word on it; no percent where nothing has been said yet."""

    percent: int | None
    words: str = ""


def unsaid(lines: Iterable[tuple[str, int, Said | None]]) -> list[str]:
    """The names of tasks on which a report says too little: (name, percent now, what is said).

    Each needs a percent; one that has not moved, or has fallen, needs words, too: why, and what comes next.
    """
    return [
        name
        for name, percent_now, said in lines
        if said is None or said.percent is None or (said.percent <= percent_now and not said.words.strip())
    ]
