# SPDX-License-Identifier: Apache-2.0
"""Documents that are captured, the jobs of it, and single events."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson
from django.conf import settings
from django.http import HttpResponse

from shanhai.base.formats import say
from shanhai.base.programs import body_within
from shanhai.field.traceability.capture.rules.counting import count_events
from shanhai.field.traceability.capture.selectors.captures import Told, get_capture, list_captures
from shanhai.field.traceability.capture.services.capturing import take_document
from shanhai.field.traceability.capture.services.single import capture_event
from shanhai.field.traceability.capture.values import PROCEED, ROLLBACK, Exceptional
from shanhai.field.traceability.capture.views.serving import JSON, LD_JSON, Asked, Problem, Resources
from shanhai.field.traceability.models import Party
from shanhai.kernel import ids
from shanhai.kernel.errors import BadInput, NotAllowed
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.plain import from_plain

_XML = ("application/xml", "text/xml")
_PAGE, _MOST = 30, 1000


def _capture(asked: Asked) -> HttpResponse:
    """POST /capture: take a document; 202 and the address of its job. Nothing of it is stored yet."""
    party = _writing(asked)
    behaviour = asked.request.headers.get("GS1-Capture-Error-Behaviour", ROLLBACK).strip().lower()
    if behaviour not in (ROLLBACK, PROCEED):
        text = gettext_noop("GS1-Capture-Error-Behaviour 只能是 rollback 或 proceed。请改正。")
        raise BadInput(text, "traceability.epcis_behaviour")
    body, xml = _body(asked)
    if (many := count_events(body, xml=xml)) > settings.TRACE_CAPTURE_MAX_EVENTS:
        text = gettext_noop("一份文档最多 %(most)s 个事件，这份有 %(many)s 个。请分几份发。")
        raise _too_large(text, most=settings.TRACE_CAPTURE_MAX_EVENTS, many=many)
    made = take_document(party=party, body=body, rollback=behaviour == ROLLBACK, by=asked.viewer, at=asked.request.at)
    location = f"{asked.root}/capture/{made.uuid}"
    return HttpResponse(status=HTTPStatus.ACCEPTED, headers={"Location": location}, content_type=JSON)


def _list(asked: Asked) -> HttpResponse:
    """GET /capture: the jobs, newest first, a page at a time."""
    _acceptable(asked)
    size, token = asked.request.GET.get("perPage", str(_PAGE)), asked.request.GET.get("nextPageToken", "")
    if not (size.isascii() and size.isdecimal() and 0 < len(size) < 9 and int(size)):
        raise _parameter(gettext_noop("perPage 应是大于 0 的整数。请改正。"))
    if token and not (token.isascii() and token.isdecimal() and len(token) < 19):
        raise _parameter(gettext_noop("nextPageToken 不是这里给的。请从第一页重新读。"))
    most = min(int(size), _MOST)
    found = list_captures(viewer=asked.viewer, before=int(token) if token else None, limit=most + 1)
    answer = HttpResponse(orjson.dumps([_document(one) for one in found[:most]]), content_type=JSON)
    if len(found) > most:
        last = found[most - 1].capture.pk
        answer.headers["Link"] = f'<{asked.root}/capture?perPage={most}&nextPageToken={last}>; rel="next"'
    return answer


def _one(asked: Asked, capture_id: str) -> HttpResponse:
    """GET /capture/{captureID}: how a job is."""
    _acceptable(asked)
    told = get_capture(viewer=asked.viewer, uuid=ids.parse_id(capture_id))
    return HttpResponse(orjson.dumps(_document(told)), content_type=JSON)


def _event(asked: Asked) -> HttpResponse:
    """POST /events: store one event; 201, its address, and the event with the id that it has."""
    party = _writing(asked)
    body, _ = _body(asked)
    made = capture_event(party=party, body=body, by=asked.viewer, at=asked.request.at)
    location = f"{asked.root}/events/{quote(made.event_id, safe=':')}"
    return HttpResponse(
        made.content.encode(), status=HTTPStatus.CREATED, headers={"Location": location}, content_type=JSON
    )


def _document(told: Told) -> dict[str, Any]:
    row = told.capture
    errors = [_error(one) for one in row.errors]
    if told.stopped is not None:
        errors = [{"type": f"epcisException:{Exceptional.IMPLEMENTATION}", "title": say(told.stopped)}]
    found = {
        "captureID": str(row.uuid),
        "createdAt": row.created_at.isoformat(),
        "running": told.running,
        "success": not errors,
        "captureErrorBehaviour": ROLLBACK if row.rollback else PROCEED,
        "errors": errors,
        "shanhai:events": row.events or told.total,
        "shanhai:done": told.done,
        "shanhai:captured": row.taken,
        "shanhai:known": row.known,
    }
    return {**found, "finishedAt": row.finished_at.isoformat()} if row.finished_at is not None else found


def _error(kept: dict[str, Any]) -> dict[str, Any]:
    kind = Exceptional.EXISTS if kept["rule"] == "known" else Exceptional.VALIDATION
    remedy = say(from_plain(kept["remedy"])) if kept["remedy"] else ""
    told = {"type": f"epcisException:{kind}", "title": say(from_plain(kept["message"]))}
    detail = " ".join(filter(None, (kept["pointer"], remedy)))
    return {**told, "detail": detail, "shanhai:pointer": kept["pointer"], "shanhai:rule": kept["rule"]}


def _writing(asked: Asked) -> Party:
    """The party of a credential; that it may write is asked again where it writes."""
    if asked.party is None:
        text = gettext_noop("写入要用经营主体的令牌。请向指挥部办公室要一个可以写入的。")
        raise NotAllowed(text, "traceability.epcis_needs_credential")
    return asked.party


def _body(asked: Asked) -> tuple[bytes, bool]:
    """What came, and whether it is XML; never more than the limit is read. Raises Problem."""
    request = asked.request
    media, most = (request.content_type or "").lower(), settings.TRACE_CAPTURE_MAX_BYTES
    packed = request.headers.get("Content-Encoding", "identity").strip().lower() != "identity"
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if media not in (JSON, LD_JSON, *_XML) or packed or (media not in _XML and charset not in ("utf-8", "utf8")):
        text = gettext_noop("请用 application/json、application/ld+json 或 application/xml，UTF-8，不压缩。")
        raise Problem(Exceptional.MEDIA_TYPE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, text)
    if (body := body_within(request, most)) is None:
        raise _too_large(gettext_noop("内容超过 %(most)s MB。请分几次发。"), most=most // 2**20)
    if not body.strip():
        raise BadInput(gettext_noop("内容是空的。请重新导出后再发。"), "traceability.epcis_empty")
    return body, media in _XML


def _acceptable(asked: Asked) -> None:
    """Raise Problem for who takes no JSON."""
    accept = asked.request.headers.get("Accept", "*/*")
    if not any(one in accept for one in (JSON, LD_JSON, "*/*", "application/*")):
        text = gettext_noop("这里只回答 application/json。请改 Accept。")
        raise Problem(Exceptional.NOT_ACCEPTABLE, HTTPStatus.NOT_ACCEPTABLE, text)


def _parameter(text: str) -> Problem:
    return Problem(Exceptional.PARAMETER, HTTPStatus.BAD_REQUEST, text)


def _too_large(text: str, **params: Any) -> Problem:
    return Problem(Exceptional.CAPTURE_LIMIT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text, **params)


RESOURCES: Resources = {
    "capture": {"POST": _capture, "GET": _list},
    "capture/{capture_id}": {"GET": _one},
    "events": {"POST": _event},
}
