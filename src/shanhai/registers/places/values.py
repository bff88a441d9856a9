# SPDX-License-Identifier: Apache-2.0
"""The small types in which places speak to the apps above them."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """The three levels that a six-digit code of GB/T 2260 can name."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"


class SiteKind(StrEnum):
    """What stands at a site."""

    SETTLEMENT = "settlement"
    SCHOOL = "school"
    HOSPITAL = "hospital"
    FARM = "farm"
    PARK = "park"
    WORKS = "works"
    STATION = "station"
    OTHER = "other"
