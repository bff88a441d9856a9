# SPDX-License-Identifier: Apache-2.0
"""What the interface says of itself: conformance classes, OpenAPI 3.0, what a filter may name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shanhai import __version__
from shanhai.base.formats import say
from shanhai.insight.map.editions.rules.packing import ID, SHAPE
from shanhai.insight.map.ogc.rules.asking import USUAL
from shanhai.insight.map.ogc.rules.crs import ALL, CRS84
from shanhai.insight.map.tiles.rules.archives import MVT
from shanhai.insight.map.tiles.views import describing
from shanhai.kernel.maps import Kind, MapLayer

_FEATURES = "http://www.opengis.net/spec/ogcapi-features-"
_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
CONFORMS = (
    *(f"{_FEATURES}1/1.0/conf/{one}" for one in ("core", "geojson", "oas30")),
    f"{_FEATURES}2/1.0/conf/crs",
    *(f"{_FEATURES}3/1.0/conf/{one}" for one in ("filter", "features-filter", "queryables")),
    *(f"{_CQL2}{one}" for one in ("cql2-text", "basic-cql2", "basic-spatial-functions")),
    *describing.CONFORMS,
)
_SCHEMAS: dict[Kind, dict[str, str]] = {
    "text": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
}


def queryables(layer: MapLayer, address: str) -> dict[str, Any]:
    """A JSON Schema of the names of a filter."""
    fields = {one.name: {"title": say(one.label), **_SCHEMAS[one.kind]} for one in layer.fields}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "type": "object",
        "title": say(layer.label),
        "additionalProperties": False,
        "properties": {
            SHAPE: {"$ref": f"https://geojson.org/schema/{layer.geometry}.json"},
            ID: {"type": "string"},
            **fields,
        },
    }


def openapi(layers: Sequence[MapLayer], address: str, most: int) -> dict[str, Any]:
    """The description of all addresses."""
    keys = [one.key for one in layers]
    key = {"name": "collectionId", "in": "path", "required": True, "schema": {"type": "string", "enum": keys or ["-"]}}
    thing = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    limit = {"type": "integer", "minimum": 1, "maximum": most, "default": USUAL}
    crs = {"type": "string", "format": "uri", "enum": [*ALL], "default": CRS84}
    four = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    asked = [
        {"name": "limit", "in": "query", "schema": limit},
        {"name": "bbox", "in": "query", "explode": False, "style": "form", "schema": four},
        {"name": "bbox-crs", "in": "query", "schema": crs},
        {"name": "crs", "in": "query", "schema": crs},
        {"name": "datetime", "in": "query", "schema": {"type": "string"}},
        {"name": "filter", "in": "query", "schema": {"type": "string"}},
        {"name": "filter-lang", "in": "query", "schema": {"type": "string", "enum": ["cql2-text"]}},
    ]
    paths = {
        "/": _get("getLandingPage", "application/json"),
        "/conformance": _get("getConformance", "application/json"),
        "/collections": _get("getCollections", "application/json"),
        "/collections/{collectionId}": _get("describeCollection", "application/json", key),
        "/collections/{collectionId}/queryables": _get("getQueryables", "application/schema+json", key),
        "/collections/{collectionId}/items": _get("getFeatures", "application/geo+json", key, *asked),
        "/collections/{collectionId}/items/{featureId}": _get(
            "getFeature", "application/geo+json", key, thing, {"name": "crs", "in": "query", "schema": crs}
        ),
        **{at: _get(name, kind, *asked) for at, (name, kind, asked) in describing.paths(key).items()},
    }
    return {
        "openapi": "3.0.3",
        "info": {"title": "OGC API Features", "version": __version__},
        "servers": [{"url": address}],
        "paths": paths,
    }


def _get(name: str, kind: str, *parameters: Any) -> dict[str, Any]:
    told = {"description": "", "content": {kind: {"schema": {"type": "object"}}}}
    problem = {"description": "", "content": {"application/problem+json": {"schema": {"type": "object"}}}}
    responses = {"200": told, "400": problem, "401": problem, "404": problem, "503": problem}
    if kind == MVT:
        responses["204"] = {"description": ""}
    return {"get": {"operationId": name, "parameters": list(parameters), "responses": responses}}
