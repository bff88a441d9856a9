# SPDX-License-Identifier: Apache-2.0
"""Contrast of the colour tokens (WCAG 2.2, 1.4.3 and 1.4.11), read from the style sheet itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

TEXT = 4.5
SHAPE = 3.0
_TOKEN = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})\s*;")

# Every pair in use: what is drawn, on what, and how much contrast it needs.
PAIRS: tuple[tuple[str, str, float], ...] = (
    *((text, ground, TEXT) for text in ("ink", "stone", "lake") for ground in ("paper", "snow", "mist", "lake-tint")),
    *((text, "paper", TEXT) for text in ("ochre", "red", "green", "blue")),
    *((text, "snow", TEXT) for text in ("ochre", "red", "green", "blue")),
    *((text, "lake-tint", TEXT) for text in ("ochre", "red", "green", "blue")),
    *((text, f"{text}-tint", TEXT) for text in ("ochre", "red", "green", "blue")),
    *(("ink", f"{tint}-tint", TEXT) for tint in ("ochre", "red", "green", "blue")),
    *(("stone", f"{tint}-tint", TEXT) for tint in ("ochre", "red", "green", "blue")),
    ("ink", "mark", TEXT),
    ("paper", "lake", TEXT),
    ("paper", "lake-dark", TEXT),
    ("on-lake", "lake-deep", TEXT),
    ("on-lake", "ridge", TEXT),
    ("ink", "map-1", TEXT),
    ("ink", "map-2", TEXT),
    ("ink", "map-3", TEXT),
    ("paper", "map-4", TEXT),
    ("paper", "map-5", TEXT),
    ("edge", "paper", SHAPE),
    ("edge", "snow", SHAPE),
    ("lake", "mist", SHAPE),
    ("ochre", "mist", SHAPE),
    ("lake", "mark", SHAPE),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tokens that meet: their colours, how far they stand apart, and how far they must."""

    text: str
    ground: str
    text_colour: str
    ground_colour: str
    ratio: float
    needed: float

    @property
    def enough(self) -> bool:
        """Whether the contrast suffices."""
        return self.ratio >= self.needed


def colours(css: str, *, dark: bool = False) -> dict[str, str]:
    """The colour tokens of a style sheet, name to #rrggbb: of its first block, or as the dark scheme changes them."""
    light, _, rest = css.partition("}")
    changed = rest.partition("(prefers-color-scheme: dark)")[2].partition("}")[0] if dark else ""
    return dict(_TOKEN.findall(light + changed))


def ratio(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def pairs(css: str, *, dark: bool = False) -> tuple[Pair, ...]:
    """Every pair in use, measured. Raises KeyError for a token the style sheet does not have."""
    found = colours(css, dark=dark)
    return tuple(
        Pair(text, ground, found[text], found[ground], ratio(found[text], found[ground]), needed)
        for text, ground, needed in PAIRS
    )


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
