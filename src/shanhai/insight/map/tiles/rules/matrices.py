# SPDX-License-Identifier: Apache-2.0
"""WebMercatorQuad (OGC 17-083r4, Annex D.1): where its tiles lie, and which of them we have."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import Any

from shanhai.insight.map.editions.rules.cutting import ZOOM
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop

NAME = "WebMercatorQuad"
URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{NAME}"
CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"
# Half the way around the sphere of web maps, in metres; pixels of a tile; metres of a pixel of a screen (0.28 mm).
_HALF, _SIDE, _PIXEL = pi * 6378137.0, 256, 0.00028
_MOST = 24


@dataclass(frozen=True, slots=True)
class Address:
    """A tile: its zoom, its column from the west, its row from the north."""

    zoom: int
    column: int
    row: int

    def __str__(self) -> str:
        return f"{self.zoom}/{self.row}/{self.column}"


def address_of(zoom: str, row: str, column: str, most: int = ZOOM) -> Address:
    """Read an address to the letter. Raises NotVisible for one that there is not in tiles up to the zoom ``most``."""
    numbers = [int(one) if one.isascii() and one.isdigit() and len(one) < 9 else -1 for one in (zoom, column, row)]
    if min(numbers) < 0 or numbers[0] > most or max(numbers[1:]) >= 2 ** numbers[0]:
        said = gettext_noop(
            "没有地址为 %(asked)s 的瓦片：级别是 0 到 %(most)s，其后先写行号，再写列号，都小于 2 的级别次方。"
        )
        raise NotVisible(said, "map.tile_outside", asked=f"{zoom}/{row}/{column}"[:60], most=str(most))
    return Address(*numbers)


def matrix_set() -> dict[str, Any]:
    """The definition, in JSON of OGC 17-083r4."""
    return {
        "id": NAME,
        "title": "Google Maps Compatible for the World",
        "uri": URI,
        "crs": CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [_matrix(zoom) for zoom in range(_MOST + 1)],
    }


def _matrix(zoom: int) -> dict[str, Any]:
    size = 2 * _HALF / _SIDE / 2**zoom
    return {
        "id": str(zoom),
        "scaleDenominator": size / _PIXEL,
        "cellSize": size,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-_HALF, _HALF],
        "matrixWidth": 2**zoom,
        "matrixHeight": 2**zoom,
        "tileWidth": _SIDE,
        "tileHeight": _SIDE,
    }
