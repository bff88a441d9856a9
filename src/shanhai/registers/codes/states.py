# SPDX-License-Identifier: Apache-2.0
"""The states of a code, and what may follow what."""

from enum import StrEnum

from shanhai.kernel.states import Moves, complete_table


class CodeState(StrEnum):
    """A code that was given out: not on any label yet, printed, in use, or called back for good."""

    ISSUED = "issued"
    PRINTED = "printed"
    ACTIVE = "active"
    REVOKED = "revoked"


# What is shown on a screen or engraved elsewhere is never printed here.
CODE_MOVES: Moves[CodeState] = {
    CodeState.ISSUED: frozenset({CodeState.PRINTED, CodeState.ACTIVE, CodeState.REVOKED}),
    CodeState.PRINTED: frozenset({CodeState.ACTIVE, CodeState.REVOKED}),
    CodeState.ACTIVE: frozenset({CodeState.REVOKED}),
    CodeState.REVOKED: frozenset(),
}
complete_table(CodeState, CODE_MOVES)
