# SPDX-License-Identifier: Apache-2.0
"""What is asked of the items of a layer, and a page of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which features: in a box of CRS84 (over 180° its west is east of its east), by a filter, meeting an ``outline``
    (a shape of shapely that lies in the box); there on one of ``days`` at least, the first and the last as ISO text, ""
    where it is open; after a row."""

    limit: int
    after: int = 0
    box: Box | None = None
    filter: str = ""
    outline: Any = None
    days: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Items:
    """Features of one edition: ids, shapes of shapely in CRS84, a row of values each; how many match in all; the row
    after which the next page begins, 0 for none."""

    ids: Sequence[str]
    shapes: Sequence[Any]
    values: Sequence[Sequence[Any]]
    matched: int
    next_after: int
