# SPDX-License-Identifier: Apache-2.0
"""What is asked of the events, read from parameters: conditions that all hold, an order, limits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from shanhai.field.traceability.states import Role
from shanhai.kernel.errors import BadInput, DomainError


class QueryParameter(BadInput):
    """A parameter that nobody knows, or a value that it cannot have. The field is its name."""

    code = "traceability.epcis_query_parameter"


class QueryValidation(BadInput):
    """A query that is understood and cannot be answered here. The field is the parameter."""

    code = "traceability.epcis_query_validation"


class QueryTooComplex(DomainError):
    """It would have to read more than a setting allows."""

    code = "traceability.epcis_query_too_complex"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class QueryTooLarge(DomainError):
    """More events answer than who asks wants."""

    code = "traceability.epcis_query_too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class Op(StrEnum):
    """How what an event has is compared with what is asked; EXISTS: it has some."""

    EQ = "EQ"
    GT = "GT"
    GE = "GE"
    LT = "LT"
    LE = "LE"
    EXISTS = "EXISTS"


class Place(StrEnum):
    """Where in an event it is looked for."""

    TYPE = "type"
    ACTION = "action"
    STEP = "bizStep"
    DISPOSITION = "disposition"
    READ_POINT = "readPoint"
    LOCATION = "bizLocation"
    EVENT_TIME = "eventTime"
    RECORD_TIME = "recordTime"
    EVENT_ID = "eventID"
    DECLARED = "errorDeclaration"
    SENSED = "sensorElementList"
    # A thing, in one of ``roles``; a transaction, source or destination of the type ``name``.
    THING = "thing"
    PAIR = "pair"
    # A field: of the standard, or "{namespace}local" of an extension, in one of ``wheres``.
    FIELD = "field"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class Field:
    """What a condition is about.

    ``wheres`` are called as parameters have them ("ILMD", "INNER_ILMD", "SENSORREPORT", "readPoint"; "" and "INNER" for
    extensions of the event itself); ``unit`` is the base unit of what is measured.
    """

    place: Place
    name: str = ""
    wheres: tuple[str, ...] = ()
    unit: str = ""
    roles: frozenset[Role] = frozenset()


# A text in its one spelling, a number (float), or an instant in microseconds (int).
Operand = str | float | int


@dataclass(frozen=True, slots=True)
class Condition:
    """One of ``operands`` stands in relation ``op`` to one of the values of ``field``. ``parameter`` asked for it."""

    parameter: str
    field: Field
    op: Op
    operands: tuple[Operand, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """``order`` is eventTime, recordTime or an extension; ``limit`` cuts answers off, more than ``most`` is refused.

    ``declared``: it asks for error declarations, so what was declared wrong answers, too.
    """

    conditions: tuple[Condition, ...] = ()
    order: Field = Field(Place.EVENT_TIME)
    ascending: bool = False
    limit: int | None = None
    most: int | None = None
    declared: bool = False
