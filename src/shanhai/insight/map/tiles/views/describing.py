# SPDX-License-Identifier: Apache-2.0
"""What the tiles of a layer say of themselves: as OGC API Tiles has it, and as TileJSON 3.0 for web maps."""

from __future__ import annotations

from typing import Any

from shanhai.base.formats import say
from shanhai.insight.map.editions.rules.cutting import COUNT, TONES, WORST, ZOOM
from shanhai.insight.map.editions.rules.packing import ID, TABLE
from shanhai.insight.map.editions.values import Edition
from shanhai.insight.map.tiles.rules.archives import MVT, archive_at
from shanhai.insight.map.tiles.rules.matrices import CRS, NAME, URI
from shanhai.kernel.maps import Kind, MapLayer

REL = "http://www.opengis.net/def/rel/ogc/1.0/"
_TILES, _TMS = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/", "http://www.opengis.net/spec/tms/2.0/conf/"
CONFORMS = (
    *(f"{_TILES}{one}" for one in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30")),
    *(f"{_TMS}{one}" for one in ("tilematrixset", "json-tilematrixset", "tilesetmetadata", "json-tilesetmetadata")),
)
_DIMENSIONS = {"Point": 0, "LineString": 1, "MultiPolygon": 2}
_KINDS: dict[Kind, str] = {
    "text": "string", "date": "string", "integer": "integer", "number": "number", "boolean": "boolean",
}  # fmt: skip
# What web maps can show.
_NORTH = 85.0511287798066


def bounds_of(edition: Edition) -> tuple[float, ...]:
    """West, south, east, north of what is there, in degrees."""
    return archive_at(edition.archive).bounds if edition.features else (-180.0, -_NORTH, 180.0, _NORTH)


def tilejson(layer: MapLayer, edition: Edition, template: str) -> dict[str, Any]:
    """TileJSON 3.0. ``worst`` names, by its number, the tone that the property of that name of a point has."""
    west, south, east, north = bounds_of(edition)
    return {
        "tilejson": "3.0.0",
        "name": say(layer.label),
        "version": "1.0.0",
        "scheme": "xyz",
        "tiles": [template],
        "minzoom": 0,
        "maxzoom": ZOOM,
        "bounds": [west, south, east, north],
        "vector_layers": [{"id": TABLE, "fields": _properties(layer), "minzoom": 0, "maxzoom": ZOOM}],
        "promote_id": ID,
        "features": edition.features,
        "edition": edition.digest,
        "made_at": edition.made_at.isoformat(),
        **({"worst": TONES} if WORST in _properties(layer) else {}),
    }


def tileset(layer: MapLayer, edition: Edition, links: list[dict[str, Any]], template: str) -> dict[str, Any]:
    """The metadata of a tileset (OGC 17-083r4), with the template as web maps write it."""
    west, south, east, north = bounds_of(edition)
    names = {name: {"type": kind} for name, kind in _properties(layer).items()}
    return {
        **summary(layer, links),
        "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north]},
        "layers": [
            {
                "id": TABLE,
                "title": say(layer.label),
                "dataType": "vector",
                "geometryDimension": _DIMENSIONS[layer.geometry],
                "minTileMatrix": "0",
                "maxTileMatrix": str(ZOOM),
                "propertiesSchema": {"type": "object", "properties": names},
            }
        ],
        "tiles": [template],
        "minzoom": 0,
        "maxzoom": ZOOM,
    }


def summary(layer: MapLayer, links: list[dict[str, Any]]) -> dict[str, Any]:
    """A tileset in a list of them."""
    return {
        "title": say(layer.label),
        "dataType": "vector",
        "crs": CRS,
        "tileMatrixSetId": NAME,
        "tileMatrixSetURI": URI,
        "links": links,
    }


def _properties(layer: MapLayer) -> dict[str, str]:
    points = {COUNT: "integer", **({WORST: "integer"} if layer.toned else {})} if layer.geometry == "Point" else {}
    return {ID: "string", **{one.name: _KINDS[one.kind] for one in layer.fields}, **points}


def paths(key: Any) -> dict[str, Any]:
    """The addresses of tiles in OpenAPI; ``key`` is the parameter of the layer."""
    numbers = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0}}
        for name in ("tileMatrix", "tileRow", "tileCol")
    ]
    named = {"name": "tileMatrixSetId", "in": "path", "required": True, "schema": {"type": "string", "enum": [NAME]}}
    at = "/collections/{collectionId}/tiles"
    return {
        "/tileMatrixSets": ("getTileMatrixSetsList", "application/json", ()),
        "/tileMatrixSets/{tileMatrixSetId}": ("getTileMatrixSet", "application/json", (named,)),
        at: (".collection.vector.getTileSetsList", "application/json", (key,)),
        f"{at}/{{tileMatrixSetId}}": (".collection.vector.getTileSet", "application/json", (key, named)),
        f"{at}/{{tileMatrixSetId}}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": (
            ".collection.vector.getTile", MVT, (key, named, *numbers),
        ),
    }  # fmt: skip
