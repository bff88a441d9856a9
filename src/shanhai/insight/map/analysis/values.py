# SPDX-License-Identifier: Apache-2.0
"""A shape that is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from shanhai.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class Asked:
    """A shape of shapely in WGS 84: what it is called, what must be said of how it was read."""

    shape: Any
    name: Message | str
    said: Sequence[Message] = ()

    @property
    def has_area(self) -> bool:
        """Whether things can lie in it; round points and lines only near."""
        return float(shapely.area(self.shape)) > 0
