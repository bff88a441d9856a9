# SPDX-License-Identifier: Apache-2.0
"""Which label is meant, what bounds trying, and the signals that wait."""

from __future__ import annotations

from datetime import datetime
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest

from shanhai.base import formats
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.codes.covers.rules.secrets import counted
from shanhai.registers.codes.covers.values import Label
from shanhai.registers.codes.keys.rules.reading import parse
from shanhai.registers.codes.models import Code, Signal
from shanhai.registers.codes.states import CodeState, SignalState
from shanhai.registers.places.selectors import list_divisions
from shanhai.registers.places.values import Level

MISSING = gettext_noop("没有找到这条异常。请从“一码”页重新进入。")


def secret() -> str:
    """The secret of hashes: the one of codes, else that of the site."""
    return str(settings.CODES_SECRET or settings.SECRET_KEY)


def code_meant(typed: str) -> tuple[Code | None, str]:
    """The code with its cover and batch that a person means by its address, its path or its signs, and its path.

    None where it has no cover, or there is none; the path is then what was typed. One query.
    """
    signs, kind = "".join(typed.split()).upper(), ""
    if "/" in typed:
        try:
            found = parse(
                typed.strip() if "://" in typed or typed.lstrip().startswith("/") else f"https://{typed.strip()}"
            )
            signs, kind = found.key.value, found.kind
        except BadInput:
            pass
    rows = Code.objects.filter(signs=signs[:40].replace("\x00", ""), cover__isnull=False)
    rows = rows.filter(kind=kind) if kind else rows
    code = rows.select_related("cover", "batch").order_by("pk").first()
    return code, code.path if code else signs[:60]


def label_of(*, path: str) -> Label:
    """What a label of ours says by itself, by the path of its identifier; of what is no code of ours, nothing.

    One query.
    """
    kind, _, signs = path.strip("/").removeprefix("x/").partition("/")
    code = Code.objects.filter(kind=kind, signs=signs).select_related("batch").first()
    return Label(
        covered=code is not None and code.batch.covered, revoked=code is not None and code.state == CodeState.REVOKED
    )


def asked_from(request: HttpRequest) -> str:
    """Where somebody asks from: behind a proxy, which the setting of TLS stands for, as the proxy saw it."""
    behind = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return behind.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))


def counted_from(address: str, what: str, at: datetime) -> str:
    """The key under which ``what`` is counted of an address in this hour."""
    return counted(secret(), what, _network(address), at.replace(minute=0, second=0, microsecond=0))


def limits(*, address: str, path: str, at: datetime) -> dict[str, int]:
    """By the key of what is counted in this hour, how often it may be tried: the address, the label, and all."""
    hour, key = at.replace(minute=0, second=0, microsecond=0), secret()
    return {
        counted_from(address, "address", at): settings.REVEALS_BY_ADDRESS,
        counted(key, "code", path, hour): settings.REVEALS_OF_CODE,
        counted(key, "all", "", hour): settings.REVEALS_IN_ALL,
    }


def places_to_choose() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The provinces with their prefectures, each as code and name in the reader's language. Two queries."""
    below: dict[str, list[tuple[str, str]]] = {}
    for one in list_divisions(level=Level.PREFECTURE):
        below.setdefault(one.code[:2], []).append((one.code, formats.named(one)))
    return [(one.code, formats.named(one), below.get(one.code[:2], [])) for one in list_divisions(level=Level.PROVINCE)]


def place_meant(chosen: str) -> str:
    """The code of a province or prefecture that was chosen; "" for none, and for what is none. One query at most."""
    if not (len(chosen) == 6 and chosen.isascii() and chosen.isdecimal() and chosen.endswith("00")):
        return ""
    return chosen if list_divisions(ended=True).filter(code=chosen).exists() else ""


def open_signals(*, viewer: Actor, programme: str | None) -> QuerySet[Signal]:
    """The signals that wait for the viewer, in a programme or in all, the oldest first, with their batches."""
    found = Signal.objects.visible_to(viewer).filter(state=SignalState.OPEN)
    if programme is not None:
        found = found.filter(code__batch__programme=programme)
    return found.select_related("code__batch__organisation").order_by("first_at", "pk")


def _network(address: str) -> str:
    """The address; of version 6 the network, of which one house has all."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(found) if not isinstance(found, IPv6Address) else found.exploded[:19]
