# SPDX-License-Identifier: Apache-2.0
"""What a jump between two readings looks like."""

from __future__ import annotations

from shanhai.operations.hazards.criteria.values.conclusions import Reason

_FACTORS = (10.0, 1000.0, 0.1, 0.001, 100.0, 0.01)
_SHARE = 0.02


def looks_like(before: int, after: int, noise: int) -> Reason | None:
    """A reset to zero, another sign, another unit (mm, cm, m); None where it may be a movement.

    Both in one unit, ``noise`` is how far readings lie apart anyhow. Engineering judgement, without a source: what is
    told here is that a person must look, not what happened.
    """
    if abs(after) <= noise:
        return Reason.RESET
    if abs(after + before) <= max(noise, abs(before) * _SHARE):
        return Reason.SIGN
    for factor in _FACTORS:
        if abs(after - before * factor) <= abs(before * factor) * _SHARE:
            return Reason.UNIT
    return None
