# SPDX-License-Identifier: Apache-2.0
"""What an act, a proof or a piece of news is about, by name instead of by foreign key."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing by its type ("projects.project") and id (a UUID or a code), and where it lies; "" for everywhere."""

    type: str
    id: object
    programme: str = ""
    place: str = ""
