# SPDX-License-Identifier: Apache-2.0
"""A closed year stays closed: what its plan gave to whom does not change any more, and nothing more is allotted."""

from __future__ import annotations

from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.states import PlanState


class PlanClosed(Refused):
    """The yearly plan is closed; what it gave to whom does not change any more."""

    code = "projects.plan_closed"


def require_open(*, state: str, year: int) -> None:
    """Raise PlanClosed for a plan that is closed. What it has allotted already may still be paid and reversed."""
    if state == PlanState.CLOSED:
        raise PlanClosed(
            gettext_noop("%(year)s 年的计划已经关闭，不能再安排、核拨或更改。请用以后年度的计划。"), year=str(year)
        )
