# SPDX-License-Identifier: Apache-2.0
"""How an item of a template is scored, and the items of one as a table states them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Scoring(StrEnum):
    """A function from what was reached to a part of the weight."""

    # The part of the target that was reached, at most all of it.
    SHARE_OF_TARGET = "share_of_target"
    # The part that belongs to the highest step that was reached.
    STEPS = "steps"
    YES_NO = "yes_no"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Item:
    """What is scored, with at most ``weight`` points of the hundred.

    ``target`` and ``steps`` (pairs of what is to be reached and the percent of the weight for it) are in the unit of
    the figure of ``figure`` (yuan, percent, pieces), "" where a person says what was reached. ``evidence`` is what has
    to be shown, in words.
    """

    aspect: str
    name: str
    weight: Decimal
    scoring: Scoring
    target: Decimal | None = None
    steps: tuple[tuple[Decimal, Decimal], ...] = ()
    figure: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A row of a table of a template, as the cells were read; "" and None are what it does not state."""

    row: int = 1
    template: str = ""
    aspect: str = ""
    item: str = ""
    weight: Decimal | None = None
    scoring: Scoring | None = None
    target: Decimal | None = None
    steps: str = ""
    figure: str = ""
    evidence: str = ""
