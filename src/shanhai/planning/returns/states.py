# SPDX-License-Identifier: Apache-2.0
"""The lives of a return and of a finding: both short."""

from enum import StrEnum

from shanhai.kernel.states import Moves, complete_table


class ReturnState(StrEnum):
    """submitted 已报 → withdrawn 撤回; what was wrong is sent in anew."""

    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


class FindingState(StrEnum):
    """open 待说明 → explained 已说明; an explanation may be given again, better."""

    OPEN = "open"
    EXPLAINED = "explained"


RETURN_MOVES: Moves[ReturnState] = {
    ReturnState.SUBMITTED: frozenset({ReturnState.WITHDRAWN}),
    ReturnState.WITHDRAWN: frozenset(),
}
FINDING_MOVES: Moves[FindingState] = {
    FindingState.OPEN: frozenset({FindingState.EXPLAINED}),
    FindingState.EXPLAINED: frozenset({FindingState.EXPLAINED}),
}

complete_table(ReturnState, RETURN_MOVES)
complete_table(FindingState, FINDING_MOVES)
