# SPDX-License-Identifier: Apache-2.0
"""What all answers to questions have in common: what is accepted, how they are written, where the next page is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import orjson
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse
from django.utils.encoding import escape_uri_path

from shanhai.base.programs import no_constant
from shanhai.field.traceability.capture.values import Exceptional
from shanhai.field.traceability.capture.views.serving import JSON, LD_JSON, Asked, Problem
from shanhai.field.traceability.events.rules.vocabulary import expanded
from shanhai.field.traceability.query.rules.documents import CONTEXT, said
from shanhai.field.traceability.query.rules.formats import EpcFormat
from shanhai.field.traceability.query.rules.problems import KINDS, kind_of
from shanhai.field.traceability.query.rules.reading import whole
from shanhai.field.traceability.query.values import QueryParameter
from shanhai.kernel.errors import BadInput, DomainError
from shanhai.kernel.messages import gettext_noop

_PAGING = ("perPage", "nextPageToken")
_PREFIX = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_SALT = "traceability.nextPageToken"


@contextmanager
def told() -> Iterator[None]:
    """Give refusals of a query the names that the standard has for them. Raises Problem."""
    try:
        yield
    except tuple(KINDS) as error:
        raise as_problem(error) from error


def as_problem(error: DomainError) -> Problem:
    """A refusal of a query as a problem of the standard."""
    return Problem(
        kind_of(error), HTTPStatus(error.status), error.message.text, field=error.field, **error.message.params
    )


def require_json(asked: Asked) -> None:
    """Raise Problem for who accepts no JSON."""
    if asked.request.get_preferred_type([JSON, LD_JSON]) is None:
        text = gettext_noop("这里只回答 JSON。请求的 Accept 里请写 %(json)s。")
        raise Problem(Exceptional.NOT_ACCEPTABLE, HTTPStatus.NOT_ACCEPTABLE, text, json=JSON)


def format_of(asked: Asked) -> EpcFormat:
    """The format of identifiers that is asked for. Raises Problem."""
    given = asked.request.headers.get("GS1-EPC-Format") or EpcFormat.LINK
    try:
        return EpcFormat(given)
    except ValueError:
        text = gettext_noop("GS1-EPC-Format 不能是“%(given)s”。可以用 %(known)s。")
        known = tuple(str(one) for one in EpcFormat)
        raise Problem(
            Exceptional.NOT_ACCEPTABLE, HTTPStatus.NOT_ACCEPTABLE, text, given=given[:40], known=known
        ) from None


def names_of_extensions(asked: Asked) -> dict[str, str]:
    """The namespaces by prefix of the header GS1-Extensions: prefix=address, by comma. Raises Problem."""
    found: dict[str, str] = {}
    for one in filter(None, map(str.strip, asked.request.headers.get("GS1-Extensions", "").split(","))):
        prefix, _, space = one.partition("=")
        if not _PREFIX.fullmatch(prefix.strip()) or ":" not in space:
            text = gettext_noop("GS1-Extensions 里的“%(one)s”不是“前缀=命名空间”。请核对，几个之间用逗号分开。")
            raise Problem(Exceptional.PARAMETER, HTTPStatus.BAD_REQUEST, text, field="GS1-Extensions", one=one[:80])
        found[prefix.strip()] = expanded(space.strip().strip('"'), {})
    return found


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page is asked for: so many rows, beginning after ``token`` ({} for the first page)."""

    size: int
    token: Mapping[str, Any]


def turn_of(asked: Asked, question: str = "") -> Turn:
    """Which page is asked for. ``question`` is what the walk is about beside its address. Raises QueryParameter."""
    given = asked.request.GET
    size = min(whole("perPage", given.get("perPage", str(_page())), least=1, plain=True), settings.TRACE_PAGE_MOST)
    if "nextPageToken" not in given:
        return Turn(size, {})
    try:
        token = Signer(salt=_SALT).unsign_object(given["nextPageToken"])
    except (BadSignature, ValueError, TypeError):
        text = gettext_noop("nextPageToken 不是这里给的。请从第一页开始，跟着 Link 里的地址走。")
        raise QueryParameter(text, field="nextPageToken") from None
    if token["e"] < int(asked.request.at.timestamp()):
        text = gettext_noop("nextPageToken 已经过期。请从第一页重新开始。")
        raise QueryParameter(text, field="nextPageToken")
    if token["q"] != _digest(asked, question):
        text = gettext_noop("nextPageToken 属于另一个查询。翻页时除了 perPage，别的参数都不能改。")
        raise QueryParameter(text, field="nextPageToken")
    return Turn(size, token)


def with_next(answer: HttpResponse, asked: Asked, after: Mapping[str, Any] | None, question: str = "") -> HttpResponse:
    """The answer with the address of the next page, where there is one: that which begins after ``after``."""
    if after is None:
        return answer
    ends = asked.request.at + timedelta(minutes=settings.TRACE_TOKEN_MINUTES)
    token = {**after, "q": _digest(asked, question), "e": int(ends.timestamp())}
    pairs = [(name, value) for name, value in _pairs(asked) if name != "nextPageToken"]
    query = urlencode([*pairs, ("nextPageToken", Signer(salt=_SALT).sign_object(token, compress=True))])
    address = asked.request.build_absolute_uri(f"{escape_uri_path(asked.request.path)}?{query}")
    answer.headers["Link"] = f'<{address}>; rel="next"'
    answer.headers["GS1-Next-Page-Token-Expires"] = said(datetime.fromtimestamp(token["e"], UTC))
    return answer


def parameters_of(asked: Asked) -> list[tuple[str, str]]:
    """The parameters of the address without those of the page."""
    return [(name, value) for name, value in _pairs(asked) if name not in _PAGING]


def no_parameters(asked: Asked) -> None:
    """Raise QueryParameter where the address has any beside those of the page."""
    for name, _ in parameters_of(asked):
        text = gettext_noop("这个地址不用参数“%(parameter)s”。请去掉它。")
        raise QueryParameter(text, field=name[:80], parameter=name[:80])


def collection(members: Sequence[str]) -> HttpResponse:
    """A list of names."""
    return answered({"@context": CONTEXT, "type": "Collection", "member": list(members)})


def answered(told: object, status: int = HTTPStatus.OK) -> HttpResponse:
    """A value as JSON."""
    return HttpResponse(orjson.dumps(told), content_type=JSON, status=status)


def body_of(asked: Asked) -> dict[str, Any]:
    """The JSON object that came. Raises Problem and BadInput."""
    if asked.request.content_type not in (JSON, LD_JSON):
        text = gettext_noop("内容应是 JSON。请在 Content-Type 里写 %(json)s。")
        raise Problem(Exceptional.MEDIA_TYPE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, text, json=JSON)
    most = settings.TRACE_QUERY_MAX_KB * 1024
    body = asked.request.read(most + 1)
    if len(body) > most:
        text = gettext_noop("查询超过 %(most)s KB。请少列几个值。")
        raise Problem(Exceptional.TOO_COMPLEX, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text, most=most // 1024)
    try:
        found = json.loads(body, parse_constant=no_constant)
        text_of = orjson.dumps(found)
    except (ValueError, RecursionError, TypeError):
        raise BadInput(gettext_noop("内容读不懂：不是 JSON。请核对。"), "traceability.epcis_no_json") from None
    if b"\\u0000" in text_of:
        raise BadInput(gettext_noop("内容里有空字符（NUL）。请去掉它。"), "traceability.epcis_nul")
    if not isinstance(found, dict):
        raise BadInput(gettext_noop("内容应是一个 JSON 对象 {…}。请核对。"), "traceability.epcis_no_object")
    return found


def _page() -> int:
    return int(settings.TRACE_PAGE)


def _pairs(asked: Asked) -> list[tuple[str, str]]:
    return [(name, value) for name, values in asked.request.GET.lists() for value in values]


def _digest(asked: Asked, question: str) -> str:
    about = [asked.viewer.ref, asked.request.path, question, asked.request.headers.get("GS1-Extensions", "")]
    return sha256(json.dumps([*about, sorted(parameters_of(asked))]).encode()).hexdigest()[:24]
