# SPDX-License-Identifier: Apache-2.0
"""What is asked of a sheet, and what stands on its field. Lengths are millimetres of paper, from the top left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shanhai.kernel.maps import MapLayer
from shanhai.kernel.messages import Message
from shanhai.kernel.parts import Status

# The short and the long side, and how much larger its letters are.
PAPERS = {"A4": (210, 297, 1.0), "A3": (297, 420, 1.25)}
ORIENTATIONS = ("auto", "portrait", "landscape")


@dataclass(frozen=True, slots=True)
class Asked:
    """A sheet as it is chosen: "auto" turns the paper as the land lies, ``county`` "" shows all, ``shade`` "" none."""

    paper: str
    orientation: str
    shade: str
    layers: tuple[MapLayer, ...]
    county: str = ""


@dataclass(slots=True)
class Thing:
    """A feature that is drawn: its place on the paper, what the list says of it, its number there.

    One that is not ``located`` has no place of its own registered and stands where the name of its county does.
    """

    layer: MapLayer
    shape: Any
    at: tuple[float, float]
    tone: Status | None
    name: str
    county: str
    state: Any
    altitude: int | None
    located: bool = True
    number: int = 0


@dataclass(frozen=True, slots=True)
class Sign:
    """Things of one layer in one state that stand at one spot; ``moved`` where others stand on theirs."""

    at: tuple[float, float]
    things: Sequence[Thing]
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """What of a layer is on the sheet: how many there are within its field, and why there are none or not all."""

    layer: MapLayer
    things: Sequence[Thing]
    matched: int = 0
    made_at: Any = None
    failed: Message | None = None
