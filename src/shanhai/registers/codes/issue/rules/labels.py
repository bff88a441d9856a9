# SPDX-License-Identifier: Apache-2.0
"""Labels: the symbol, the words beside it, and the sizes that sheets and rolls come in."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import segno

from shanhai.kernel.messages import gettext_noop


@dataclass(frozen=True, slots=True)
class LabelSize:
    """A sheet of labels, in millimetres: paper, how many beside and below one another, a label, where the first is."""

    name: str
    paper: tuple[float, float]
    columns: int
    rows: int
    label: tuple[float, float]
    first: tuple[float, float] = (0, 0)
    step: tuple[float, float] = (0, 0)


_A4 = (210, 297)
SIZES = {
    "a4-12": LabelSize(gettext_noop("A4 · 12 张（63.5 × 72 毫米）"), _A4, 3, 4, (63.5, 72), (7.2, 4.5), (66, 72)),
    "a4-24": LabelSize(gettext_noop("A4 · 24 张（70 × 37 毫米）"), _A4, 3, 8, (70, 37), (0, 0.5), (70, 37)),
    "a4-40": LabelSize(gettext_noop("A4 · 40 张（52.5 × 29.7 毫米）"), _A4, 4, 10, (52.5, 29.7), (0, 0), (52.5, 29.7)),
    "a4-65": LabelSize(
        gettext_noop("A4 · 65 张（38.1 × 21.2 毫米）"), _A4, 5, 13, (38.1, 21.2), (4.75, 10.7), (40.6, 21.2)
    ),
    "roll-60-40": LabelSize(gettext_noop("卷纸 60 × 40 毫米"), (60, 40), 1, 1, (60, 40)),
    "roll-50-30": LabelSize(gettext_noop("卷纸 50 × 30 毫米"), (50, 30), 1, 1, (50, 30)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on a label: the address in its symbol, the words beside it, the covered code or ""."""

    address: str
    host: str
    signs: str
    words: str = ""
    cover: str = ""


def label_of(identifier: str, *, query: str = "", words: str = "", cover: str = "") -> Label:
    """The label of a code: its domain and its signs in groups of four, so that a person compares and types them."""
    host, signs = urlsplit(identifier).netloc, identifier.rpartition("/")[2]
    return Label(identifier + query, host, in_fours(signs), words, in_fours(cover))


def in_fours(text: str) -> str:
    """Signs in groups of four.

    >>> in_fours("123456789")
    '1234 5678 9'
    """
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def symbol(address: str) -> str:
    """The QR code of an address as SVG with its quiet zone; a quarter of it may be damaged or dirty (level Q)."""
    # The longer, signed addresses would have too small modules at that level.
    level = "q" if len(address) < 80 else "m"
    # Any mask can be read; to try all eight for the prettiest takes six times as long.
    return segno.make_qr(address, error=level, mask=3).svg_inline(border=4, omitsize=True)
