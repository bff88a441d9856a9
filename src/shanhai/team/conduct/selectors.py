# SPDX-License-Identifier: Apache-2.0
"""The limits that hold in a programme; who opened what lies under somebody's seal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from shanhai.base.database.selectors import in_programme
from shanhai.team.conduct.models import Limit, Opening
from shanhai.team.conduct.values import LIMITS, LimitKey


@dataclass(frozen=True, slots=True)
class Held:
    """What holds of a limit; ``source`` is "" for the sample that comes with the product."""

    value: int
    source: str = ""
    valid_from: date | None = None


def limits_of(*, programme: str, on: date) -> dict[LimitKey, Held]:
    """What holds of each limit on a day. One query."""
    found = {key: Held(value) for key, (value, _least, _most) in LIMITS.items()}
    for one in Limit.objects.filter(in_programme(programme), valid_from__lte=on).order_by("valid_from", "pk"):
        found[LimitKey(one.key)] = Held(one.value, one.source, one.valid_from)
    return found


def openings_of(*, person: int) -> QuerySet[Opening]:
    """Who else opened what lies under somebody's seal, the latest first; for the person's own pages."""
    return Opening.objects.filter(person=person).order_by("-at", "-pk")
