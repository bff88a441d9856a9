# SPDX-License-Identifier: Apache-2.0
"""The official material, which is no part of the project; a message of our own; a key made for the test."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from shanhai.operations.hazards.cap.rules.structure import CAP, STRUCTURE
from shanhai.operations.hazards.cap.rules.writing import to_bytes, write
from shanhai.operations.hazards.cap.values import Area, CapMessage, Info, MessageType, Status
from shanhai.operations.hazards.tests.builders import RING
from tests.architecture.tree import ROOT
from tests.cast import AT

FOLDER = next((p / "shared/vectors/cap" for p in ROOT.parents if (p / "shared/vectors/cap").is_dir()), None)
needs_vectors = pytest.mark.skipif(FOLDER is None, reason="../shared/vectors is not there: the official CAP schema")
EXAMPLES = sorted((FOLDER / "examples").glob("*.cap")) if FOLDER else []


def an_info(**kw: Any) -> Info:
    """Evacuate, in Chinese, for a day."""
    given = {
        "language": "zh-CN",
        "event": "滑坡",
        "responses": ("Evacuate",),
        "urgency": "Immediate",
        "severity": "Extreme",
        "certainty": "Likely",
        "expires": AT + timedelta(days=1),
        "headline": "色乌绒二号坡滑坡红色预警",
        "description": "坡体位移加快。",
        "instruction": "立即撤离到村小学操场。",
        "area": Area("康定市色乌绒二号坡", tuple((lon, lat) for lon, lat in RING), (("GB/T 2260", "513301"),)),
        "event_codes": (("OET:v1.2", "OET-119"),),
        "parameters": (("level", "red"),),
        **kw,
    }
    return Info(**given)


def a_message(**kw: Any) -> CapMessage:
    """A red alert in two languages."""
    infos = kw.pop("infos", (an_info(), an_info(language="en", event="landslide", headline="Red landslide alert")))
    given = {
        "identifier": "2.25.1",
        "sender": "alerts@example.org",
        "sent": AT,
        "status": Status.ACTUAL,
        "message_type": MessageType.ALERT,
        **kw,
    }
    return CapMessage(infos=infos, **given)


def a_file(old: str = "", new: str = "", **kw: Any) -> bytes:
    """A message as bytes, with one thing changed."""
    text = to_bytes(write(a_message(**kw))).decode()
    assert not old or old in text, old
    return text.replace(old, new, 1).encode()


@cache
def a_key(name: str = "稻城县应急") -> tuple[bytes, bytes]:
    """A key and its certificate in PEM, good for ten days from AT."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=10))
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return pem, made.public_bytes(serialization.Encoding.PEM)


def _fitting(fits: str) -> str:
    known = {"instant": "2026-11-22T10:00:00+08:00", "language": "en", "anyURI": "https://example.org/"}
    return known.get(fits) or ("1" if fits in ("string", "integer", "decimal") else fits.split("|")[0])


def whole_alert() -> bytes:
    """A message in which every element of the table stands, each once."""

    def inside(name: str) -> str:
        return "".join(
            f"<{own}>{inside(own) if own in STRUCTURE else _fitting(part.fits)}</{own}>"
            for own, part in STRUCTURE[name].items()
        )

    return f'<alert xmlns="{CAP[1:-1]}">{inside("alert")}</alert>'.encode()
