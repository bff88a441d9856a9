# SPDX-License-Identifier: Apache-2.0
"""Builders of rounds and reports: keywords, sensible defaults, nothing random."""

from __future__ import annotations

from datetime import date
from typing import Any

from shanhai.kernel.actors import Actor
from shanhai.planning.rounds import services
from shanhai.planning.rounds.models import GroupReport, ReportingRound
from tests.cast import AT, OFFICE


def a_round(
    *, by: Actor = OFFICE, programme: str = "zj-ganzi", year: int = 2022, month: int = 9, **days: date
) -> ReportingRound:
    """The round of September 2022, due on 2 October."""
    given = {"opens_on": date(2022, 9, 25), "due_on": date(2022, 10, 2), **days}
    return services.open_round(by=by, at=AT, programme=programme, year=year, month=month, **given)


def report_of(found: ReportingRound, group: str, **facts: Any) -> GroupReport:
    """The report of a group in a round, with ``facts`` written past the services."""
    GroupReport.objects.filter(round=found, group__name=group).update(**facts)
    return GroupReport.objects.get(round=found, group__name=group)
