# SPDX-License-Identifier: Apache-2.0
"""When a proposed level is news, and what a decision leads to."""

from __future__ import annotations

from shanhai.kernel.errors import BadInput, Refused
from shanhai.kernel.messages import gettext_noop, message
from shanhai.operations.hazards.labels import LEVELS
from shanhai.operations.hazards.states import IN_FORCE, IncidentState
from shanhai.operations.hazards.values import Level


def level_of(state: str) -> Level:
    """The level that is in force in a state; NONE where none is."""
    return Level(IN_FORCE.index(IncidentState(state)) + 1) if state in IN_FORCE else Level.NONE


def state_after(state: str, level: Level) -> IncidentState:
    """Where an incident goes when ``level`` is decided; NONE dismisses a proposal and lifts what is in force."""
    if level:
        return IN_FORCE[level - 1]
    return IncidentState.DISMISSED if state == IncidentState.PROPOSED else IncidentState.LIFTED


def checked_level(level: int, *, least: Level) -> Level:
    """The level of that number, which is ``least`` or above. Raises BadInput."""
    if level not in list(Level)[least:]:
        raise BadInput(gettext_noop("请选一个级别。"), "hazards.level_unknown", field="level")
    return Level(level)


def is_news(level: Level, *, in_force: Level, proposed: Level | None, engine: bool) -> bool:
    """Whether a proposal changes anything.

    The engine only raises: above what is in force and what is proposed. A person may propose to lower what is in force,
    and is told why where there is nothing to propose: what already waits for a decision goes down only by one.
    """
    if level == proposed:
        return False
    if engine:
        return level > max(in_force, proposed or Level.NONE)
    if level == in_force:
        text = gettext_noop("现在就是%(level)s，不用再建议。要续发，请会商。")
        raise Refused(text, "hazards.level_in_force", field="level", level=message(LEVELS[level][1]))
    if proposed is not None and level < proposed:
        text = gettext_noop("已经建议%(level)s，等会商决定。想定得低一些，请在会商时提出。")
        raise Refused(text, "hazards.proposal_waits", field="level", level=message(LEVELS[proposed][1]))
    return True
