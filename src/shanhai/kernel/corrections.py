# SPDX-License-Identifier: Apache-2.0
"""What a correction changes, and whether somebody else has corrected the same meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

from shanhai.kernel.errors import Conflict, Faults
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money

MEANWHILE = gettext_noop("您打开这一页以后，有人把这一项改成了“%(value)s”。请看过再保存。")


def plain(value: object) -> object:
    """A value as the trail and a form keep it."""
    if isinstance(value, Money):
        return value.fen
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int) else str(value)


def corrected(
    old: Mapping[str, object],
    new: Mapping[str, object],
    seen: Mapping[str, object] | None = None,
    words: Mapping[str, Mapping[Any, Any]] | None = None,
) -> dict[str, list[object]]:
    """The old and the new value of each field that changes, for the trail; of money in fen.

    ``seen`` is what stood when the person was shown the fields. Raises Conflict for each that stands otherwise now,
    which it says in the ``words`` of the field for its values, where it has some.
    """
    faults = Faults()
    for field, stands in old.items():
        with faults.of(field):
            if seen is not None and field in seen and seen[field] != plain(stands):
                raise Conflict(MEANWHILE, "corrected_meanwhile", value=_said(stands, (words or {}).get(field, {})))
    faults.tell()
    return {
        f"{field}_fen" if isinstance(value, Money) else field: [plain(old[field]), plain(value)]
        for field, value in new.items()
        if plain(old[field]) != plain(value)
    }


def _said(value: object, words: Mapping[Any, Any]) -> object:
    if isinstance(value, bool):
        return message(gettext_noop("是") if value else gettext_noop("否"))
    return "—" if value is None else words.get(value, value)
