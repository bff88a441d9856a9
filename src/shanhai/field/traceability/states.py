# SPDX-License-Identifier: Apache-2.0
"""What parties are, and in which roles events name things."""

from __future__ import annotations

from enum import IntEnum, StrEnum


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
