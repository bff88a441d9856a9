# SPDX-License-Identifier: Apache-2.0
"""Eight bytes for an identifier, a word or a path: what tables are searched by instead of long texts."""

from __future__ import annotations

from hashlib import blake2b


def key_of(text: str) -> int:
    """The key of a text, as a signed number of 64 bits; 0 for "". Two texts may share one: who reads compares them."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True) if text else 0
