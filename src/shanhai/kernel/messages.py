# SPDX-License-Identifier: Apache-2.0
"""A sentence for a person, kept apart from its language until it is shown.

The text is the Chinese source sentence with named placeholders; the web and the console translate it with gettext.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


def gettext_noop(text: str) -> str:
    """Mark ``text`` for translation and return it as it is (the name is one that xgettext knows)."""
    return text


@dataclass(frozen=True, slots=True)
class Message:
    """One whole sentence: ``text`` with ``%(name)s`` placeholders, and the values for them.

    A value may be a message itself, or a tuple, which is read out as a list.
    """

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", MappingProxyType(dict(self.params)))

    def __str__(self) -> str:
        said = {key: "、".join(map(str, one)) if isinstance(one, tuple) else one for key, one in self.params.items()}
        return self.text % said if said else self.text

    def __hash__(self) -> int:
        return hash((self.text, tuple(sorted((key, str(value)) for key, value in self.params.items()))))


def message(text: str, /, **params: Any) -> Message:
    """Make a message; ``text`` must already be marked with ``gettext_noop`` where it is written."""
    return Message(text, params)


def first_of(values: Sequence[Any], most: int) -> tuple[Any, ...]:
    """The first ``most`` of ``values`` as a parameter of a sentence, and a mark where there are more."""
    more = (message(gettext_noop("……")),) if len(values) > most else ()
    return (*values[:most], *more)
