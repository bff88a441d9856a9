# SPDX-License-Identifier: Apache-2.0
"""How Alibaba Cloud has requests signed: ACS3-HMAC-SHA256 of "V3 request syntax and signature" in its documentation."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"


def canonical(query: Mapping[str, str]) -> str:
    """Parameters in the order of their names, escaped as RFC 3986 has it."""
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(query.items()))


def signature(
    headers: Mapping[str, str], query: Mapping[str, str], *, key: str, secret: str, body: bytes = b""
) -> dict[str, str]:
    """The headers of a POST to "/" of that host with the ones that prove who sends it.

    ``headers`` are host, x-acs-action, x-acs-version, x-acs-date and x-acs-signature-nonce, by lower-case names.
    """
    digest = hashlib.sha256(body).hexdigest()
    signed = {**headers, "x-acs-content-sha256": digest}
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name].strip()}\n" for name in sorted(signed))
    request = "\n".join(("POST", "/", canonical(query), lines, names, digest))
    text = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    made = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return {**signed, "Authorization": f"{ALGORITHM} Credential={key},SignedHeaders={names},Signature={made}"}
