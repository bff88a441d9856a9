# SPDX-License-Identifier: Apache-2.0
"""The small types in which organisations speak to the apps above them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


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
class OrganisationRow:
    """One organisation as a file or a form states it; "" is what it does not state. ``division`` is a GB/T 2260 code.

    ``uscc`` is the cell as the file holds it: a number there is the trace of a spreadsheet that has rounded it.
    """

    row: int = 1
    name: str = ""
    short_name: str = ""
    uscc: Any = ""
    kind: str = ""
    division: str = ""
