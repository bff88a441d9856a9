# SPDX-License-Identifier: Apache-2.0
"""Builders of warnings: keywords, sensible defaults, nothing random."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from shanhai.planning.projects.models import Project
from shanhai.planning.projects.tests.builders import a_programme, a_project
from shanhai.planning.projects.values import Dates
from shanhai.planning.warnings.models import EarlyWarning
from shanhai.planning.warnings.services import Evaluated, evaluate_programme
from tests.cast import AT, OFFICE


def a_quiet_programme() -> None:
    """Zhejiang → Ganzi without a plan of this year, so that nothing is said of its money."""
    a_programme(yuan=0)


def a_quiet_project(**kw: Any) -> Project:
    """A project in preparation of which nothing is to be said: in time, with its altitude."""
    return a_project(**{"altitude_m": 2600, "dates": Dates(date(2027, 4, 1), date(2027, 10, 31)), **kw})


def a_late_project(**kw: Any) -> Project:
    """A project in preparation that was to begin on 1 April 2026, and is not yet to be finished."""
    return a_quiet_project(dates=Dates(date(2026, 4, 1), date(2027, 10, 31)), **kw)


def evaluated(at: datetime = AT, programme: str = "zj-ganzi") -> Evaluated:
    """All rules asked about the programme."""
    return evaluate_programme(by=OFFICE, at=at, programme=programme)


def a_warning(*, rule: str = "start_passed", **kw: Any) -> EarlyWarning:
    """The warning of a project that has not begun in time, in a programme of its own when there is none."""
    a_late_project(**kw)
    evaluated()
    return EarlyWarning.objects.get(rule=rule)
