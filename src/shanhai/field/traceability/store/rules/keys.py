# SPDX-License-Identifier: Apache-2.0
"""Eight bytes for an identifier, a word or a path: what tables are searched by instead of long texts (ADR 24)."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b

from shanhai.field.traceability.events.rules.identifiers import canonical

_OF_CLASS = re.compile(
    r"(https://id\.gs1\.org/(?:(?:01/\d{14}|8006/\d{18}|8010/[^/]+)(?=/)|(?:253|255)/\d{13}(?!$)|8003/\d{14}(?!$))).+"
)


def key_of(text: str) -> int:
    """The key of a text, as a signed number of 64 bits; 0 for "". Two texts may share one: who reads compares them.

    The first half is of the text without its last two signs: what is numbered one after the other lies together in an
    index, of which a document of a thousand events then changes some pages instead of thousands.
    """
    if not text:
        return 0
    own = blake2b(text.encode(), digest_size=4).digest()
    return int.from_bytes(_stem(text[:-2]) + own, "big", signed=True)


@lru_cache(1 << 14)
def _stem(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=4).digest()


word_key = lru_cache(1 << 14)(key_of)


def class_of(canonical: str) -> str:
    """The class of which a canonical identifier names an instance or a lot; "" where it names none of a class."""
    found = _OF_CLASS.fullmatch(canonical)
    return found[1] if found else ""


@lru_cache(1 << 15)
def keys_of(text: str) -> tuple[int, int]:
    """The key of an identifier in whatever spelling, and that of its class (0 for none)."""
    spelt = canonical(text)
    return key_of(spelt), word_key(class_of(spelt))


@lru_cache(1 << 12)
def name_of(where: str, field: str) -> int:
    """The key by which ``models.EventValue`` names a field.

    ``where`` is what the queries of EPCIS call the place: "" for an extension of the event itself, ILMD, SENSORELEMENT,
    SENSORMETADATA, SENSORREPORT, ERROR_DECLARATION; for what lies within a field INNER, INNER_ILMD and so on. ``field``
    is a field of the standard or "{namespace}local"; a measured value has its base unit behind it ("value_KEL").
    """
    return key_of(f"{where} {field}")
