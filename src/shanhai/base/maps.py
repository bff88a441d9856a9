# SPDX-License-Identifier: Apache-2.0
"""A layer of the map that is declared: which rows, what of each is a property, where it lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

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
    which that is None has no place and is left out.
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

    @property
    def fields(self) -> tuple[MapField, ...]:  # type: ignore[override]
        """The fields of its properties."""
        return tuple(field for field, _ in self.properties)

    def features(self, *, viewer: Actor) -> Iterator[MapFeature]:
        """All rows that have a place."""
        for row in self.rows(viewer).order_by(self.by).iterator(chunk_size=_AT_ONCE):
            shape = self.place(row)
            if shape is not None:
                values = tuple(read(row) for _, read in self.properties)
                yield MapFeature(str(getattr(row, self.by)), shapely.to_wkb(shape, output_dimension=2), values)
