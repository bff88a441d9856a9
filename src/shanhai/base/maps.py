# SPDX-License-Identifier: Apache-2.0
"""A layer of the map that is declared: which rows, what of each is a property, where it lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import shapely
from django.db.models import QuerySet

from shanhai.kernel.actors import Actor
from shanhai.kernel.maps import Geometry, MapFeature, MapField, MapLayer
from shanhai.kernel.messages import Message
from shanhai.kernel.parts import Status

_AT_ONCE = 2000


@dataclass(frozen=True)
class Layer(MapLayer):
    """The rows of a model as features: ``rows`` are those a viewer may see, ``by`` the column of their id and order.

    ``properties`` are fields with how each is read off a row. ``place`` answers a shape of shapely in WGS 84; a row for
    which that is None has no place and is left out. ``changing`` answers a text that is another when rows may have
    changed without an act.
    """

    key: str
    label: Message
    geometry: Geometry
    rows: Callable[[Actor], QuerySet[Any]]
    place: Callable[[Any], Any]
    properties: tuple[tuple[MapField, Callable[[Any], Any]], ...]
    permission: str
    everywhere: bool = False
    thing: str = ""
    order: int = 100
    by: str = "uuid"
    mark: str = "●"
    toned: str = ""
    tones: Mapping[Any, Status] = field(default_factory=dict)
    since: str = ""
    until: str = ""
    shown: bool = False
    internal: bool = False
    changing: Callable[[], str] = str

    @property
    def fields(self) -> tuple[MapField, ...]:  # type: ignore[override]
        """The fields of its properties."""
        return tuple(field for field, _ in self.properties)

    def changed(self) -> str:
        """What ``changing`` answers."""
        return self.changing()

    def features(self, *, viewer: Actor) -> Iterator[MapFeature]:
        """All rows that have a place."""
        rows = self.rows(viewer).order_by(self.by).iterator(chunk_size=_AT_ONCE)
        while some := [*islice(rows, _AT_ONCE)]:
            placed = [(row, shape) for row in some if (shape := self.place(row)) is not None]
            shapes = shapely.to_wkb(np.array([shape for _, shape in placed], object), output_dimension=2)
            for (row, _), wkb in zip(placed, shapes, strict=True):
                values = tuple(read(row) for _, read in self.properties)
                yield MapFeature(str(getattr(row, self.by)), wkb, values)
