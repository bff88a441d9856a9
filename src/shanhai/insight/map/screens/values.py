# SPDX-License-Identifier: Apache-2.0
"""What stands on a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from shanhai.kernel.figures import Figure
from shanhai.kernel.messages import Message
from shanhai.kernel.parts import Shape, Status


@dataclass(frozen=True, slots=True)
class County:
    """A county with what a figure says of it; ``width`` is the length of its bar in percent of the longest."""

    code: str
    name: str
    figure: Figure
    bucket: int | None
    width: int


@dataclass(frozen=True, slots=True)
class Told:
    """A figure of the whole and of each county, those with the most first; ``classes`` are what the shades mean."""

    key: str
    figure: Figure
    counties: Sequence[County]
    classes: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Symbol:
    """Things of one kind that stand at one spot of the drawing: how many, and how they do."""

    x: float
    y: float
    tone: Status
    count: int


@dataclass(frozen=True, slots=True)
class Counted:
    """The things of a layer in one state, over the whole programme."""

    word: Message | str
    tone: Status
    count: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A layer as symbols on the drawing, and what they are."""

    label: Message
    symbols: Sequence[Symbol]
    counted: Sequence[Counted]


@dataclass(slots=True)
class Reading:
    """All that a screen shows; ``failed`` names what could not be read, which is said instead."""

    name: str
    programme: str
    figures: list[Figure] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    layers: list[Drawn] = field(default_factory=list)
    failed: list[Message] = field(default_factory=list)
