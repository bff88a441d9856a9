# SPDX-License-Identifier: Apache-2.0
"""The chain of a site, and how long its people have to answer."""

from __future__ import annotations

from shanhai.kernel.errors import BadInput
from shanhai.operations.hazards.calls.rules.order import Seat
from shanhai.operations.hazards.criteria.values.thresholds import Thresholds
from shanhai.operations.hazards.models import ChainLink, HazardSite
from shanhai.operations.hazards.states import ThresholdState
from shanhai.operations.hazards.values import ChainRole, Level, SiteKind


def seats_of(site: int) -> list[tuple[Seat, ChainLink]]:
    """The places of a chain in order, each with its row; for services that call. One query."""
    links = ChainLink.objects.filter(site=site).order_by("position", "pk")
    return [(Seat(link.person_id, link.position, ChainRole(link.role)), link) for link in links]


def answer_minutes(site: HazardSite, level: Level) -> float:
    """In how long an answer is due at that level, as the thresholds in force have it, or those of its kind."""
    in_force = site.threshold_sets.filter(state=ThresholdState.APPROVED).values_list("numbers", flat=True).first()
    kind = SiteKind(site.kind)
    try:
        found = Thresholds.read({"kind": kind, **in_force}) if in_force else Thresholds.default(kind)
    except BadInput:
        # Numbers of another release: nobody is to stay uncalled for them.
        found = Thresholds.default(kind)
    return found.answer_minutes.of(level)
