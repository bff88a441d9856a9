# SPDX-License-Identifier: Apache-2.0
"""The small types in which organisations speak to the apps above them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OrganisationKind(StrEnum):
    """What an organisation is, as far as the programme needs to tell."""

    GOVERNMENT = "government"
    COMPANY = "company"
    SCHOOL = "school"
    HOSPITAL = "hospital"
    COOPERATIVE = "cooperative"
    SOCIAL = "social"
    TEAM = "team"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """What is registered of an organisation. ``division`` is a GB/T 2260 code or "", ``uscc`` a code or ""."""

    name: str
    kind: OrganisationKind
    short_name: str = ""
    uscc: str = ""
    division: str = ""


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """One organisation as a file states it, not yet checked; "" is what the file does not state.

    ``uscc`` is the cell as the file holds it: a number there is the trace of a spreadsheet that has rounded it.
    """

    row: int
    name: str
    short_name: str = ""
    uscc: object = ""
    kind: str = ""
    division: str = ""
