# SPDX-License-Identifier: Apache-2.0
"""The addresses of OGC API Features (OGC 17-069r4): what there is, its conformance, its description, layers, items."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import orjson
import shapely
import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import say
from shanhai.base.programs import token_of
from shanhai.insight.map.editions.selectors import layer_named, list_layers
from shanhai.insight.map.editions.services import current
from shanhai.insight.map.ogc.rules.asking import PARAMETERS, check_known, wanted_of
from shanhai.insight.map.ogc.rules.crs import ALL, CRS84, crs_named, written_in
from shanhai.insight.map.ogc.selectors.items import item_of, items_of
from shanhai.insight.map.ogc.values import Items
from shanhai.insight.map.ogc.views.describing import CONFORMS, openapi, queryables
from shanhai.insight.map.selectors import reader_of, token_shown
from shanhai.insight.map.services import note_use
from shanhai.kernel.actors import NOBODY
from shanhai.kernel.errors import Conflict, DomainError, NotAllowed
from shanhai.kernel.maps import MapLayer
from shanhai.kernel.messages import gettext_noop

log = structlog.get_logger("shanhai.map")

GEOJSON, PROBLEM = "application/geo+json", "application/problem+json"
OPENAPI, SCHEMA = "application/vnd.oai.openapi+json;version=3.0", "application/schema+json"
View = Callable[..., HttpResponse]


class LayerFailed(DomainError):
    """The app whose layer it is gives no answer."""

    code = "map.layer_failed"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class NeedsSignIn(NotAllowed):
    """Nobody showed who they are."""

    code = "map.needs_sign_in"
    status = HTTPStatus.UNAUTHORIZED


def answering(*known: str, anybody: bool = False) -> Callable[[View], View]:
    """A resource with the parameters it knows, for who has signed in unless ``anybody`` may ask.

    A refusal is a problem of RFC 7807, and no cache hands on what is one reader's.
    """

    def wrapped(view: View) -> View:
        @login_not_required
        @require_safe
        @wraps(view)
        def answer(request: Request, **names: str) -> HttpResponse:
            try:
                _know_reader(request, anybody)
                check_known(request.GET, known)
                made = view(request, **names)
            except DomainError as error:
                made = _problem(error)
            made.headers["Cache-Control"] = "private, no-cache"
            patch_vary_headers(made, ("Authorization", "Cookie"))
            return made

        return answer

    return wrapped


def _know_reader(request: Request, anybody: bool) -> None:
    token = token_of(request)
    if token is not None:
        shown = token_shown(token)
        request.viewer = reader_of(shown, at=request.at)
        note_use(token=shown, by=request.viewer, at=request.at)
    elif request.viewer.ref == NOBODY.ref and not anybody:
        raise NeedsSignIn(gettext_noop("请先登录，再取图层。"))


def _problem(error: DomainError) -> HttpResponse:
    title, status = HTTPStatus(error.status).phrase, int(error.status)
    body = {"type": f"urn:shanhai:{error.code}", "title": title, "status": status, "detail": say(error.message)}
    made = HttpResponse(orjson.dumps(body), content_type=PROBLEM, status=status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        made.headers["Retry-After"] = "10"
    if status == HTTPStatus.UNAUTHORIZED:
        made.headers["WWW-Authenticate"] = "Bearer"
    return made


@answering(anybody=True)
def landing(request: Request) -> HttpResponse:
    """GET /ogc/: where everything is."""
    links = [
        _link(request, "", "self", "application/json"),
        _link(request, "conformance", "conformance", "application/json"),
        _link(request, "api", "service-desc", OPENAPI),
        _link(request, "collections", "data", "application/json"),
    ]
    title = say(gettext_noop("山海一张图"))
    return _json({"title": title, "description": say(gettext_noop("各应用的图层，按您的岗位可见。")), "links": links})


@answering(anybody=True)
def conformance(request: Request) -> HttpResponse:
    """GET /ogc/conformance."""
    return _json({"conformsTo": CONFORMS})


@answering(anybody=True)
def api(request: Request) -> HttpResponse:
    """GET /ogc/api: the description in OpenAPI 3.0, with the layers that the reader sees."""
    layers = list_layers(viewer=request.viewer)
    return _json(openapi(layers, _address(request, "").rstrip("/"), settings.MAP_PAGE_MOST), OPENAPI)


@answering()
def collections(request: Request) -> HttpResponse:
    """GET /ogc/collections: the layers that the reader sees."""
    seen = list_layers(viewer=request.viewer)
    links = [_link(request, "collections", "self", "application/json")]
    return _json({"links": links, "collections": [_collection(request, one) for one in seen], "crs": ALL})


@answering()
def collection(request: Request, key: str) -> HttpResponse:
    """GET /ogc/collections/KEY."""
    return _json(_collection(request, layer_named(key, viewer=request.viewer)))


@answering()
def names(request: Request, key: str) -> HttpResponse:
    """GET /ogc/collections/KEY/queryables: what a filter may name, as JSON Schema."""
    layer = layer_named(key, viewer=request.viewer)
    return _json(queryables(layer, _address(request, f"collections/{key}/queryables")), SCHEMA)


@answering(*PARAMETERS)
def items(request: Request, key: str) -> HttpResponse:
    """GET /ogc/collections/KEY/items."""
    layer = layer_named(key, viewer=request.viewer)
    given = request.GET
    wanted, crs = wanted_of(given.dict(), settings.MAP_PAGE_MOST), crs_named(given.get("crs", CRS84), "crs")
    edition = _of_app(layer, lambda: current(layer=layer, by=request.viewer, at=request.at))
    if given.get("edition", edition.digest) != edition.digest:
        text = gettext_noop("图层“%(layer)s”在翻页的时候更新了。请从第一页重新取。")
        raise Conflict(text, "map.edition_gone", layer=layer.label)
    tag = f"{edition.digest}?{request.META['QUERY_STRING']}"
    if kept := _unchanged(request, tag):
        return kept
    found = items_of(edition, layer, wanted)
    links = [_link(request, f"collections/{key}/items", "self", GEOJSON, given.dict())]
    if found.next_after:
        asked = {**given.dict(), "after": str(found.next_after), "edition": edition.digest}
        links.append(_link(request, f"collections/{key}/items", "next", GEOJSON, asked))
    links.append(_link(request, f"collections/{key}", "collection", "application/json"))
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
    edition = _of_app(layer, lambda: current(layer=layer, by=request.viewer, at=request.at))
    tag = f"{edition.digest}/{thing}?{crs}"
    if kept := _unchanged(request, tag):
        return kept
    found = item_of(edition, layer, thing)
    at = f"collections/{key}/items/{thing}"
    links = [
        _link(request, at, "self", GEOJSON),
        _link(request, f"collections/{key}", "collection", "application/json"),
    ]
    return _tagged({**_features(found, layer, crs)[0], "links": links}, crs, tag)


def _of_app(layer: MapLayer, act: Callable[[], Any]) -> Any:
    """What an app answers; where it fails, that layer is out of order and no other."""
    try:
        return act()
    except DomainError:
        raise
    except Exception:
        log.exception("a layer failed", layer=layer.key)
        text = gettext_noop("图层“%(layer)s”暂时读不出来。其他图层不受影响；请告诉系统管理员。")
        raise LayerFailed(text, layer=layer.label) from None


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
            _link(request, at, "self", "application/json"),
            _link(request, f"{at}/items", "items", GEOJSON),
            _link(request, f"{at}/queryables", "http://www.opengis.net/def/rel/ogc/1.0/queryables", SCHEMA),
        ],
    }


def _link(request: Request, path: str, rel: str, kind: str, query: dict[str, str] | None = None) -> dict[str, str]:
    return {"href": _address(request, path) + (f"?{urlencode(query)}" if query else ""), "rel": rel, "type": kind}


def _address(request: Request, path: str) -> str:
    return request.build_absolute_uri(f"/ogc/{path}")


def _json(body: Any, kind: str = "application/json") -> HttpResponse:
    return HttpResponse(orjson.dumps(body), content_type=kind)


def _unchanged(request: Request, tag: str) -> HttpResponse | None:
    """304 for who has it already."""
    answer = get_conditional_response(request, etag=_etag(tag))
    return answer if answer is not None and answer.status_code == HTTPStatus.NOT_MODIFIED else None


def _tagged(body: Any, crs: str, tag: str) -> HttpResponse:
    answer = _json(body, GEOJSON)
    answer.headers["Content-Crs"] = f"<{crs}>"
    answer.headers["ETag"] = _etag(tag)
    return answer


def _etag(tag: str) -> str:
    return quote_etag(sha256(f"{tag} {get_language()}".encode()).hexdigest()[:32])
