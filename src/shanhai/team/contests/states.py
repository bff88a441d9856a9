# SPDX-License-Identifier: Apache-2.0
"""The states of rounds, appeals, findings and honours, and what may follow what."""

from enum import StrEnum

from shanhai.kernel.states import Moves, complete_table


class RoundState(StrEnum):
    """A round of a contest: drafted, open for votes, closed for appeals, frozen; or withdrawn before it opened."""

    DRAFTED = "drafted"
    OPEN = "open"
    CLOSED = "closed"
    FROZEN = "frozen"
    WITHDRAWN = "withdrawn"


ROUND_MOVES: Moves[RoundState] = {
    RoundState.DRAFTED: frozenset({RoundState.OPEN, RoundState.WITHDRAWN}),
    RoundState.OPEN: frozenset({RoundState.CLOSED}),
    RoundState.CLOSED: frozenset({RoundState.FROZEN}),
    RoundState.FROZEN: frozenset(),
    RoundState.WITHDRAWN: frozenset(),
}
complete_table(RoundState, ROUND_MOVES)


class AppealState(StrEnum):
    """An appeal against one score: raised, upheld (its judges vote again) or rejected."""

    RAISED = "raised"
    UPHELD = "upheld"
    REJECTED = "rejected"


APPEAL_MOVES: Moves[AppealState] = {
    AppealState.RAISED: frozenset({AppealState.UPHELD, AppealState.REJECTED}),
    AppealState.UPHELD: frozenset(),
    AppealState.REJECTED: frozenset(),
}
complete_table(AppealState, APPEAL_MOVES)


class FindingState(StrEnum):
    """What an inspection found: found, given to somebody with a day, said to be mended, closed by somebody else."""

    FOUND = "found"
    ASSIGNED = "assigned"
    MENDED = "mended"
    CLOSED = "closed"


FINDING_MOVES: Moves[FindingState] = {
    FindingState.FOUND: frozenset({FindingState.ASSIGNED}),
    FindingState.ASSIGNED: frozenset({FindingState.MENDED}),
    FindingState.MENDED: frozenset({FindingState.CLOSED, FindingState.ASSIGNED}),
    FindingState.CLOSED: frozenset(),
}
complete_table(FindingState, FINDING_MOVES)


class HonourState(StrEnum):
    """An honour: nominated, publicly noticed once it is decided, granted; or declined, withdrawn."""

    NOMINATED = "nominated"
    NOTICED = "noticed"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


HONOUR_MOVES: Moves[HonourState] = {
    HonourState.NOMINATED: frozenset({HonourState.NOTICED, HonourState.DECLINED, HonourState.WITHDRAWN}),
    HonourState.NOTICED: frozenset({HonourState.GRANTED, HonourState.WITHDRAWN}),
    HonourState.GRANTED: frozenset(),
    HonourState.DECLINED: frozenset(),
    HonourState.WITHDRAWN: frozenset(),
}
complete_table(HonourState, HONOUR_MOVES)
# In these an honour takes a place of its quota, and nobody is named for it twice.
LIVE_HONOURS = frozenset({HonourState.NOMINATED, HonourState.NOTICED, HonourState.GRANTED})
GIVEN_HONOURS = frozenset({HonourState.NOTICED, HonourState.GRANTED})
