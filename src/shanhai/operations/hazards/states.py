# SPDX-License-Identifier: Apache-2.0
"""The states of sites, thresholds, incidents, patrols, handovers, calls and dispatches, and what may follow what."""

from enum import StrEnum

from shanhai.kernel.states import Moves, complete_table


class SiteState(StrEnum):
    """A site is watched, or it no longer is: made safe, given up."""

    WATCHED = "watched"
    CLOSED = "closed"


SITE_MOVES: Moves[SiteState] = {
    SiteState.WATCHED: frozenset({SiteState.CLOSED}),
    SiteState.CLOSED: frozenset({SiteState.WATCHED}),
}
complete_table(SiteState, SITE_MOVES)


class ThresholdState(StrEnum):
    """A version of the numbers of a site: written, in force, replaced or given up."""

    DRAFT = "draft"
    APPROVED = "approved"
    RETIRED = "retired"


THRESHOLD_MOVES: Moves[ThresholdState] = {
    ThresholdState.DRAFT: frozenset({ThresholdState.APPROVED, ThresholdState.RETIRED}),
    ThresholdState.APPROVED: frozenset({ThresholdState.RETIRED}),
    ThresholdState.RETIRED: frozenset(),
}
complete_table(ThresholdState, THRESHOLD_MOVES)


class IncidentState(StrEnum):
    """Proposed, then a level that a person confirmed; lifted or dismissed by a person."""

    PROPOSED = "proposed"
    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"
    LIFTED = "lifted"
    DISMISSED = "dismissed"


# A level in force, the least first.
IN_FORCE = (IncidentState.BLUE, IncidentState.YELLOW, IncidentState.ORANGE, IncidentState.RED)
OPEN = (IncidentState.PROPOSED, *IN_FORCE)
INCIDENT_MOVES: Moves[IncidentState] = {
    IncidentState.PROPOSED: frozenset({*IN_FORCE, IncidentState.DISMISSED}),
    **{one: frozenset({*IN_FORCE, IncidentState.LIFTED} - {one}) for one in IN_FORCE},
    IncidentState.LIFTED: frozenset(),
    IncidentState.DISMISSED: frozenset(),
}
complete_table(IncidentState, INCIDENT_MOVES)


class PatrolState(StrEnum):
    """Somebody is to look, has looked, or need not any more."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


PATROL_MOVES: Moves[PatrolState] = {
    PatrolState.OPEN: frozenset({PatrolState.DONE, PatrolState.DROPPED}),
    PatrolState.DONE: frozenset(),
    PatrolState.DROPPED: frozenset(),
}
complete_table(PatrolState, PATROL_MOVES)


class HandoverState(StrEnum):
    """A shift is handed over, and taken."""

    OFFERED = "offered"
    TAKEN = "taken"


HANDOVER_MOVES: Moves[HandoverState] = {
    HandoverState.OFFERED: frozenset({HandoverState.TAKEN}),
    HandoverState.TAKEN: frozenset(),
}
complete_table(HandoverState, HANDOVER_MOVES)


class CallState(StrEnum):
    """Somebody is asked to answer: not yet answered, answered, answered by nobody in time, no longer needed."""

    WAITING = "waiting"
    ANSWERED = "answered"
    MISSED = "missed"
    ENDED = "ended"


CALL_MOVES: Moves[CallState] = {
    CallState.WAITING: frozenset({CallState.ANSWERED, CallState.MISSED, CallState.ENDED}),
    # Who answers late has answered.
    CallState.MISSED: frozenset({CallState.ANSWERED, CallState.ENDED}),
    CallState.ANSWERED: frozenset(),
    CallState.ENDED: frozenset(),
}
complete_table(CallState, CALL_MOVES)


class DispatchState(StrEnum):
    """A message over one channel: to be sent, handed over, given up; skipped where there is nowhere to send it."""

    WAITING = "waiting"
    HANDED = "handed"
    DEAD = "dead"
    SKIPPED = "skipped"


DISPATCH_MOVES: Moves[DispatchState] = {
    DispatchState.WAITING: frozenset({DispatchState.HANDED, DispatchState.DEAD, DispatchState.SKIPPED}),
    DispatchState.HANDED: frozenset(),
    # A person may have it tried again, for example with a number that there was none of.
    DispatchState.DEAD: frozenset({DispatchState.WAITING}),
    DispatchState.SKIPPED: frozenset({DispatchState.WAITING}),
}
complete_table(DispatchState, DISPATCH_MOVES)
