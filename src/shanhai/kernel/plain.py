# SPDX-License-Identifier: Apache-2.0
"""Messages and the values in them as JSON, for where they are kept and said later in the language of who asks then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from shanhai.kernel.figures import EvidencePage, EvidenceRow, Figure, Source, Strength
from shanhai.kernel.messages import Message
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Base, Share
from shanhai.kernel.units import UNITS, Quantity, Unit

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (Base, EvidencePage, EvidenceRow, Figure, Quantity, Share, Source)
}


def to_plain(value: Any) -> Any:
    """A message, a figure, or a value in one, as JSON values; of what is none of the kernel's kinds its text is kept.

    A figure is kept without the instant at which it was computed.
    """
    if type(value).__name__ in _KINDS:
        own = [(field, getattr(value, field.name)) for field in fields(value) if field.name != "computed_at"]
        kept = {field.name: to_plain(one) for field, one in own if one != field.default}
        return {"kind": type(value).__name__, **kept}
    if isinstance(value, Unit | Strength):
        return {"unit": value.key} if isinstance(value, Unit) else {"strength": value.value}
    if isinstance(value, Message):
        return {"text": value.text, "params": {name: to_plain(one) for name, one in value.params.items()}}
    if isinstance(value, tuple):
        return [to_plain(one) for one in value]
    if isinstance(value, Money):
        return {"fen": value.fen, "currency": value.currency}
    if isinstance(value, date) and not isinstance(value, datetime):
        return {"day": value.isoformat()}
    return value if value is None or type(value) in (str, int) else str(value)


def from_plain(kept: Any) -> Any:
    """What ``to_plain`` made plain."""
    if isinstance(kept, list):
        return tuple(map(from_plain, kept))
    if not isinstance(kept, Mapping):
        return kept
    if "kind" in kept:
        return _KINDS[kept["kind"]](**{name: from_plain(one) for name, one in kept.items() if name != "kind"})
    if "unit" in kept or "strength" in kept:
        return UNITS[kept["unit"]] if "unit" in kept else Strength(kept["strength"])
    if "text" in kept:
        return Message(kept["text"], {name: from_plain(one) for name, one in kept["params"].items()})
    return date.fromisoformat(kept["day"]) if "day" in kept else Money(kept["fen"], kept["currency"])
