# SPDX-License-Identifier: Apache-2.0
"""A code, taken apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote

# Where GS1's own codes have their canonical form.
CANONICAL = "https://id.gs1.org"
# Own codes stand below this segment of the path.
OWN = "x"


class Element(NamedTuple):
    """An application identifier and its value. Of an own code ``ai`` is "x/" and its kind."""

    ai: str
    value: str


@dataclass(frozen=True, slots=True)
class Identifier:
    """What a code says: a key, qualifiers in the order of the standard, attributes in the order of their identifiers.

    Two are equal when they say the same, however they were spelled. ``beyond`` is what an element string has and no
    link can say. ``stem`` ("https://host/prefix") is part of what an own code says, and empty for codes of GS1. Not
    compared: ``other`` parameters of the query, which are none of GS1, and ``prefix_length``, how many digits the
    company prefix has, 0 where the spelling does not say.
    """

    key: Element
    qualifiers: tuple[Element, ...] = ()
    attributes: tuple[Element, ...] = ()
    beyond: tuple[Element, ...] = ()
    stem: str = ""
    other: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    prefix_length: int = field(default=0, compare=False)

    def __iter__(self) -> Iterator[Element]:
        """All elements, in order."""
        yield from (self.key, *self.qualifiers, *self.attributes, *self.beyond)

    @property
    def kind(self) -> str:
        """The kind of an own code; "" for a code of GS1."""
        return self.key.ai[2:] if self.key.ai.startswith(f"{OWN}/") else ""

    @property
    def path(self) -> str:
        """Key and qualifiers as a path: /01/…/10/…."""
        return "".join(f"/{ai}/{quote(value, safe='')}" for ai, value in (self.key, *self.qualifiers))

    @property
    def thing(self) -> str:
        """The canonical address of the thing itself, without what the code says about it besides."""
        return f"{self.stem if self.kind else CANONICAL}{self.path}"

    @property
    def canonical(self) -> str:
        """The canonical form: that of the thing, and the attributes as a query."""
        return self.at(self.stem if self.kind else CANONICAL)

    def at(self, stem: str) -> str:
        """The Digital Link below ``stem``."""
        query = "&".join(f"{ai}={quote(value, safe='')}" for ai, value in self.attributes)
        return f"{stem}{self.path}{'?' * bool(query)}{query}"
