# SPDX-License-Identifier: Apache-2.0
"""What a program sends to an API: the token that it shows, a body within a limit, JSON to the letter."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NoReturn

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

if TYPE_CHECKING:
    from django.http import HttpRequest

_BEARER = "bearer "
# Of thousands of digits Python makes no number.
_MOST_DIGITS = 18


def token_of(request: HttpRequest) -> str | None:
    """The bearer token that a program shows (RFC 6750); None where it shows none."""
    given = request.headers.get("Authorization", "")
    return given[len(_BEARER) :].strip() if given.lower().startswith(_BEARER) else None


def hashed(token: str) -> str:
    """What is kept of a token. It is random and long, so that a plain hash tells nothing of it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def checked_name(text: str) -> str:
    """The name of a token, by which people know it. Raises BadInput."""
    name = text.strip()
    if not 0 < len(name) <= 100 or not name.isprintable():
        said = gettext_noop("名称须为 1 到 100 个字，不能有换行等看不见的字符。请写明给哪个程序用。")
        raise BadInput(said, "programs.name", field="name")
    return name


def body_within(request: HttpRequest, most: int) -> bytes | None:
    """The body of a request, None for one of more than ``most`` bytes: of one that says so nothing is read."""
    said = request.headers.get("Content-Length", "")
    if said.isdecimal() and (len(said) > _MOST_DIGITS or int(said) > most):
        return None
    # Of a body that comes in pieces nobody says the length: Django takes it for empty.
    stream = request if said or "Transfer-Encoding" not in request.headers else request.META["wsgi.input"]
    body: bytes = stream.read(most + 1)
    return body if len(body) <= most else None


def no_constant(text: str) -> NoReturn:
    """For ``json.loads``: NaN and Infinity are no JSON, though Python reads them. Raises ValueError."""
    raise ValueError(text)
