# SPDX-License-Identifier: Apache-2.0
"""A sentence for a person, kept apart from its language until it is shown.

The text is the Chinese source sentence with named placeholders; the web and the console translate it with gettext.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


def gettext_noop(text: str) -> str:
    """Mark ``text`` for translation and return it as it is (the name is one that xgettext knows)."""
    return text


@dataclass(frozen=True, slots=True)
class Message:
    """One whole sentence: ``text`` with ``%(name)s`` placeholders, and the values for them."""

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", MappingProxyType(dict(self.params)))

    def __str__(self) -> str:
        return self.text % self.params if self.params else self.text

    def __hash__(self) -> int:
        return hash((self.text, tuple(sorted((key, str(value)) for key, value in self.params.items()))))


def message(text: str, /, **params: Any) -> Message:
    """Make a message; ``text`` must already be marked with ``gettext_noop`` where it is written."""
    return Message(text, params)
