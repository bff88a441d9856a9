# SPDX-License-Identifier: Apache-2.0
"""The states of a post, a nomination and a teaching record, and what may follow what."""

from enum import StrEnum

from shanhai.kernel.states import Moves, complete_table


class PostState(StrEnum):
    """A post: asked for by a county, open to be filled, or declined; closed when nobody is wanted any more."""

    ASKED = "asked"
    OPEN = "open"
    DECLINED = "declined"
    CLOSED = "closed"


POST_MOVES: Moves[PostState] = {
    PostState.ASKED: frozenset({PostState.OPEN, PostState.DECLINED}),
    PostState.OPEN: frozenset({PostState.CLOSED}),
    PostState.DECLINED: frozenset(),
    PostState.CLOSED: frozenset(),
}
complete_table(PostState, POST_MOVES)


class NominationState(StrEnum):
    """A nomination: proposed, cleared once papers and fitness are good, dispatched; refused, or taken back."""

    PROPOSED = "proposed"
    CLEARED = "cleared"
    DISPATCHED = "dispatched"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


NOMINATION_MOVES: Moves[NominationState] = {
    NominationState.PROPOSED: frozenset({NominationState.CLEARED, NominationState.REFUSED, NominationState.WITHDRAWN}),
    NominationState.CLEARED: frozenset({NominationState.DISPATCHED, NominationState.WITHDRAWN}),
    NominationState.DISPATCHED: frozenset(),
    NominationState.REFUSED: frozenset(),
    NominationState.WITHDRAWN: frozenset(),
}
complete_table(NominationState, NOMINATION_MOVES)
LIVE = frozenset({NominationState.PROPOSED, NominationState.CLEARED})


class TeachingState(StrEnum):
    """A teaching record counts once the receiving unit has confirmed it; one that it disputes is recorded anew."""

    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


TEACHING_MOVES: Moves[TeachingState] = {
    TeachingState.RECORDED: frozenset({TeachingState.CONFIRMED, TeachingState.DISPUTED}),
    TeachingState.CONFIRMED: frozenset(),
    TeachingState.DISPUTED: frozenset(),
}
complete_table(TeachingState, TEACHING_MOVES)
