# SPDX-License-Identifier: Apache-2.0
"""The addresses of OGC API Tiles (OGC 20-057): tilesets of a layer, tiles, tile matrix sets; TileJSON of the pages."""

from __future__ import annotations

import gzip
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.insight.map.editions.selectors import layer_named, of_app
from shanhai.insight.map.editions.services import current_with_tiles
from shanhai.insight.map.editions.values import Edition
from shanhai.insight.map.editions.views.answering import (
    JSON,
    address,
    answered,
    answering,
    etag,
    link,
    unchanged,
)  # fmt: skip
from shanhai.insight.map.tiles.rules.archives import MVT
from shanhai.insight.map.tiles.rules.matrices import NAME, URI, address_of, matrix_set
from shanhai.insight.map.tiles.selectors import sign, tile_of
from shanhai.insight.map.tiles.views import describing
from shanhai.insight.map.tiles.views.describing import REL
from shanhai.insight.map.tiles.views.signed import SIGNED
from shanhai.kernel.maps import MapLayer


@answering(anybody=True)
def matrix_sets(request: Request) -> HttpResponse:
    """GET /ogc/tileMatrixSets: the one there is."""
    links = [link(request, f"tileMatrixSets/{NAME}", "self", JSON)]
    title = matrix_set()["title"]
    return answered({"tileMatrixSets": [{"id": NAME, "title": title, "uri": URI, "links": links}]})


@answering(anybody=True)
def matrices(request: Request) -> HttpResponse:
    """GET /ogc/tileMatrixSets/WebMercatorQuad."""
    return answered(matrix_set())


@answering()
def tilesets(request: Request, key: str) -> HttpResponse:
    """GET /ogc/collections/KEY/tiles: the tilesets of a layer; there is one."""
    layer = layer_named(key, viewer=request.viewer)
    here = f"collections/{key}/tiles"
    links = [link(request, here, "self", JSON), link(request, f"collections/{key}", "collection", JSON)]
    return answered({"links": links, "tilesets": [describing.summary(layer, _links(request, key))]})


@answering()
def tileset(request: Request, key: str) -> HttpResponse:
    """GET /ogc/collections/KEY/tiles/WebMercatorQuad: what the tileset is, with the template of its tiles."""
    layer, edition = _edition(request, key)
    return answered(describing.tileset(layer, edition, _links(request, key), _template(request, key)))


@answering()
def tilejson(request: Request, key: str) -> HttpResponse:
    """GET /ogc/collections/KEY/tiles/WebMercatorQuad/tilejson: the same for web maps."""
    layer, edition = _edition(request, key)
    return answered(describing.tilejson(layer, edition, _template(request, key)))


@answering(format="mvt")
def tile(request: Request, key: str, zoom: str, row: str, column: str) -> HttpResponse:
    """GET /ogc/collections/KEY/tiles/WebMercatorQuad/ZOOM/ROW/COLUMN: a vector tile; 204 where nothing is."""
    layer_named(key, viewer=request.viewer)
    at = address_of(zoom, row, column)
    _layer, edition = _edition(request, key)
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    tag = f"{edition.digest}/{at}{'' if packed else ' plain'}"
    if (made := unchanged(request, tag)) is None:
        found = tile_of(edition, at)
        body = found.data if packed or not found.data else gzip.decompress(found.data)
        made = HttpResponse(body, content_type=MVT, status=200 if body else 204)
        if packed and body:
            made.headers["Content-Encoding"] = "gzip"
        made.headers["ETag"] = etag(tag)
    patch_vary_headers(made, ("Accept-Encoding",))
    return made


@require_safe
def page_tilejson(request: Request, key: str) -> HttpResponse:
    """GET /map/tiles/KEY.json: TileJSON for who has signed in, with a signed address of their tiles."""
    layer, edition = _edition(request, key)
    template = request.build_absolute_uri(f"{SIGNED}{sign(edition, at=request.at)}/")
    made = JsonResponse(describing.tilejson(layer, edition, template + "{z}/{x}/{y}"))
    made.headers["Cache-Control"] = "private, no-cache"
    return made


def _edition(request: Request, key: str) -> tuple[MapLayer, Edition]:
    layer = layer_named(key, viewer=request.viewer)
    return layer, of_app(layer, lambda: current_with_tiles(layer=layer, by=request.viewer, at=request.at))


def _template(request: Request, key: str) -> str:
    return address(request, f"collections/{key}/tiles/{NAME}/") + "{z}/{y}/{x}"


def _links(request: Request, key: str) -> list[dict[str, Any]]:
    here = f"collections/{key}/tiles/{NAME}"
    item = link(request, here, "item", MVT)
    template = item["href"] + "/{tileMatrix}/{tileRow}/{tileCol}"
    return [
        link(request, here, "self", JSON),
        link(request, f"tileMatrixSets/{NAME}", f"{REL}tiling-scheme", JSON),
        {**item, "href": template, "templated": True},
        {**link(request, f"{here}/tilejson", "alternate", JSON), "title": "TileJSON"},
    ]
