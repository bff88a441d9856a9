# SPDX-License-Identifier: Apache-2.0
"""Several requests in one, each answered as if it came by itself; those of a group are done together or not at all."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from itertools import groupby
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson
from django.conf import settings
from django.db import transaction

from shanhai.base.formats import say
from shanhai.field.sensors.sta.rules.batches import Part, parts_of, referred
from shanhai.field.sensors.sta.rules.paths import NoSuchPath
from shanhai.field.sensors.sta.selectors.plans import Asked
from shanhai.field.sensors.sta.views.reading import JSON, Answer, read, told
from shanhai.field.sensors.sta.views.writing import write
from shanhai.kernel.errors import DomainError, Refused
from shanhai.kernel.messages import gettext_noop

BATCH = "$batch"
_NOT_DONE = gettext_noop("同一组里有一个请求不成，整组都没有做。")
# A batch holds a thread of the pages, whatever it asks for.
LONGEST_S = 30.0
Answered = tuple[Part, Answer]


class NotDone(Refused):
    """Another one on which it depends was refused."""

    code = "sta.batch_failed"
    status = HTTPStatus.FAILED_DEPENDENCY


class LeftOut(DomainError):
    """What comes after much that was answered, or took long: to be sent in another batch."""

    code = "sta.batch_too_much"
    status = HTTPStatus.SERVICE_UNAVAILABLE


def batch(body: bytes, content_type: str, asked: Asked) -> Answer:
    """Do all that is asked, and answer it in the form that it came in. Raises DomainError."""
    parts = parts_of(body, content_type, most=settings.SENSORS_BATCH_MAX)
    many = content_type.strip().lower().startswith("multipart/")
    done = _Batch(asked).answers(parts)
    return _as_multipart(done) if many else _as_json(done)


def refusal(error: DomainError) -> Answer:
    """What is answered to a request that is refused."""
    body = {"code": int(error.status), "type": "error", "message": say(error.message)}
    return Answer(orjson.dumps(body), status=error.status)


class _Batch:
    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        # By the id of a request: the address and the id of what it has made.
        self._made: dict[str, tuple[str, int]] = {}
        self._failed: set[str] = set()
        self._until, self._size = time.monotonic() + LONGEST_S, 0

    def answers(self, parts: Sequence[Part]) -> list[Answered]:
        """One for each, in order."""
        found: list[Answered] = []
        for group, some in groupby(parts, key=lambda part: part.group):
            members = list(some)
            found += self._together(members) if group else [(part, self._one(part)) for part in members]
        return found

    def _together(self, parts: Sequence[Part]) -> list[Answered]:
        done: list[Answered] = []
        try:
            with told(), transaction.atomic():
                for part in parts:
                    done.append((part, self._one(part)))
                    if done[-1][1].status >= HTTPStatus.BAD_REQUEST:
                        transaction.set_rollback(True)
                        break
        except DomainError as error:
            # What the database finds out only at the end.
            done[-1] = (done[-1][0], refusal(error))
        if len(done) == len(parts) and done[-1][1].status < HTTPStatus.BAD_REQUEST:
            return done
        failed, why = done[-1]
        for part in parts:
            self._made.pop(part.id, None)
            self._failed.add(part.id)
        return [(part, why if part is failed else refusal(NotDone(_NOT_DONE))) for part in parts]

    def _one(self, part: Part) -> Answer:
        try:
            if self._failed & {*part.after}:
                raise NotDone(_NOT_DONE)
            if self._size > settings.SENSORS_BODY_MAX_BYTES or time.monotonic() > self._until:
                raise LeftOut(gettext_noop("前面的请求答得太多或太久，从这个起没有做。请另发一个 $batch。"))
            url, body = referred(part, self._made)
            path, query = _path(url, self._asked.root)
            if part.method == "GET":
                answer = read(path, query, self._asked)
            else:
                answer = write(part.method, path, body, part.content_type, self._asked)
        except DomainError as error:
            self._failed.add(part.id)
            return refusal(error)
        self._size += len(answer.body)
        if answer.location and part.id:
            address = answer.location.removeprefix(f"{self._asked.root}/")
            self._made[part.id] = (address, int(address.rpartition("(")[2].rstrip(")")))
        return answer


def _path(url: str, root: str) -> tuple[str, list[tuple[str, str]]]:
    """The path below the root, and the options, of an address within it, absolute or relative. Raises NoSuchPath."""
    try:
        split = urlsplit(url)
    except ValueError:
        raise NoSuchPath(gettext_noop("看不懂地址 %(given)s。"), given=url[:80]) from None
    prefix, path = urlsplit(root).path, unquote(split.path)
    path = path.removeprefix(prefix) if path.startswith(f"{prefix}/") else path
    return path.strip("/"), parse_qsl(split.query, keep_blank_values=True)


def _as_json(done: Sequence[Answered]) -> Answer:
    return Answer(b'{"responses":[' + b",".join(_json_parts(done)) + b"]}")


def _json_parts(done: Sequence[Answered]) -> Iterator[bytes]:
    for part, answer in done:
        told = {"id": part.id, "status": int(answer.status)}
        if answer.location:
            told |= {"location": answer.location, "headers": {"location": answer.location}}
        plain = answer.body and not answer.content_type.startswith(JSON)
        body = orjson.dumps(answer.body.decode()) if plain else answer.body
        yield orjson.dumps(told)[:-1] + (b',"body":' + body if body else b"") + b"}"


def _as_multipart(done: Sequence[Answered]) -> Answer:
    boundary = f"batch_{secrets.token_hex(8)}"
    lines: list[bytes] = []
    for group, members in groupby(done, key=lambda one: one[0].group):
        parts = list(members)
        lines.append(f"--{boundary}\r\n".encode())
        if group:
            inner = f"changeset_{secrets.token_hex(8)}"
            lines.append(f"Content-Type: multipart/mixed; boundary={inner}\r\n\r\n".encode())
            for one in parts:
                lines += [f"--{inner}\r\n".encode(), _http(*one)]
            lines.append(f"--{inner}--\r\n".encode())
        else:
            lines.append((f"--{boundary}\r\n".encode()).join(_http(*one) for one in parts))
    lines.append(f"--{boundary}--\r\n".encode())
    return Answer(b"".join(lines), content_type=f"multipart/mixed; boundary={boundary}")


def _http(part: Part, answer: Answer) -> bytes:
    named = f"Content-ID: {part.id}\r\n" if part.id else ""
    status = HTTPStatus(answer.status)
    head = f"Content-Type: application/http\r\n{named}\r\nHTTP/1.1 {status.value} {status.phrase}\r\n"
    if answer.location:
        head += f"Location: {answer.location}\r\n"
    head += f"Content-Type: {answer.content_type}\r\nContent-Length: {len(answer.body)}\r\n\r\n"
    return head.encode() + answer.body + b"\r\n"
