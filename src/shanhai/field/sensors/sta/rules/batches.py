# SPDX-License-Identifier: Apache-2.0
"""Several requests in one (18-088, clause 11): as JSON, or as multipart/mixed with change sets."""

from __future__ import annotations

import email.message
import email.parser
import email.policy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from shanhai.field.sensors.sta.rules.parsing import parse_json
from shanhai.kernel.errors import BadInput, DomainError
from shanhai.kernel.messages import gettext_noop

_METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
_NAMES = frozenset({"id", "atomicityGroup", "dependsOn", "method", "url", "headers", "body", "if"})
_REQUEST = re.compile(rb"\s*([A-Z]+) (\S+)(?: HTTP/1\.[01])?\r?\n", re.ASCII)
_MULTIPART = "multipart/mixed"
_NO_PARTS = gettext_noop("读不懂这段 multipart/mixed：找不到 boundary 分开的部分。")


@dataclass(frozen=True, slots=True)
class Part:
    """A request of a batch. Those of one ``group`` are done together or not at all; "" is none."""

    id: str
    method: str
    url: str
    body: bytes = b""
    content_type: str = "application/json"
    group: str = ""
    after: tuple[str, ...] = ()


def parts_of(body: bytes, content_type: str, *, most: int) -> list[Part]:
    """The requests of a batch, in order. Raises BadInput."""
    kind = content_type.partition(";")[0].strip().lower()
    try:
        found = _of_multipart(body, content_type) if kind == _MULTIPART else _of_json(body)
    except (RecursionError, LookupError, ValueError) as error:
        # What the parser of mail makes of mail that is none.
        raise BadInput(_NO_PARTS, "sta.batch_multipart") from error
    if not 0 < len(found) <= most:
        text = gettext_noop("一个 $batch 里要有 1 到 %(most)s 个请求，这里有 %(count)s 个。")
        raise BadInput(text, "sta.batch_size", field="requests", most=most, count=len(found))
    names = [one.id for one in found if one.id]
    if len(set(names)) < len(names):
        raise BadInput(gettext_noop("$batch 里每个请求的 id 不能重复。"), "sta.batch_ids", field="id")
    return found


def referred(part: Part, known: Mapping[str, tuple[str, int]]) -> tuple[str, bytes]:
    """The address and body with what refers to entities made before ("$id") put in; ``known`` are address and id."""
    url, body = part.url, part.body
    name, slash, rest = url.lstrip("/").partition("/")
    if name.startswith("$") and name[1:] in known:
        url = known[name[1:]][0] + slash + rest
    if known and b'"$' in body:
        try:
            body = orjson.dumps(_put_in(parse_json(body), known))
        except DomainError:
            # Whoever reads it says what is wrong.
            return url, body
    return url, body


def _put_in(value: Any, known: Mapping[str, tuple[str, int]]) -> Any:
    if isinstance(value, list):
        return [_put_in(one, known) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: known[one[1:]][1]
        if name == "@iot.id" and isinstance(one, str) and one[:1] == "$" and one[1:] in known
        else _put_in(one, known)
        for name, one in value.items()
    }


def _of_json(body: bytes) -> list[Part]:
    given = parse_json(body)
    requests = given.get("requests") if isinstance(given, dict) else None
    if not isinstance(requests, list):
        text = gettext_noop("$batch 的内容须是 JSON 对象，其中 requests 是请求的数组；或者用 multipart/mixed。")
        raise BadInput(text, "sta.batch", field="requests")
    return [_json_part(place, one) for place, one in enumerate(requests)]


def _json_part(place: int, given: Any) -> Part:
    wrong = gettext_noop("$batch 的第 %(place)s 个请求不对：要有 id、method 和 url，都是文字。")
    if not isinstance(given, dict) or not set(given) <= _NAMES:
        raise BadInput(wrong, "sta.batch_request", field="requests", place=place + 1)
    texts = [given.get(name, "") for name in ("id", "method", "url", "atomicityGroup")]
    headers, after = given.get("headers", {}), given.get("dependsOn", [])
    kinds = (isinstance(headers, dict), isinstance(after, list), all(isinstance(one, str) for one in texts))
    name, method, url, group = texts
    if not all(kinds) or not name or not url or method.upper() not in _METHODS:
        raise BadInput(wrong, "sta.batch_request", field="requests", place=place + 1)
    content_type = next((one for key, one in headers.items() if key.lower() == "content-type"), "application/json")
    body = orjson.dumps(given["body"]) if "body" in given else b""
    return Part(name, method.upper(), url, body, str(content_type), group, tuple(map(str, after)))


def _of_multipart(body: bytes, content_type: str) -> list[Part]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode("utf-8", "replace")
    message = email.parser.BytesParser(policy=email.policy.compat32).parsebytes(head + body)
    if not message.is_multipart():
        raise BadInput(_NO_PARTS, "sta.batch_multipart")
    found: list[Part] = []
    for place, part in enumerate(_within(message)):
        if part.get_content_type() == _MULTIPART:
            found += [_http_part(one, f"changeset {place}") for one in _within(part)]
        else:
            found.append(_http_part(part, ""))
    return found


def _within(message: email.message.Message) -> Sequence[email.message.Message]:
    inner = message.get_payload()
    return [one for one in inner if isinstance(one, email.message.Message)] if isinstance(inner, list) else []


def _http_part(part: email.message.Message, group: str) -> Part:
    raw = part.get_payload(decode=True)
    match = _REQUEST.match(raw) if isinstance(raw, bytes) else None
    if match is None or match[1].decode() not in _METHODS:
        text = gettext_noop("$batch 的一部分不是 application/http 请求。第一行须像 POST Things HTTP/1.1。")
        raise BadInput(text, "sta.batch_request")
    rest = raw[match.end() :] if isinstance(raw, bytes) else b""
    head, _blank, body = (b"\n" + rest.replace(b"\r\n", b"\n")).partition(b"\n\n")
    headers = email.parser.BytesParser(policy=email.policy.compat32).parsebytes(head.lstrip(b"\n"), headersonly=True)
    content_type = str(headers.get("Content-Type", "application/json"))
    name = str(part.get("Content-ID", "")).strip("<> ")
    return Part(name, match[1].decode(), match[2].decode("utf-8", "replace"), body.strip(), content_type, group)
