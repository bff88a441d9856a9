# SPDX-License-Identifier: Apache-2.0
"""What apps offer to the map: layers of features, each seen by a readership."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, Protocol, runtime_checkable

from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message
from shanhai.kernel.parts import Status

Geometry = Literal["Point", "LineString", "MultiPolygon"]
Kind = Literal["text", "integer", "number", "boolean", "date"]


@dataclass(frozen=True, slots=True)
class MapField:
    """A property of features: its name in files and filters, its words, the kind of its values (a date as ISO text).

    ``words`` are for values that are codes.
    """

    name: str
    label: Message
    kind: Kind = "text"
    words: Mapping[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MapFeature:
    """A thing with its place: its id in the app, WKB in WGS 84 (lon, lat), a value or None for each field."""

    id: str
    wkb: bytes
    values: tuple[Any, ...]


@runtime_checkable
class MapLayer(Protocol):
    """A layer. Who sees which rows follows from the scopes in which they hold ``permission``, and from nothing else.

    ``shown``: a map that is opened has it; ``internal``: no screen in a hall has it, whoever made that.

    ``everywhere``: who holds it anywhere sees all rows; "" is a permission that everybody holds who has signed in.
    ``thing`` is the type of its subjects (``ThingKind``), whose ids are those of the features; "" where there is none.
    A map draws each as ``mark``, a sign, coloured by the field ``toned``, of whose values ``tones`` has the status; one
    without is of one colour. ``since`` and ``until`` name fields that are dates, the first and the last day on which a
    feature is there; a feature without one has no such end, a layer without them is of today alone.
    """

    key: str
    label: Message
    geometry: Geometry
    fields: tuple[MapField, ...]
    permission: str
    everywhere: bool = False
    thing: str = ""
    order: int = 100
    mark: str = "●"
    toned: str = ""
    tones: Mapping[Any, Status] = MappingProxyType({})
    since: str = ""
    until: str = ""
    shown: bool = False
    internal: bool = False

    def changed(self) -> str:
        """A text that is another when rows may have changed without an act of the trail. Asked often: cheap."""
        return ""

    @abstractmethod
    def features(self, *, viewer: Actor) -> Iterator[MapFeature]:
        """All that the viewer may see, in an order that stays."""
