# SPDX-License-Identifier: Apache-2.0
"""What is stored already, as far as the rows of a sheet are compared with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from shanhai.planning.projects.values import Funds, LineFacts, ProjectFacts, Standing

LineKey = tuple[int, str]


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A stored allocation line."""

    pk: int
    uuid: str
    facts: LineFacts
    funds: Funds


@dataclass(frozen=True, slots=True)
class KnownProject:
    """A stored project with its lines by year and fund source, of which there may be several."""

    pk: int
    facts: ProjectFacts
    standing: Standing
    lines: Mapping[LineKey, tuple[KnownLine, ...]] = field(default_factory=dict)

    @property
    def years(self) -> frozenset[int]:
        """The years whose plans give it money."""
        return frozenset(year for year, _ in self.lines)


@dataclass(frozen=True, slots=True)
class KnownPlan:
    """A yearly plan: its state, and what it takes from each fund source, in fen; empty when issued line by line."""

    state: str
    amounts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """Everything a row is compared with.

    ``places`` maps what the table writes to the codes of divisions in the recipient that it may mean, ``place_names``
    those codes to names, ``former`` has the words for divisions that others followed, ``elsewhere`` the words for
    others to their names; ``categories`` maps codes and names to (code, default livelihood percent); ``sources`` maps
    codes and names to codes. ``usual`` are the amounts of the lines of each year that the sheet does not speak of.
    ``codes`` are all codes of the programme by the form in which codes are compared; ``may_post`` is whether money
    may be recorded.
    """

    programme: str
    currency: str
    recipient_name: str
    first_year: int
    last_year: int
    today: date
    year: int
    places: Mapping[str, tuple[str, ...]]
    place_names: Mapping[str, str]
    elsewhere: Mapping[str, str]
    categories: Mapping[str, tuple[str, int]]
    sources: Mapping[str, str]
    plans: Mapping[int, KnownPlan]
    projects: Mapping[str, KnownProject]
    usual: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    five_year_plan: int = 0
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    former: frozenset[str] = frozenset()
    may_post: bool = True
