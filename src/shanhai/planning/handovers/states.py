# SPDX-License-Identifier: Apache-2.0
"""The states of a batch's hand-over and of its items, and what may follow what."""

from enum import StrEnum

from shanhai.kernel.states import Moves, complete_table


class HandoverState(StrEnum):
    """A batch's hand-over: being worked on, and released (放行): the batch may leave."""

    OPEN = "open"
    RELEASED = "released"


HANDOVER_MOVES: Moves[HandoverState] = {
    HandoverState.OPEN: frozenset({HandoverState.RELEASED}),
    HandoverState.RELEASED: frozenset(),
}
complete_table(HandoverState, HANDOVER_MOVES)


class ItemState(StrEnum):
    """What holds the batch back: open, settled by itself when its cause went away, or waived by the commander."""

    OPEN = "open"
    SETTLED = "settled"
    WAIVED = "waived"


# A settled item opens again when its cause is back, e.g. a task that was called done too early.
ITEM_MOVES: Moves[ItemState] = {
    ItemState.OPEN: frozenset({ItemState.SETTLED, ItemState.WAIVED}),
    ItemState.SETTLED: frozenset({ItemState.OPEN}),
    ItemState.WAIVED: frozenset(),
}
complete_table(ItemState, ITEM_MOVES)
