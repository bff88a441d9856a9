# SPDX-License-Identifier: Apache-2.0
"""Covered codes: sixteen random digits, and the keyed hash by which one is known again."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from hashlib import sha256

DIGITS = 16


def draw() -> str:
    """A fresh covered code."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def digits_of(typed: str) -> str:
    """What was typed, without the blanks and hyphens between groups; digits of other scripts become plain ones."""
    kept = "".join(one for one in typed if not one.isspace() and one not in "-—·")[:40]
    return str("".join(str(int(one)) if one.isdecimal() else one for one in kept))


def hashed(secret: str, path: str, digits: str) -> str:
    """The HMAC-SHA-256 of the covered code of a label, as hexadecimal."""
    return hmac.new(secret.encode(), f"cover\0{path}\0{digits}".encode(), sha256).hexdigest()


def counted(secret: str, what: str, of: str, hour: datetime) -> str:
    """The key under which trials are counted in an hour: who reads it learns no address and no code."""
    text = f"tally\0{what}\0{of}\0{hour.isoformat()}"
    return hmac.new(secret.encode(), text.encode(), sha256).hexdigest()
