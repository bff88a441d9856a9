# SPDX-License-Identifier: Apache-2.0
"""What lies in what, and how high."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely

from shanhai.kernel.messages import Message, gettext_noop, message

# Metres from which the next band begins; 2,500 is where altitude begins to be felt, above 4,500 work stops earliest.
LIMITS = (2500, 3500, 4500)
BANDS: tuple[Message, ...] = (
    message(gettext_noop("2500 米以下")),
    message(gettext_noop("2500–3500 米")),
    message(gettext_noop("3500–4500 米")),
    message(gettext_noop("4500 米及以上")),
    message(gettext_noop("海拔没有登记")),
)


def in_bands(altitudes: Iterable[int | float | None]) -> list[int]:
    """How many lie in each of ``BANDS``; a limit belongs to the band above it, None to the last."""
    found = [0] * len(BANDS)
    for one in altitudes:
        found[-1 if one is None else sum(one >= limit for limit in LIMITS)] += 1
    return found


def in_each(shapes: Any, areas: Any) -> tuple[list[int], int]:
    """How many of the shapes meet each of the areas, and how many meet none. Both are arrays of shapely."""
    met = shapely.STRtree(shapes).query(areas, predicate="intersects")
    counts = np.bincount(met[0], minlength=len(areas))
    return counts.tolist(), len(shapes) - len(np.unique(met[1]))
