# SPDX-License-Identifier: Apache-2.0
"""The addresses of OGC API Features (OGC 17-069r4): what there is, its conformance, its description, layers, items."""

from __future__ import annotations

from typing import Any

import orjson
import shapely
from django.conf import settings
from django.http import HttpResponse

from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import say
from shanhai.insight.map.editions.selectors import layer_named, list_layers, of_app
from shanhai.insight.map.editions.services import current
from shanhai.insight.map.editions.views.answering import (
    GEOJSON,
    JSON,
    address,
    answered,
    answering,
    etag,
    link,
    unchanged,
)
from shanhai.insight.map.ogc.rules.asking import PARAMETERS, wanted_of
from shanhai.insight.map.ogc.rules.crs import ALL, CRS84, crs_named, written_in
from shanhai.insight.map.ogc.rules.styling import CLUSTERED, style_of
from shanhai.insight.map.ogc.selectors.items import item_of, items_of
from shanhai.insight.map.ogc.values import Items
from shanhai.insight.map.ogc.views.describing import CONFORMS, openapi, queryables
from shanhai.insight.map.tiles.rules.matrices import NAME
from shanhai.insight.map.tiles.views.describing import REL as TILES
from shanhai.kernel.errors import Conflict
from shanhai.kernel.maps import MapLayer
from shanhai.kernel.messages import gettext_noop

OPENAPI, SCHEMA = "application/vnd.oai.openapi+json;version=3.0", "application/schema+json"
STYLE = "application/vnd.mapbox.style+json"


@answering(anybody=True)
def landing(request: Request) -> HttpResponse:
    """GET /ogc/: where everything is."""
    links = [
        link(request, "", "self", JSON),
        link(request, "conformance", "conformance", JSON),
        link(request, "api", "service-desc", OPENAPI),
        link(request, "collections", "data", JSON),
        link(request, "tileMatrixSets", f"{TILES}tiling-schemes", JSON),
    ]
    title = say(gettext_noop("山海一张图"))
    return answered(
        {"title": title, "description": say(gettext_noop("各应用的图层，按您的岗位可见。")), "links": links}
    )


@answering(anybody=True)
def conformance(request: Request) -> HttpResponse:
    """GET /ogc/conformance."""
    return answered({"conformsTo": CONFORMS})


@answering(anybody=True)
def api(request: Request) -> HttpResponse:
    """GET /ogc/api: the description in OpenAPI 3.0, with the layers that the reader sees."""
    layers = list_layers(viewer=request.viewer)
    return answered(openapi(layers, address(request, "").rstrip("/"), settings.MAP_PAGE_MOST), OPENAPI)


@answering()
def collections(request: Request) -> HttpResponse:
    """GET /ogc/collections: the layers that the reader sees."""
    seen = list_layers(viewer=request.viewer)
    links = [link(request, "collections", "self", JSON)]
    return answered({"links": links, "collections": [_collection(request, one) for one in seen], "crs": ALL})


@answering()
def collection(request: Request, key: str) -> HttpResponse:
    """GET /ogc/collections/KEY."""
    return answered(_collection(request, layer_named(key, viewer=request.viewer)))


@answering()
def names(request: Request, key: str) -> HttpResponse:
    """GET /ogc/collections/KEY/queryables: what a filter may name, as JSON Schema."""
    layer = layer_named(key, viewer=request.viewer)
    return answered(queryables(layer, address(request, f"collections/{key}/queryables")), SCHEMA)


@answering(*PARAMETERS)
def items(request: Request, key: str) -> HttpResponse:
    """GET /ogc/collections/KEY/items."""
    layer = layer_named(key, viewer=request.viewer)
    given = request.GET
    wanted, crs = wanted_of(given.dict(), settings.MAP_PAGE_MOST), crs_named(given.get("crs", CRS84), "crs")
    edition = of_app(layer, lambda: current(layer=layer, by=request.viewer, at=request.at))
    if given.get("edition", edition.digest) != edition.digest:
        text = gettext_noop("图层“%(layer)s”在翻页的时候更新了。请从第一页重新取。")
        raise Conflict(text, "map.edition_gone", layer=layer.label)
    tag = f"{edition.digest}?{request.META['QUERY_STRING']}"
    if kept := unchanged(request, tag):
        return kept
    found = of_app(layer, lambda: items_of(edition, layer, wanted))
    links = [link(request, f"collections/{key}/items", "self", GEOJSON, given.dict())]
    if found.next_after:
        asked = {**given.dict(), "after": str(found.next_after), "edition": edition.digest}
        links.append(link(request, f"collections/{key}/items", "next", GEOJSON, asked))
    links.append(link(request, f"collections/{key}", "collection", JSON))
    body = {
        "type": "FeatureCollection",
        "timeStamp": edition.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "numberMatched": found.matched,
        "numberReturned": len(found.ids),
        "features": _features(found, layer, crs),
        "links": links,
    }
    return _tagged(body, crs, tag)


@answering("crs")
def item(request: Request, key: str, thing: str) -> HttpResponse:
    """GET /ogc/collections/KEY/items/ID."""
    layer = layer_named(key, viewer=request.viewer)
    crs = crs_named(request.GET.get("crs", CRS84), "crs")
    edition = of_app(layer, lambda: current(layer=layer, by=request.viewer, at=request.at))
    tag = f"{edition.digest}/{thing}?{crs}"
    if kept := unchanged(request, tag):
        return kept
    found = of_app(layer, lambda: item_of(edition, layer, thing))
    at = f"collections/{key}/items/{thing}"
    links = [
        link(request, at, "self", GEOJSON),
        link(request, f"collections/{key}", "collection", JSON),
    ]
    return _tagged({**_features(found, layer, crs)[0], "links": links}, crs, tag)


@answering()
def style(request: Request, key: str) -> HttpResponse:
    """GET /ogc/styles/KEY: how MapLibre draws the layer."""
    layer = layer_named(key, viewer=request.viewer)
    source: dict[str, Any]
    edition = of_app(layer, lambda: current(layer=layer, by=request.viewer, at=request.at))
    if edition.features > settings.MAP_SMALL_FEATURES:
        source = {"type": "vector", "url": address(request, f"collections/{key}/tiles/{NAME}/tilejson")}
    else:
        data = address(request, f"collections/{key}/items?limit={settings.MAP_SMALL_FEATURES}")
        source = {"type": "geojson", "data": data, **(CLUSTERED if layer.geometry == "Point" else {})}
    return answered(style_of(layer, source), STYLE)


def _features(found: Items, layer: MapLayer, crs: str) -> list[dict[str, Any]]:
    written = shapely.to_geojson(written_in(found.shapes, crs))
    fields = [one.name for one in layer.fields]
    return [
        {
            "type": "Feature",
            "id": thing,
            "geometry": orjson.Fragment(shape),
            "properties": dict(zip(fields, row, strict=True)),
        }
        for thing, shape, row in zip(found.ids, written, found.values, strict=True)
    ]


def _collection(request: Request, layer: MapLayer) -> dict[str, Any]:
    at = f"collections/{layer.key}"
    return {
        "id": layer.key,
        "title": say(layer.label),
        "itemType": "feature",
        "crs": ALL,
        "storageCrs": CRS84,
        "links": [
            link(request, at, "self", JSON),
            link(request, f"{at}/items", "items", GEOJSON),
            link(request, f"styles/{layer.key}", "http://www.opengis.net/def/rel/ogc/1.0/styles", STYLE),
            link(request, f"{at}/queryables", "http://www.opengis.net/def/rel/ogc/1.0/queryables", SCHEMA),
            link(request, f"{at}/tiles", f"{TILES}tilesets-vector", JSON),
        ],
    }


def _tagged(body: Any, crs: str, tag: str) -> HttpResponse:
    answer = answered(body, GEOJSON)
    answer.headers["Content-Crs"] = f"<{crs}>"
    answer.headers["ETag"] = etag(tag)
    return answer
