# SPDX-License-Identifier: Apache-2.0
"""The states of what conduct keeps, and what may follow what."""

from enum import StrEnum

from shanhai.kernel.states import Moves, complete_table


class LeaveState(StrEnum):
    """A leave: asked for, approved by every level, refused, cancelled by who asked, or come back from."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    BACK = "back"


LEAVE_MOVES: Moves[LeaveState] = {
    LeaveState.ASKED: frozenset({LeaveState.APPROVED, LeaveState.REFUSED, LeaveState.CANCELLED}),
    LeaveState.APPROVED: frozenset({LeaveState.CANCELLED, LeaveState.BACK}),
    LeaveState.REFUSED: frozenset(),
    LeaveState.CANCELLED: frozenset(),
    LeaveState.BACK: frozenset(),
}
complete_table(LeaveState, LEAVE_MOVES)
# The days of these are gone from the balance: what is asked for is reserved.
HOLDING = frozenset({LeaveState.ASKED, LeaveState.APPROVED, LeaveState.BACK})


class UseState(StrEnum):
    """A use of a vehicle: asked for, given a car and a driver, out, returned; or refused, cancelled."""

    ASKED = "asked"
    GIVEN = "given"
    OUT = "out"
    RETURNED = "returned"
    REFUSED = "refused"
    CANCELLED = "cancelled"


USE_MOVES: Moves[UseState] = {
    UseState.ASKED: frozenset({UseState.GIVEN, UseState.REFUSED, UseState.CANCELLED}),
    UseState.GIVEN: frozenset({UseState.OUT, UseState.CANCELLED}),
    UseState.OUT: frozenset({UseState.RETURNED}),
    UseState.RETURNED: frozenset(),
    UseState.REFUSED: frozenset(),
    UseState.CANCELLED: frozenset(),
}
complete_table(UseState, USE_MOVES)
# In these a use has its car and its driver.
TAKEN = frozenset({UseState.GIVEN, UseState.OUT, UseState.RETURNED})


class TripState(StrEnum):
    """An exchange trip: planned, begun once all who go are taught, ended; or cancelled."""

    PLANNED = "planned"
    BEGUN = "begun"
    ENDED = "ended"
    CANCELLED = "cancelled"


TRIP_MOVES: Moves[TripState] = {
    TripState.PLANNED: frozenset({TripState.BEGUN, TripState.CANCELLED}),
    TripState.BEGUN: frozenset({TripState.ENDED}),
    TripState.ENDED: frozenset(),
    TripState.CANCELLED: frozenset(),
}
complete_table(TripState, TRIP_MOVES)


class CaseState(StrEnum):
    """The file of an incident: reported, in inquiry; then confirmed or unfounded."""

    REPORTED = "reported"
    INQUIRY = "inquiry"
    CONFIRMED = "confirmed"
    UNFOUNDED = "unfounded"


CASE_MOVES: Moves[CaseState] = {
    CaseState.REPORTED: frozenset({CaseState.INQUIRY}),
    CaseState.INQUIRY: frozenset({CaseState.CONFIRMED, CaseState.UNFOUNDED}),
    CaseState.CONFIRMED: frozenset(),
    CaseState.UNFOUNDED: frozenset(),
}
complete_table(CaseState, CASE_MOVES)
