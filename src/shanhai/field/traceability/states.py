# SPDX-License-Identifier: Apache-2.0
"""What parties are, in which roles events name things, and where a lot stands."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from shanhai.kernel.states import Moves, complete_table


class PartyKind(StrEnum):
    """What a party of a chain mainly does."""

    COOPERATIVE = "cooperative"
    SLAUGHTERHOUSE = "slaughterhouse"
    PROCESSOR = "processor"
    LABORATORY = "laboratory"
    TRADER = "trader"
    CARRIER = "carrier"
    SHOP = "shop"


class EventType(IntEnum):
    """The types of events of EPCIS 2.0, as they are stored."""

    OBJECT = 1
    AGGREGATION = 2
    TRANSACTION = 3
    TRANSFORMATION = 4
    ASSOCIATION = 5


class Action(IntEnum):
    """The actions of EPCIS 2.0, as they are stored; a transformation has none."""

    NONE = 0
    ADD = 1
    OBSERVE = 2
    DELETE = 3


class EventState(IntEnum):
    """Whether an event counts: declared wrong, it is hidden from every view but one that asks for it."""

    IN_FORCE = 1
    DECLARED = 2
    DECLARATION = 3


class Role(IntEnum):
    """As what an event names a thing. The class of an instance that is named stands in a row of its own (``*_CLASS``).

    The order is that of the what, where and why of an event.
    """

    EPC = 1
    EPC_CLASS = 2
    QUANTITY = 3
    PARENT = 4
    CHILD = 5
    CHILD_CLASS = 6
    CHILD_QUANTITY = 7
    INPUT = 8
    INPUT_CLASS = 9
    INPUT_QUANTITY = 10
    OUTPUT = 11
    OUTPUT_CLASS = 12
    OUTPUT_QUANTITY = 13
    PARENT_CLASS = 14
    TRANSFORMATION = 20
    TRANSACTION = 21
    SOURCE = 22
    DESTINATION = 23
    CORRECTIVE = 24


class LotKind(StrEnum):
    """What a lot is: a quantity, a package of one, an animal, or what is left of an animal."""

    LOT = "lot"
    BOX = "box"
    ANIMAL = "animal"
    CARCASS = "carcass"


class LotState(StrEnum):
    """Where a lot stands with who holds it."""

    HERE = "here"
    ON_WAY = "on_way"
    USED = "used"
    SOLD = "sold"
    HELD = "held"
    RECALLED = "recalled"
    VOID = "void"


# A lot that is released goes back to where it stood; one that was used is there again when its use is declared wrong.
LOT_MOVES: Moves[LotState] = {
    LotState.HERE: frozenset(
        {LotState.ON_WAY, LotState.USED, LotState.SOLD, LotState.HELD, LotState.RECALLED, LotState.VOID}
    ),
    LotState.ON_WAY: frozenset({LotState.HERE, LotState.HELD, LotState.RECALLED}),
    LotState.USED: frozenset({LotState.HERE, LotState.RECALLED, LotState.VOID}),
    LotState.SOLD: frozenset({LotState.HERE, LotState.RECALLED}),
    LotState.HELD: frozenset({LotState.HERE, LotState.ON_WAY, LotState.RECALLED}),
    LotState.RECALLED: frozenset({LotState.HERE, LotState.ON_WAY, LotState.USED, LotState.SOLD}),
    LotState.VOID: frozenset(),
}
complete_table(LotState, LOT_MOVES)


class Part(StrEnum):
    """What a lot was to a record: made by it, used up in it (in part or whole), or only named."""

    MADE = "made"
    USED = "used"
    NAMED = "named"


class ReportKind(StrEnum):
    """What a paper about a lot says: what a laboratory found, or that an animal or its meat passed quarantine."""

    TEST = "test"
    QUARANTINE = "quarantine"


class FindingKind(StrEnum):
    """What does not add up, or has changed, about a lot."""

    # The receiver weighed other than was sent.
    WEIGHT_DIFFERS = "weight_differs"
    # More was taken out of a lot than it holds, since its weight was corrected.
    MORE_OUT = "more_out"
    # A record behind a lot that one holds was declared wrong, and corrected or withdrawn.
    CORRECTED = "corrected"
    # It was measured warmer or colder than it may be.
    TEMPERATURE = "temperature"


class RecallState(StrEnum):
    """How a recall stands."""

    OPEN = "open"
    CLOSED = "closed"


RECALL_MOVES: Moves[RecallState] = {
    RecallState.OPEN: frozenset({RecallState.CLOSED}),
    RecallState.CLOSED: frozenset(),
}
complete_table(RecallState, RECALL_MOVES)


class ProblemKind(StrEnum):
    """What somebody who scanned says is wrong."""

    OTHER_GOODS = "other_goods"
    SPOILT = "spoilt"
    OPENED = "opened"
    OTHER = "other"
