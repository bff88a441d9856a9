# SPDX-License-Identifier: Apache-2.0
"""The resolver: a code as an address leads on to where it is told of. For anybody, without a session.

After the GS1-Conformant resolver standard 1.0 to 1.2: 307 to the default link, linksets without a redirect, 300 where
the choice is open, 400 for what is no code, 404 for what is not known here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import say
from shanhai.kernel.codes import CodeLink
from shanhai.kernel.errors import BadInput
from shanhai.registers.codes.keys.rules.reading import parse
from shanhai.registers.codes.keys.values import Identifier
from shanhai.registers.codes.resolver.rules.linksets import choices, linkset
from shanhai.registers.codes.resolver.rules.walking import default_for, of_type, passed_on, rejoined
from shanhai.registers.codes.resolver.selectors import find
from shanhai.registers.codes.resolver.values import CONTEXT, LINKSET, VOCABULARY, Found
from shanhai.registers.codes.states import Audience, CodeState

_METHODS = "GET, HEAD, OPTIONS"
_HEADERS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Link, Location"}
_JSON = ("application/linkset+json", "application/json", "application/ld+json")
# Of Accept, which edition of the linkset's words is asked for.
_EDITION = "resolver/1.2"


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "OPTIONS"])
def resolve(request: Request) -> HttpResponse:
    """GET /01/…, /x/kind/signs, or a compressed link."""
    answer = _preflight() if request.method == "OPTIONS" else _resolved(request)
    for name, value in _HEADERS.items():
        answer.headers.setdefault(name, value)
    patch_vary_headers(answer, ("Accept", "Accept-Language", "Cookie"))
    return answer


@login_not_required
@require_safe
def description(request: Request) -> HttpResponse:
    """GET /.well-known/gs1resolver: what this resolver can do, in the words of both editions of its description."""
    told = {
        "name": say(settings.CODES_STEM),
        "resolverRoot": settings.CODES_STEM,
        "supportedPrimaryKeys": ["all"],
        "supportedLinkType": [{"namespace": VOCABULARY, "prefix": "gs1:"}],
        "supportedContextValuesEnumerated": [one.value for one in Audience],
        # The same word, before and since the answer is called a linkset.
        "linkTypeDefaultCanBeAll": False,
        "linkTypeDefaultCanBeLinkset": False,
    }
    return JsonResponse(told, headers=_HEADERS)


def _resolved(request: Request) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    path = quote(request.path_info, safe="/:@!$&'()*+,;=~")
    try:
        identifier = _read(path, query)
    except BadInput as error:
        return _wrong(request, error)
    asked = {name.lower(): str(value) for name, value in request.GET.items()}
    found = find(identifier=identifier, viewer=request.viewer, asked=asked.get("context", ""), at=request.at)
    if found is None:
        return _unknown(request, path)
    # A compressed link stands for another path.
    packed = "" if path.rstrip("/").endswith(identifier.path) else f"{settings.CODES_STEM}{identifier.path}"
    kind = asked.get("linktype", "")
    if kind in ("linkset", "all") or (not kind and _wants_data(request)):
        return _linkset(request, found, packed)
    answer = _led_on(request, found, kind, query)
    links = [f'<{settings.CODES_STEM}{identifier.path}?linkType=linkset>; rel="linkset"; type="{LINKSET}"']
    links += [f'<{packed}>; rel="owl:sameAs"'] if packed else []
    answer.headers["Link"] = ", ".join(links)
    return answer


def _read(path: str, query: str) -> Identifier:
    try:
        return parse(f"{path}?{query}" if query else path)
    except BadInput:
        again = rejoined(path)
        if again == path.rstrip("/"):
            raise
        # What was said of the path as it stands is nearer to what a person wrote.
        with suppress(BadInput):
            return parse(f"{again}?{query}" if query else again)
        raise


def _led_on(request: Request, found: Found, kind: str, query: str) -> HttpResponse:
    languages = _languages(request)
    if found.state == CodeState.REVOKED:
        return _page(request, found, status=410)
    if not kind:
        link = default_for(found.levels, languages)
        return _redirect(link, query) if link else _page(request, found)
    links = of_type(found.levels, kind, languages)
    if not links:
        return _page(request, found, status=404, missing=kind)
    return _redirect(links[0], query) if len(links) == 1 else _choices(request, found, links, kind, query)


def _redirect(link: CodeLink, query: str) -> HttpResponse:
    answer = HttpResponse(status=307, headers={"Location": passed_on(link.href, query)})
    # What it leads to may be recalled the next minute.
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _linkset(request: Request, found: Found, packed: str) -> HttpResponse:
    edition = "description" if _EDITION in request.headers.get("Accept", "") else ""
    made = linkset(found, say=say, address=_address, same_as=packed, edition=edition)
    kind = (
        LINKSET if request.get_preferred_type(["text/html", *_JSON]) in ("text/html", LINKSET) else "application/json"
    )
    answer = _data(made, kind)
    answer.headers["Link"] = f'<{CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
    return answer


def _choices(request: Request, found: Found, links: Sequence[CodeLink], kind: str, query: str) -> HttpResponse:
    if _wants_data(request):
        made = choices(links, anchor=found.identifier.path, relation=kind, say=say, address=_address)
        return _data(made, LINKSET, status=300)
    rows = [(one, passed_on(one.href, query)) for one in links]
    return TemplateResponse(request, "codes/choices.html", {"found": found, "rows": rows}, status=300)


def _page(request: Request, found: Found, *, status: int = 200, missing: str = "") -> HttpResponse:
    """What is known of a code that leads nowhere: never a blank page."""
    if status != 200 and _wants_data(request):
        return _data({"code": "codes.no_such_link" if missing else "codes.revoked"}, "application/json", status=status)
    links = [one for level in found.levels for one in level.links]
    context = {"found": found, "links": links, "missing": missing, "revoked": found.state == CodeState.REVOKED}
    return TemplateResponse(request, "codes/known.html", context, status=status)


def _unknown(request: Request, path: str) -> HttpResponse:
    if _wants_data(request):
        return _data({"code": "codes.not_known", "path": path}, "application/json", status=404)
    return TemplateResponse(request, "codes/unknown.html", {"path": path}, status=404)


def _wrong(request: Request, error: BadInput) -> HttpResponse:
    if _wants_data(request):
        told = {"code": error.code, "at": error.field, "message": say(error.message)}
        return _data(told, "application/json", status=400)
    return TemplateResponse(request, "codes/wrong.html", {"text": say(error.message)}, status=400)


def _preflight() -> HttpResponse:
    allowed = {"Access-Control-Allow-Methods": _METHODS, "Access-Control-Allow-Headers": "Accept, Accept-Language"}
    return HttpResponse(status=204, headers={"Allow": _METHODS, **allowed})


def _data(made: Mapping[str, Any], kind: str, status: int = 200) -> HttpResponse:
    return HttpResponse(json.dumps(made, ensure_ascii=False), content_type=kind, status=status)


def _wants_data(request: Request) -> str:
    """The kind of JSON that is asked for, "" for a page: a browser names pages, a program does not."""
    told = {f"{one.main_type}/{one.sub_type}": float(one.quality) for one in request.accepted_types}
    best = max(_JSON, key=lambda one: told.get(one, 0))
    return best if told.get(best, 0) > told.get("text/html", 0) else ""


def _languages(request: Request) -> list[str]:
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    told = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    return [one for one in (chosen, *(name for name, _weight in told)) if one and one != "*"]


def _address(href: str) -> str:
    return f"{settings.CODES_STEM}{href}" if href.startswith("/") else href
