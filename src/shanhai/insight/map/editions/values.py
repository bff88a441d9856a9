# SPDX-License-Identifier: Apache-2.0
"""A built state of a layer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Edition:
    """What a readership sees of a layer as it was when the latest act of the trail was ``mark``, by its hash."""

    layer: str
    digest: str
    features: int
    mark: str
    made_at: datetime
    path: Path

    @property
    def archive(self) -> Path:
        """Its vector tiles; of no features there are none, and of a small layer only when somebody asked for them."""
        return self.path.with_suffix(".pmtiles")
