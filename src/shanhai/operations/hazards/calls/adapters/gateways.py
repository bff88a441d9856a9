# SPDX-License-Identifier: Apache-2.0
"""SMS and telephone by HTTP: any gateway that takes our JSON, or Alibaba Cloud's (docs/operate/calls.md)."""

from __future__ import annotations

import json
import re
import secrets
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from django.conf import settings

from shanhai.operations.hazards.calls.rules.signing import canonical, signature
from shanhai.operations.hazards.calls.values import Later, Letter, Never, Why
from shanhai.operations.hazards.values import Channel

MOST_BYTES = 65_536
_BUSY = frozenset({408, 425, 429})
# What passes by itself, or is mended at the provider's: all of these are worth another try.
_LATER = re.compile(
    r"Throttling.*|ServiceUnavailable|InternalError|isp\..*|isv\.(BUSINESS_LIMIT_CONTROL|AMOUNT_NOT_ENOUGH|OUT_OF_SERVICE)"
)
_BAD = re.compile(r"isv\.(MOBILE_NUMBER_ILLEGAL|INVALID_PHONE.*)|.*CALLED_NUMBER.*|.*NumberIllegal.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where a gateway is, as a setting says: ``scheme`` http, https, or aliyun (aliyun+http in tests)."""

    scheme: str
    host: str
    path: str
    username: str
    password: str
    options: Mapping[str, str]

    @classmethod
    def of(cls, url: str) -> Gateway:
        """That of a URL. Raises ValueError for another scheme, or without a host."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https", "aliyun", "aliyun+http") or not parts.hostname:
            raise ValueError("a gateway is https://… or aliyun://…")
        host = parts.hostname + (f":{parts.port}" if parts.port else "")
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        return cls(
            parts.scheme, host, parts.path or "/", unquote(parts.username or ""), unquote(parts.password or ""), options
        )


def gateway_of(channel: Channel, url: str) -> Callable[[Letter], str]:
    """How letters are handed to the gateway of that URL. Raises ValueError for a URL that is none."""
    gateway = Gateway.of(url)
    hand_over = _to_aliyun if gateway.scheme.startswith("aliyun") else _to_webhook
    return lambda letter: hand_over(gateway, channel, letter)


def _to_webhook(gateway: Gateway, channel: Channel, letter: Letter) -> str:
    """Our own JSON: any 2xx has taken it, 4xx never will, anything else may later."""
    facts = {
        "id": letter.id,
        "channel": channel.value,
        "to": letter.to,
        "text": letter.spoken if channel == Channel.VOICE else letter.short,
        "level": letter.level.name.lower(),
        "exercise": letter.exercise,
        "site": letter.site,
    }
    headers = {"Content-Type": "application/json", "Idempotency-Key": letter.id}
    if gateway.password:
        headers["Authorization"] = f"Bearer {gateway.password}"
    query = f"?{urlencode(gateway.options)}" if gateway.options else ""
    body = json.dumps(facts, ensure_ascii=False).encode()
    status, answer = _post(f"{gateway.scheme}://{gateway.host}{gateway.path}{query}", body, headers)
    if status >= 500 or status in _BUSY:
        raise Later(Why.BUSY, status)
    if not 200 <= status < 300:
        raise Never(Why.REFUSED, status)
    return _reference(answer.get("id"))


def _to_aliyun(gateway: Gateway, channel: Channel, letter: Letter) -> str:
    """SendSms (2017-05-25) or SingleCallByTts (2017-05-25), signed as ACS3-HMAC-SHA256 asks.

    It knows no repeat when it sees one, takes text only as variables of an approved template, and no address among
    them: the template holds all of the link but its code.
    """
    template = {"mark": letter.mark, "site": letter.name[:20], "what": letter.what[:20], "code": letter.code}
    text = json.dumps(template, ensure_ascii=False)
    given = gateway.options
    if channel == Channel.SMS:
        action = "SendSms"
        query = {"PhoneNumbers": letter.to, "SignName": given.get("sign", ""), "TemplateParam": text}
        query |= {"TemplateCode": given.get("template", ""), "OutId": letter.id}
    else:
        action = "SingleCallByTts"
        query = {"CalledNumber": letter.to, "TtsParam": text, "TtsCode": given.get("template", ""), "PlayTimes": "3"}
        query |= {"OutId": letter.id} | ({"CalledShowNumber": given["show"]} if given.get("show") else {})
    headers = {
        "host": gateway.host,
        "x-acs-action": action,
        "x-acs-version": "2017-05-25",
        "x-acs-date": letter.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": secrets.token_hex(16),
    }
    signed = signature(headers, query, key=gateway.username, secret=gateway.password)
    scheme = "http" if gateway.scheme == "aliyun+http" else "https"
    status, answer = _post(f"{scheme}://{gateway.host}/?{canonical(query)}", b"", signed)
    code = str(answer.get("Code", status))
    if status == 200 and code == "OK":
        return _reference(answer.get("BizId") or answer.get("CallId"))
    if status >= 500 or status in _BUSY or _LATER.fullmatch(code):
        raise Later(Why.BUSY, code)
    raise Never(Why.BAD_ADDRESS if _BAD.fullmatch(code) else Why.REFUSED, code)


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """The status and, where it is JSON, the object that was answered. Raises Later where nobody answered in time."""
    # The scheme was looked at where the setting was read; redirects would carry a number elsewhere.
    request = urllib.request.Request(url, body, dict(headers), method="POST")  # noqa: S310
    try:
        with _OPENER.open(request, timeout=settings.CALLS_TIMEOUT_S) as answer:
            status, content = answer.status, answer.read(MOST_BYTES)
    except HTTPError as error:
        with error:
            status, content = error.code, _read(error)
    except TimeoutError:
        raise Later(Why.TIMED_OUT) from None
    except (OSError, HTTPException) as error:
        timed_out = isinstance(getattr(error, "reason", None), TimeoutError)
        raise Later(Why.TIMED_OUT if timed_out else Why.NOT_REACHED) from None
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = {}
    return status, found if isinstance(found, dict) else {}


def _reference(given: object) -> str:
    """What the other side calls a message, as it can be stored."""
    return "".join(one for one in str(given or "")[:100] if one.isprintable())


def _read(error: HTTPError) -> bytes:
    try:
        return error.read(MOST_BYTES)
    except (OSError, HTTPException):
        return b""


class _Straight(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Nowhere else."""


_OPENER = urllib.request.build_opener(_Straight)
