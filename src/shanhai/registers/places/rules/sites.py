# SPDX-License-Identifier: Apache-2.0
"""Checking rows of sites before anything is written: every fault is found, not only the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

import shapely

from shanhai.kernel.errors import DomainError, Problem
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import rounded
from shanhai.registers.places.rules.divisions import full_code
from shanhai.registers.places.rules.geometry import to_wgs84
from shanhai.registers.places.values import Crs, SiteKind, SiteRow

# Outlines for the screen are simplified by up to 0.02° (about two kilometres): so far outside may still be inside.
TOLERANCE_DEGREES = 0.02
ALTITUDES = (-200, 9000)


@dataclass(frozen=True, slots=True)
class CheckedSite:
    """A row that may be stored; ``division`` is "" while it is still to be found by location."""

    row: int
    name: str
    division: str
    kind: SiteKind | None
    lon: float
    lat: float
    altitude_m: int | None


class _Fault(Exception):
    """One fault in one column of the row at hand."""

    def __init__(self, column: str, code: str, text: str, /, **params: object) -> None:
        self.column, self.code, self.text = column, f"places.{code}", message(text, **params)

    def at(self, row: int, *, blocking: bool = True) -> Problem:
        """The same as a problem of that row."""
        return Problem(self.code, self.text, row, self.column, blocking)


def checked_sites(rows: Sequence[SiteRow], crs: Crs) -> tuple[tuple[CheckedSite, ...], tuple[Problem, ...]]:
    """The rows whose own values are good, in WGS 84, and the problems of the others. Places are not looked at yet."""
    good, problems = [], []
    for row in rows:
        try:
            good.append(_checked(row, crs))
        except _Fault as fault:
            problems.append(fault.at(row.row))
    return tuple(good), tuple(problems)


def placed_sites(
    sites: Sequence[CheckedSite], located: Mapping[int, str], outlines: Mapping[str, Any | None]
) -> tuple[tuple[CheckedSite, ...], tuple[Problem, ...]]:
    """Give each site its division, and compare it with the place it claims.

    ``located`` maps rows to the code of the county they fall into; ``outlines`` maps every registered code that is
    named to its geometry, None where it has no outline.
    """
    good: list[CheckedSite] = []
    problems: list[Problem] = []
    first: dict[tuple[str, str], int] = {}
    for site in sites:
        try:
            placed = _placed(site, located.get(site.row, ""), outlines)
            key = (placed.division, placed.name)
            if key in first:
                text = gettext_noop("“%(name)s”与第 %(row)s 行重复：同一地方已有同名地点。请只留一行，或改名区分。")
                raise _Fault("name", "duplicate", text, name=site.name, row=first[key])
        except _Fault as fault:
            problems.append(fault.at(site.row))
            continue
        first[key] = site.row
        good.append(placed)
        if _degrees_outside(placed, outlines) is not None:
            text = gettext_noop("位置在 %(code)s 轮廓线外侧不远处。轮廓经过简化，请确认位置无误。")
            problems.append(_Fault("lon", "near_border", text, code=placed.division).at(site.row, blocking=False))
    return tuple(good), tuple(problems)


def _checked(row: SiteRow, crs: Crs) -> CheckedSite:
    if not row.name or len(row.name) > 100:
        text = gettext_noop("名称为空或超过 100 个字符。请填地点的名称。")
        raise _Fault("name", "name_missing", text)
    try:
        division = full_code(row.division) if row.division else ""
    except DomainError as error:
        raise _Fault("division", "unknown_division_code", error.message.text, **error.message.params) from None
    lon, lat = _degrees("lon", row.lon), _degrees("lat", row.lat)
    try:
        lon, lat = to_wgs84(lon, lat, crs)
    except DomainError as error:
        raise _Fault("lon", "coordinates_not_usable", error.message.text, **error.message.params) from None
    return CheckedSite(row.row, row.name, division, _kind(row.kind), lon, lat, _altitude(row.altitude))


def _degrees(column: str, written: str) -> float:
    try:
        return float(written)
    except ValueError:
        text = gettext_noop("“%(text)s”不是十进制度数。请填小数，例如 101.9572。")
        raise _Fault(column, "coordinates_not_usable", text, text=written[:40]) from None


def _altitude(written: str) -> int | None:
    if not written:
        return None
    try:
        metres = Decimal(written)
        if metres.is_finite() and ALTITUDES[0] <= metres <= ALTITUDES[1]:
            return int(rounded(metres))
    except InvalidOperation:
        pass
    text = gettext_noop("“%(text)s”不是可能的海拔。请填米数，例如 4500，不写单位。")
    raise _Fault("altitude", "altitude", text, text=written[:40])


def _kind(written: str) -> SiteKind | None:
    try:
        return SiteKind(written) if written else None
    except ValueError:
        text = gettext_noop("“%(text)s”不是已知的类别。请填：%(kinds)s。")
        raise _Fault("kind", "kind", text, text=written[:40], kinds=tuple(f"“{one}”" for one in SiteKind)) from None


def _placed(site: CheckedSite, located: str, outlines: Mapping[str, Any | None]) -> CheckedSite:
    if not site.division:
        if not located:
            text = gettext_noop("位置不在任何已登记的县级轮廓内。请填行政区划代码，或检查经纬度。")
            raise _Fault("division", "not_located", text)
        return replace(site, division=located)
    if site.division not in outlines:
        text = gettext_noop("没有登记代码 %(code)s。请检查代码，或先导入行政区划。")
        raise _Fault("division", "unknown_division_code", text, code=site.division)
    if (_degrees_outside(site, outlines) or 0) > TOLERANCE_DEGREES:
        if located:
            text = gettext_noop("位置（%(lon)s，%(lat)s）落在 %(located)s，不在 %(code)s。请检查经纬度和代码。")
        else:
            text = gettext_noop("位置（%(lon)s，%(lat)s）不在 %(code)s 内。请检查经纬度和代码。")
        where = {"lon": f"{site.lon:.6f}", "lat": f"{site.lat:.6f}", "code": site.division, "located": located}
        raise _Fault("lon", "outside_division", text, **where)
    return site


def _degrees_outside(site: CheckedSite, outlines: Mapping[str, Any | None]) -> float | None:
    """Degrees between the site and the outline of its division; None when it is inside or there is no outline."""
    area = outlines.get(site.division)
    if area is None:
        return None
    return shapely.distance(area, shapely.Point(site.lon, site.lat)) or None
