# SPDX-License-Identifier: Apache-2.0
"""How a row's hash is made: SHA-256 over the previous row's hash and the row's own canonical JSON."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


def canonical_at(at: datetime) -> str:
    """``at`` in UTC to the microsecond, the same text on every database."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def chain_hash(previous: str, content: dict[str, Any]) -> str:
    """The hash of a row whose fields are ``content``, following the row whose hash is ``previous``."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
