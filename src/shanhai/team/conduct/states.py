# SPDX-License-Identifier: Apache-2.0
"""The states of a leave, and what may follow what."""

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
