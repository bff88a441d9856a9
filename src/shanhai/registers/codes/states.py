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


class SignalState(StrEnum):
    """Something looks like a copy or a trial of codes: it waits for somebody who looks into it, then it is closed."""

    OPEN = "open"
    CLOSED = "closed"


SIGNAL_MOVES: Moves[SignalState] = {SignalState.OPEN: frozenset({SignalState.CLOSED}), SignalState.CLOSED: frozenset()}
complete_table(SignalState, SIGNAL_MOVES)


class SignalKind(StrEnum):
    """What a signal says of a code."""

    # Revealed in two provinces within hours: one of the labels is a copy.
    TWO_PROVINCES = "two_provinces"
    # Revealed before it was shipped: opened in the store, or a label that went astray.
    BEFORE_SHIPPING = "before_shipping"
    # Revealed while its lot is recalled: it is still being sold.
    RECALLED = "recalled"
    # Many wrong covered codes for one label: somebody guesses, or the labels were mixed up.
    MANY_WRONG = "many_wrong"


class Audience(StrEnum):
    """For whom a link is; "" stands for everybody."""

    BUYER = "buyer"
    VISITOR = "visitor"
    HERDER = "herder"
    INSPECTOR = "inspector"
