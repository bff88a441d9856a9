# SPDX-License-Identifier: Apache-2.0
"""The states of a claim, and what may follow what."""

from enum import StrEnum

from shanhai.kernel.states import Moves, complete_table


class ClaimState(StrEnum):
    """A number that was found: waiting for a person, taken as it stands, taken as it is meant, not taken."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"


DECIDED = frozenset({ClaimState.ACCEPTED, ClaimState.CORRECTED, ClaimState.REJECTED})
# A decision is taken back before another one is made, so that nobody overwrites somebody else's.
CLAIM_MOVES: Moves[ClaimState] = {
    ClaimState.PROPOSED: DECIDED,
    ClaimState.ACCEPTED: frozenset({ClaimState.PROPOSED}),
    ClaimState.CORRECTED: frozenset({ClaimState.PROPOSED}),
    ClaimState.REJECTED: frozenset({ClaimState.PROPOSED}),
}
complete_table(ClaimState, CLAIM_MOVES)
