# SPDX-License-Identifier: Apache-2.0
"""The key and the certificate with which alerts are signed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from shanhai.kernel.clock import local
from shanhai.kernel.xml import Element, parse
from shanhai.operations.hazards.cap.rules.signing import REFUSALS, sign, verify
from shanhai.operations.hazards.cap.rules.structure import CAP
from shanhai.operations.hazards.cap.values import Seal


def signed(root: Element) -> Element | None:
    """The message with our signature. None where there is no key, or none that fits: an alert goes out all the same."""
    if not settings.CAP_KEY or not settings.CAP_CERTIFICATE:
        return None
    try:
        key, certificate = Path(settings.CAP_KEY).read_bytes(), Path(settings.CAP_CERTIFICATE).read_bytes()
        made = sign(root, key=key, certificate=certificate)
    except (OSError, *REFUSALS):
        return None
    return made if verify(made).seal == Seal.WHOLE else None


def signs(*, at: datetime) -> bool:
    """Whether what goes out at that instant is signed: key and certificate are there, fit, and hold."""
    sent = local(at).isoformat(timespec="seconds")
    return signed(parse(f'<alert xmlns="{CAP[1:-1]}"><sent>{sent}</sent></alert>'.encode())) is not None


def certificate_file() -> bytes | None:
    """The certificate in PEM, for who wants to know our signature; None where there is none."""
    try:
        content = Path(settings.CAP_CERTIFICATE).read_bytes() if settings.CAP_CERTIFICATE else b""
    except OSError:
        return None
    return content if content.startswith(b"-----BEGIN CERTIFICATE-----") else None
