# SPDX-License-Identifier: Apache-2.0
"""Messages and the values in them as JSON, for where they are kept and said later in the language of who asks then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from shanhai.kernel.messages import Message
from shanhai.kernel.money import Money


def to_plain(value: Any) -> Any:
    """A message, or a value in one, as JSON values; of what is none of the kernel's kinds its text is kept."""
    if isinstance(value, Message):
        return {"text": value.text, "params": {name: to_plain(one) for name, one in value.params.items()}}
    if isinstance(value, tuple):
        return [to_plain(one) for one in value]
    if isinstance(value, Money):
        return {"fen": value.fen, "currency": value.currency}
    if isinstance(value, date) and not isinstance(value, datetime):
        return {"day": value.isoformat()}
    return value if type(value) in (str, int) else str(value)


def from_plain(kept: Any) -> Any:
    """What ``to_plain`` made plain."""
    if isinstance(kept, list):
        return tuple(map(from_plain, kept))
    if not isinstance(kept, Mapping):
        return kept
    if "text" in kept:
        return Message(kept["text"], {name: from_plain(one) for name, one in kept["params"].items()})
    return date.fromisoformat(kept["day"]) if "day" in kept else Money(kept["fen"], kept["currency"])
