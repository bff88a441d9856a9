# SPDX-License-Identifier: Apache-2.0
"""A product class as it is read, and what a person gives of a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

Names = Mapping[str, str]


class Does(StrEnum):
    """What a step is to lots; it decides the events."""

    BEGIN = "begin"
    CHANGE = "change"
    NAME = "name"
    PACK = "pack"
    SHIP = "ship"
    RECEIVE = "receive"
    SELL = "sell"


class FieldKind(StrEnum):
    """What is typed into a field."""

    TEXT = "text"
    NUMBER = "number"
    COUNT = "count"
    DAY = "day"
    CHOICE = "choice"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of what a field may hold; ``per_kg`` are the least and most pieces in a kilogram, for a grade."""

    key: str
    names: Names
    per_kg: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """A field of a step. ``unit`` is shown beside it, ``most`` of a text its signs, ``measured`` what a report says."""

    key: str
    names: Names
    kind: FieldKind
    required: bool = False
    unit: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    choices: tuple[Choice, ...] = ()
    measured: bool = False


@dataclass(frozen=True, slots=True)
class Temperature:
    """That a field (in CEL) is to lie within bounds that another field or fact, ``by``, chooses."""

    field: str
    by: str
    bounds: Mapping[str, tuple[Decimal, Decimal]]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a chain.

    ``by`` are the kinds of parties that take it, all of them where empty. ``takes`` are the steps whose lots go in,
    ``facts`` what those lots must say; at most ``takes_most``. ``makes`` is the kind of lot that comes out, at most
    ``makes_most``; ``each`` are fields of every one of them, ``sets`` facts they all get. ``at_most`` is how much may
    come out of a gram. ``needs`` are the kinds of papers that every lot must have, with what they must measure;
    ``brings`` the kind that this step brings. ``expires`` are days by the choice of a field or fact.
    """

    key: str
    names: Names
    does: Does
    biz_step: str
    disposition: str
    by: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    facts: Mapping[str, str] = field(default_factory=dict)
    takes_most: int = 200
    makes: str = ""
    makes_most: int = 1
    sets: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[FieldFacts, ...] = ()
    each: tuple[FieldFacts, ...] = ()
    at_most: Decimal = Decimal(1)
    permit: bool = False
    season: tuple[str, str] | None = None
    retags: bool = False
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    brings: str = ""
    temperature: Temperature | None = None
    expires_by: str = ""
    expires: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a product class says. ``notice`` is shown wherever the product is; texts hold no ``forbidden`` word."""

    key: str
    version: int
    names: Names
    steps: tuple[Step, ...]
    notice: Names
    ordinary_food: bool
    forbidden: tuple[str, ...] = ()
    drying_factor: Decimal | None = None
    species: str = ""

    def step(self, key: str) -> Step | None:
        """The step of that key."""
        return next((one for one in self.steps if one.key == key), None)


@dataclass(frozen=True, slots=True)
class Taken:
    """A lot that a step takes, and how many grams of it; all that is left for None."""

    lot: UUID
    grams: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A lot that a step makes; ``count`` boxes alike."""

    grams: int = 0
    pieces: int = 0
    count: int = 1
    facts: Mapping[str, str] = field(default_factory=dict)


def named(names: Names, language: str) -> str:
    """The name in a language, in Chinese where there is none."""
    return names.get(language) or names.get(language.partition("-")[0]) or names["zh-hans"]
