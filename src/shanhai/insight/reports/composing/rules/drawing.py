# SPDX-License-Identifier: Apache-2.0
"""What all outputs draw alike: text without signs that no file can hold, and which lines are headings."""

from __future__ import annotations

import re
from collections.abc import Iterable

from shanhai.insight.reports.values import Run

_SECOND = re.compile(r"（[一二三四五六七八九十]{1,3}）[^。！？]{1,40}")
# A name that came in long ago may hold what XML may not.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Text that XML can hold."""
    return _ILLEGAL.sub("", text)


def joined(runs: Iterable[Run]) -> str:
    """The words of a paragraph."""
    return printable("".join(run.text for run in runs))


def is_second_heading(words: str) -> bool:
    """Whether a line is a heading below that of its section: （一）… without a full stop.

    >>> is_second_heading("（一）资金"), is_second_heading("（一）资金已经到位。")
    (True, False)
    """
    return _SECOND.fullmatch(words) is not None
