# SPDX-License-Identifier: Apache-2.0
"""Reading outlines: which division a point lies in, and the shapes of the small maps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import shapely
from django.db.models import Count, Max

from shanhai.base.database.selectors import within
from shanhai.registers.places.models import Division, Outline
from shanhai.registers.places.rules.codes import level_of, parent_codes
from shanhai.registers.places.rules.drawing import Area, drawn
from shanhai.registers.places.values import Level, MapShape


def locate(points: Sequence[tuple[float, float]], *, level: Level = Level.COUNTY) -> list[str]:
    """For each (lon, lat) the code of the division of ``level`` that holds it, or "". Two queries for any number."""
    if not points:
        return []
    found = [""] * len(points)
    lons, lats = zip(*points, strict=True)
    boxes = list(
        Outline.objects.filter(
            division__level=level,
            west__lte=max(lons), east__gte=min(lons), south__lte=max(lats), north__gte=min(lats),
        )
        .order_by("division__code")
        .values_list("division__code", "pk", "west", "south", "east", "north")
    )  # fmt: skip
    tree = shapely.STRtree(shapely.points(lons, lats))
    inside = {box[0]: tree.query(shapely.box(*box[2:])) for box in boxes}
    wanted = {box[1]: box[0] for box in boxes if inside[box[0]].size}
    rows = Outline.objects.filter(pk__in=wanted).order_by("division__code").values_list("pk", "wkb")
    for pk, wkb in rows.iterator(chunk_size=50):
        area = shapely.from_wkb(bytes(wkb))
        shapely.prepare(area)
        for index in inside[wanted[pk]]:
            if not found[index] and shapely.covers(area, tree.geometries[index]):
                found[index] = wanted[pk]
    return found


def outlines_of(codes: Iterable[str]) -> dict[str, Any | None]:
    """For each registered one of ``codes`` its outline, or that of what it lies in, or None when neither has one."""
    wanted = set(codes)
    lineages = {code: (code, *parent_codes(code)) for code in wanted}
    registered = Division.objects.filter(code__in=wanted).order_by("code").values_list("code", flat=True)
    every = {ancestor for lineage in lineages.values() for ancestor in lineage}
    rows = Outline.objects.filter(division__code__in=every).order_by("pk").values_list("division__code", "wkb")
    drawn_areas = {code: shapely.from_wkb(bytes(wkb)) for code, wkb in rows.iterator(chunk_size=50)}
    return {
        code: next((drawn_areas[near] for near in lineages[code] if near in drawn_areas), None) for code in registered
    }


def list_shapes(*, under: str, width: int, height: int, level: Level | None = None) -> tuple[MapShape, ...]:
    """The divisions in ``under`` that have outlines, drawn to fit a box of ``width`` by ``height`` pixels.

    Of a province the prefectures, of a prefecture the counties, of a county itself, unless ``level`` says otherwise.
    Kept in the process until a division in there changes, which one query tells.
    """
    below = {Level.PROVINCE: Level.PREFECTURE, Level.PREFECTURE: Level.COUNTY, Level.COUNTY: Level.COUNTY}
    wanted = level or below[level_of(under)]
    state = Division.objects.filter(within(under, "code")).aggregate(Count("pk"), Max("changed_at"))
    return _drawn(under, wanted, width, height, state["pk__count"], state["changed_at__max"])


def list_wrong_boxes() -> tuple[str, ...]:
    """The codes of divisions whose stored box is not the bounds of their stored outline; read in small batches."""
    rows = Outline.objects.select_related("division").order_by("division__code")
    return tuple(
        row.division.code
        for row in rows.iterator(chunk_size=50)
        if shapely.from_wkb(bytes(row.wkb)).bounds != (row.west, row.south, row.east, row.north)
    )


@lru_cache(maxsize=64)
def _drawn(
    under: str, level: Level, width: int, height: int, count: int, changed_at: datetime | None
) -> tuple[MapShape, ...]:
    rows = (
        Outline.objects.filter(within(under, "division__code"), division__level=level)
        .select_related("division")
        .order_by("division__code")
    )
    areas = [_area(row) for row in rows]
    return drawn(areas, width, height)


def _area(row: Outline) -> Area:
    division = row.division
    geometry = shapely.from_wkb(bytes(row.wkb))
    inside = geometry.representative_point()
    lon = inside.x if division.label_lon is None else division.label_lon
    lat = inside.y if division.label_lat is None else division.label_lat
    return Area(division.code, division.name, division.name_en, geometry, (lon, lat))
