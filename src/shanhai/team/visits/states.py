# SPDX-License-Identifier: Apache-2.0
"""The states of delegations, meetings and agreements, and what may follow what."""

from enum import StrEnum

from shanhai.kernel.states import Moves, complete_table


class DelegationState(StrEnum):
    """A delegation: planned, approved by another, held, reported once its papers are whole; or cancelled."""

    PLANNED = "planned"
    APPROVED = "approved"
    HELD = "held"
    REPORTED = "reported"
    CANCELLED = "cancelled"


DELEGATION_MOVES: Moves[DelegationState] = {
    DelegationState.PLANNED: frozenset({DelegationState.APPROVED, DelegationState.CANCELLED}),
    DelegationState.APPROVED: frozenset({DelegationState.HELD, DelegationState.CANCELLED}),
    DelegationState.HELD: frozenset({DelegationState.REPORTED}),
    DelegationState.REPORTED: frozenset(),
    DelegationState.CANCELLED: frozenset(),
}
complete_table(DelegationState, DELEGATION_MOVES)


class MeetingState(StrEnum):
    """A standing meeting: planned, minuted once it was held; or cancelled."""

    PLANNED = "planned"
    MINUTED = "minuted"
    CANCELLED = "cancelled"


MEETING_MOVES: Moves[MeetingState] = {
    MeetingState.PLANNED: frozenset({MeetingState.MINUTED, MeetingState.CANCELLED}),
    MeetingState.MINUTED: frozenset(),
    MeetingState.CANCELLED: frozenset(),
}
complete_table(MeetingState, MEETING_MOVES)


class AgreementState(StrEnum):
    """What was agreed: to do, said to be done, confirmed by somebody else; or dropped."""

    AGREED = "agreed"
    DONE = "done"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"


AGREEMENT_MOVES: Moves[AgreementState] = {
    AgreementState.AGREED: frozenset({AgreementState.DONE, AgreementState.DROPPED}),
    AgreementState.DONE: frozenset({AgreementState.CONFIRMED, AgreementState.AGREED}),
    AgreementState.CONFIRMED: frozenset(),
    AgreementState.DROPPED: frozenset(),
}
complete_table(AgreementState, AGREEMENT_MOVES)
OPEN_AGREEMENTS = frozenset({AgreementState.AGREED, AgreementState.DONE})
