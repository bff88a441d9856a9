# SPDX-License-Identifier: Apache-2.0
"""The states of a bulletin and of a case, and what may follow what."""

from enum import StrEnum

from shanhai.kernel.states import Moves, complete_table


class BulletinState(StrEnum):
    """A bulletin: written, judged, and once it is frozen never altered."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHECKED = "checked"
    RETURNED = "returned"
    APPROVED = "approved"
    FROZEN = "frozen"
    DROPPED = "dropped"


BULLETIN_MOVES: Moves[BulletinState] = {
    BulletinState.DRAFT: frozenset({BulletinState.SUBMITTED, BulletinState.DROPPED}),
    # Where nobody is there to check, it is approved as it was submitted, and its form names no checker.
    BulletinState.SUBMITTED: frozenset({BulletinState.CHECKED, BulletinState.RETURNED, BulletinState.APPROVED}),
    BulletinState.CHECKED: frozenset({BulletinState.RETURNED, BulletinState.APPROVED}),
    BulletinState.RETURNED: frozenset({BulletinState.SUBMITTED, BulletinState.DROPPED}),
    BulletinState.APPROVED: frozenset({BulletinState.RETURNED, BulletinState.FROZEN}),
    BulletinState.FROZEN: frozenset(),
    BulletinState.DROPPED: frozenset(),
}
complete_table(BulletinState, BULLETIN_MOVES)

# It is the writer's turn in these.
IN_HAND = frozenset({BulletinState.DRAFT, BulletinState.RETURNED})
# Somebody else is to say something in these.
JUDGED = frozenset({BulletinState.SUBMITTED, BulletinState.CHECKED})
ENDED = frozenset({BulletinState.FROZEN, BulletinState.DROPPED})


class CaseState(StrEnum):
    """A case of the library: written, reviewed, accepted; an accepted one is changed by another version."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


CASE_MOVES: Moves[CaseState] = {
    CaseState.DRAFT: frozenset({CaseState.SUBMITTED}),
    CaseState.SUBMITTED: frozenset({CaseState.RETURNED, CaseState.ACCEPTED}),
    CaseState.RETURNED: frozenset({CaseState.SUBMITTED}),
    CaseState.ACCEPTED: frozenset(),
}
complete_table(CaseState, CASE_MOVES)

CASE_IN_HAND = frozenset({CaseState.DRAFT, CaseState.RETURNED})
