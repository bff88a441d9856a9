# SPDX-License-Identifier: Apache-2.0
"""The features of a layer in a GeoPackage (OGC 12-128), named by what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from shanhai.kernel.maps import Kind, MapFeature, MapLayer

# Of the file: the table of features, its geometry.
TABLE, SHAPE, ID = "features", "geometry", "id"
NEAR = f"rtree_{TABLE}_{SHAPE}"
# Of a shape in the file (2.1.3): eight bytes, then a box of so many by the flags, then WKB.
_BOX_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_TYPES: dict[Kind, Any] = {"text": object, "date": object, "integer": np.int64, "number": np.float64, "boolean": bool}


def digest_of(layer: MapLayer, features: Sequence[MapFeature]) -> str:
    """The hash of all that stands in the file: the same features, the same digest, however often they are read."""
    digest = sha256(repr((layer.key, layer.geometry, [(one.name, one.kind) for one in layer.fields])).encode())
    for one in features:
        digest.update(repr((one.id, one.values)).encode())
        digest.update(one.wkb)
    return digest.hexdigest()[:32]


def write(path: Path, layer: MapLayer, features: Sequence[MapFeature]) -> None:
    """Write the file, with its R-tree; the row of a feature is its place among them, counted from 1."""
    import pyogrio.raw  # noqa: PLC0415 - brings pandas along, which nobody else needs

    ids = np.array([one.id for one in features], object)
    columns = [ids, *(_column(features, at, one.kind) for at, one in enumerate(layer.fields))]
    missing = [np.array([one.values[at] is None for one in features], bool) for at in range(len(layer.fields))]
    pyogrio.raw.write(
        path,
        geometry=np.array([one.wkb for one in features], object),
        field_data=columns,
        field_mask=[np.zeros(len(features), bool), *missing],
        fields=[ID, *(one.name for one in layer.fields)],
        geometry_type=layer.geometry,
        crs="OGC:CRS84",
        driver="GPKG",
        layer=TABLE,
        layer_options={"GEOMETRY_NAME": SHAPE, "FID": "fid"},
    )


def _column(features: Sequence[MapFeature], at: int, kind: Kind) -> Any:
    empty = "" if _TYPES[kind] is object else 0
    return np.array([empty if one.values[at] is None else one.values[at] for one in features], _TYPES[kind])


def column(name: str) -> str:
    """A column in SQL: the R-tree beside has names of its own."""
    return f'{TABLE}."{name}"'


def wkb_of(stored: bytes) -> bytes:
    """The WKB of a shape as the file holds it."""
    return stored[8 + _BOX_BYTES[stored[3] >> 1 & 7] :]
