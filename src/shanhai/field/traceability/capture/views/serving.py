# SPDX-License-Identifier: Apache-2.0
"""The one entrance of EPCIS: who asks, for which resource, what is discovered, and how a refusal is told (RFC 7807).

A resource is a path whose parts in braces are names ("epcs/{epc}/events"), with a handler for each method. A handler
is called with ``Asked`` and these parts, decoded, and answers an HttpResponse or raises a DomainError; ``Problem`` says
which exception of the standard it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

from shanhai import __version__
from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import say
from shanhai.base.programs import token_of
from shanhai.field.traceability.capture.selectors.credentials import actor_of, credential_of_token
from shanhai.field.traceability.capture.services.credentials import note_use
from shanhai.field.traceability.capture.values import DISCOVERED, OF_ANSWERS, TOP_LEVEL, VERSION, Exceptional
from shanhai.field.traceability.models import Party
from shanhai.kernel.actors import NOBODY, Actor
from shanhai.kernel.errors import Conflict, DomainError, NotAllowed, NotVisible
from shanhai.kernel.messages import gettext_noop

log = structlog.get_logger("shanhai.epcis")

JSON, LD_JSON, PROBLEM = "application/json", "application/ld+json", "application/problem+json"
_LONGEST_PATH = 8000


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: who asks, for which party where it is a program, and the address of the root."""

    request: Request
    viewer: Actor
    party: Party | None
    root: str


Handler = Callable[..., HttpResponse]
Resources = Mapping[str, Mapping[str, Handler]]


class Problem(DomainError):
    """A refusal that the standard has a name for."""

    code = "traceability.epcis_problem"

    def __init__(
        self, kind: Exceptional, status: HTTPStatus, text: str, /, *, title: str = "", field: str = "", **params: Any
    ) -> None:
        super().__init__(text, f"traceability.epcis_{kind.name.lower()}", field=field, **params)
        self.kind, self.status, self.title = kind, status, title  # type: ignore[misc]


class NeedsToken(NotAllowed):
    """Nobody showed who they are, or a page of somebody else might write with the cookie of a session."""

    code = "traceability.epcis_needs_token"
    status = HTTPStatus.UNAUTHORIZED


def serve(request: Request, path: str, resources: Resources) -> HttpResponse:
    """Answer any request below the root. Who asks shows a bearer token; a signed-in person may read."""
    try:
        answer = _answer(request, path, resources)
    except DomainError as error:
        answer = refusal(error)
    except (OperationalError, InterfaceError):
        log.exception("the database gave no answer")
        text = gettext_noop("数据库没有应答。请过几秒再发一次；已经存下的事件不会重复。")
        answer = refusal(Problem(Exceptional.IMPLEMENTATION, HTTPStatus.SERVICE_UNAVAILABLE, text))
    for name, value in OF_ANSWERS.items():
        answer.headers.setdefault(name, value)
    patch_vary_headers(answer, ("Authorization", "Cookie"))
    return answer


def refusal(error: DomainError) -> HttpResponse:
    """A problem of RFC 7807 for a refusal."""
    answer = HttpResponse(orjson.dumps(problem(error)), content_type=PROBLEM, status=error.status)
    if error.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = "5"
    return answer


def problem(error: DomainError) -> dict[str, Any]:
    """What is told of a refusal."""
    kind = error.kind if isinstance(error, Problem) else _kind_of(error)
    title = HTTPStatus(error.status).phrase
    return {"type": f"epcisException:{kind}", "title": title, "status": int(error.status), "detail": say(error.message)}


def _kind_of(error: DomainError) -> Exceptional:
    if isinstance(error, NotVisible):
        return Exceptional.NO_SUCH_RESOURCE
    if isinstance(error, NotAllowed):
        return Exceptional.SECURITY
    return Exceptional.EXISTS if isinstance(error, Conflict) else Exceptional.VALIDATION


def _answer(request: Request, path: str, resources: Resources) -> HttpResponse:
    # The token of a next page is ours: who asked within the limit is not refused on the second page.
    if len(request.get_full_path()) - len(request.GET.get("nextPageToken", "")[:1000]) > _LONGEST_PATH:
        text = gettext_noop("网址超过 %(most)s 个字符。请缩短，或者把条件存为命名查询。")
        raise Problem(Exceptional.URI_TOO_LONG, HTTPStatus.REQUEST_URI_TOO_LONG, text, most=_LONGEST_PATH)
    methods, names = _found(path, resources)
    allowed = ", ".join(sorted({*methods, "OPTIONS", *(("HEAD",) if "GET" in methods else ())}))
    if request.method == "OPTIONS":
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Allow": allowed, **_discovered(path)})
    viewer, party = _who(request)
    _require_versions(request)
    handler = methods.get("GET" if request.method == "HEAD" else str(request.method))
    if handler is None:
        text = gettext_noop("这个地址不能用 %(method)s。可以用的有 %(allowed)s。")
        given = str(request.method)[:20]
        error = Problem(Exceptional.IMPLEMENTATION, HTTPStatus.METHOD_NOT_ALLOWED, text, method=given, allowed=allowed)
        answer = refusal(error)
        answer.headers["Allow"] = allowed
        return answer
    return handler(Asked(request, viewer, party, request.build_absolute_uri(f"/epcis/{VERSION}")), **names)


def _found(path: str, resources: Resources) -> tuple[Mapping[str, Handler], dict[str, str]]:
    """The methods of a path, and the parts of it that have names. The most particular pattern counts."""
    asked = path.strip("/")
    if not asked:
        return {"GET": lambda asked: _top(resources)}, {}
    for pattern in sorted(resources, key=lambda one: (-len(_literal(one)), one)):
        if match := _pattern(pattern).fullmatch(asked):
            return resources[pattern], match.groupdict()
    text = gettext_noop("没有“%(path)s”这个资源。请从 %(root)s 看有哪些。")
    raise Problem(Exceptional.NO_SUCH_RESOURCE, HTTPStatus.NOT_FOUND, text, path=asked[:100], root=f"/epcis/{VERSION}")


def _literal(pattern: str) -> str:
    return re.sub(r"\{\w+\}", "", pattern)


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """Identifiers are addresses themselves: what is encoded in a path is decoded before we see it."""
    parts = (f"(?P<{one[1:-1]}>.+)" if one[:1] == "{" else re.escape(one) for one in _split(pattern))
    return re.compile("".join(parts), re.DOTALL)


def _split(pattern: str) -> list[str]:
    return re.split(r"(\{\w+\})", pattern)


def _top(resources: Resources) -> HttpResponse:
    first = dict.fromkeys(one for one in (pattern.partition("/")[0] for pattern in resources) if one in TOP_LEVEL)
    context = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
    told = {"@context": context, "type": "Collection", "member": list(first)}
    return HttpResponse(orjson.dumps(told), content_type=JSON)


def _discovered(path: str) -> dict[str, str]:
    found = {**DISCOVERED, "GS1-Vendor-Version": f"shanhai-{__version__}"}
    if path.strip("/") in ("capture", "events"):
        found["GS1-EPCIS-Capture-Limit"] = str(settings.TRACE_CAPTURE_MAX_EVENTS)
        found["GS1-EPCIS-Capture-File-Size-Limit"] = str(settings.TRACE_CAPTURE_MAX_BYTES)
        found["GS1-Capture-Error-Behaviour"] = "all"
    return found


def _who(request: Request) -> tuple[Actor, Party | None]:
    if (token := token_of(request)) is not None:
        credential = credential_of_token(token)
        viewer = actor_of(credential)
        note_use(credential=credential, by=viewer, at=request.at)
        return viewer, credential.party
    if request.method not in ("GET", "HEAD"):
        raise NeedsToken(gettext_noop("写入要出示令牌（Authorization: Bearer …）。请向指挥部办公室要一个。"))
    if request.viewer is NOBODY:
        raise NeedsToken(gettext_noop("请出示令牌（Authorization: Bearer …），或者先登录。"))
    return request.viewer, None


def _require_versions(request: Request) -> None:
    """Raise Problem for who cannot use any version that is spoken here."""
    for what in ("EPCIS", "CBV"):
        asked = {end: _version(request.headers.get(f"GS1-{what}-{end}", "")) for end in ("Min", "Max", "Version")}
        own = _version(OF_ANSWERS[f"GS1-{what}-Version"])
        least, most = asked["Min"] or asked["Version"], asked["Max"]
        if (least and least > own) or (most and most < own and request.method in ("GET", "HEAD")):
            text = gettext_noop("这里用 %(what)s 2.0，请求要的是别的版本。请改 GS1-%(what)s-Min、-Max 或 -Version。")
            raise Problem(Exceptional.NOT_ACCEPTABLE, HTTPStatus.NOT_ACCEPTABLE, text, what=what)


def _version(text: str) -> tuple[int, ...]:
    if not text:
        return ()
    if not re.fullmatch(r"\d{1,4}(\.\d{1,4}){0,5}", text, re.ASCII):
        said = gettext_noop("“%(text)s”不是版本号。请写成 2.0.0 的样子。")
        raise Problem(Exceptional.NOT_ACCEPTABLE, HTTPStatus.NOT_ACCEPTABLE, said, text=text[:20])
    return (*map(int, text.split(".")), 0, 0)[:3]
