# SPDX-License-Identifier: Apache-2.0
"""How a row's hash is made: SHA-256 over the previous row's hash and the row's own canonical JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


def canonical_at(at: datetime) -> str:
    """``at`` in UTC to the microsecond, the same text on every database."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def plain(changes: Mapping[str, Any]) -> dict[str, Any]:
    """``changes`` as JSON gives them back: keys are text, tuples lists. Raises TypeError or ValueError for others."""
    content: dict[str, Any] = json.loads(json.dumps(changes, allow_nan=False))
    return content


def chain_hash(previous: str, content: dict[str, Any]) -> str:
    """The hash of a row whose fields are ``content``, following the row whose hash is ``previous``."""
    text = json.dumps(_same_everywhere(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def _same_everywhere(value: Any) -> Any:
    # PostgreSQL gives 1e16 back as a whole number and -0.0 without its sign; a hash over either would not hold.
    if isinstance(value, dict):
        return {key: _same_everywhere(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_same_everywhere(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
