# SPDX-License-Identifier: Apache-2.0
"""The small types in which places speak to the apps above them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The three levels that a six-digit code of GB/T 2260 can name."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"


class ChangeKind(StrEnum):
    """What became of a division; after the last two the old one goes on."""

    RENAMED = "renamed"
    RECODED = "recoded"
    MERGED = "merged"
    SPLIT = "split"
    CEDED = "ceded"
    FOUNDED = "founded"


# After these the old division is no more; from these on the new one is; and these are one place with what followed.
ENDING = frozenset(ChangeKind) - {ChangeKind.CEDED, ChangeKind.FOUNDED}
STARTING = frozenset({ChangeKind.RENAMED, ChangeKind.RECODED, ChangeKind.CEDED, ChangeKind.FOUNDED})
ONE_PLACE = ENDING - {ChangeKind.SPLIT}


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


class Crs(StrEnum):
    """The coordinate systems that a file may be in. What is stored is always WGS 84.

    CGCS2000 (GB 22021) is taken as WGS 84: the two differ by centimetres, less than any outline or hand-held fix here.
    """

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """One division as a file states it, not yet checked; "" or None is what the file does not state.

    ``row`` is the line or the feature's number, 1-based; ``label`` is [lon, lat]; ``geometry`` a GeoJSON geometry.
    """

    row: int
    code: str = ""
    name: str = ""
    name_en: str = ""
    level: str = ""
    parent: str = ""
    label: object = None
    geometry: object = None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """How a division became another, as a file states it, not yet checked; "" is what the file does not state."""

    row: int
    code_old: str = ""
    code_new: str = ""
    name_old: str = ""
    name_new: str = ""
    kind: str = ""
    since: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One site as a file states it, not yet checked; ``division`` is a code, or "" to be found by location."""

    row: int
    name: str = ""
    lon: str = ""
    lat: str = ""
    division: str = ""
    altitude: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class MapShape:
    """A division drawn in pixels: ``path`` is SVG path data, the label stands at (``label_x``, ``label_y``)."""

    code: str
    name: str
    name_en: str
    path: str
    label_x: float
    label_y: float
