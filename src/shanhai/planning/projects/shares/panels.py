# SPDX-License-Identifier: Apache-2.0
"""What the shares of projects have on 资金: how far each is from its floor, and the form of what has arrived."""

from __future__ import annotations

from shanhai.kernel.registry import Asked, Filled, Panel
from shanhai.planning.projects.shares.forms import arrival_form
from shanhai.planning.projects.shares.selectors import what_if
from shanhai.registers.ledger.permissions import FundPermission


def head_rooms(asked: Asked) -> Filled:
    """How much may go elsewhere before a share falls below its floor."""
    scope = asked.scope
    rooms = what_if.head_rooms(
        viewer=asked.viewer, programme=scope.programme, as_of=scope.as_of, place=scope.place, year=scope.year
    )
    may_try = what_if.may_ask(viewer=asked.viewer, programme=scope.programme)
    return Filled("projects/panels/head_rooms.html", {"rooms": rooms, "may_try": may_try})


def arrival(asked: Asked) -> Filled | None:
    """The form in which money that has come in is recorded."""
    programme = asked.scope.programme
    if not asked.viewer.may(FundPermission.POST, programme=programme):
        return None
    form = arrival_form(viewer=asked.viewer, programme=programme, on=asked.scope.as_of)
    return Filled("projects/panels/arrival.html", {"form": form}, columns=4)


PANELS = (Panel("shares.head_rooms", "funds", 30, head_rooms), Panel("shares.arrival", "funds", 50, arrival))
