# SPDX-License-Identifier: Apache-2.0
"""Reading divisions and outlines, which are public knowledge, and sites, which are for those who work here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import shapely
from django.db.models import Count, Max, Min, Q, QuerySet

from shanhai.base.database.selectors import holding, row_of, within
from shanhai.base.formats import named
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.page_memory import remembered
from shanhai.registers.places.models import Division, DivisionChange, Outline, Site
from shanhai.registers.places.rules.geometry import Area, drawn, projection
from shanhai.registers.places.rules.names import short_names
from shanhai.registers.places.rules.rows import Succession, level_of, parent_codes
from shanhai.registers.places.rules.shifts import from_wgs84
from shanhai.registers.places.values import ENDING, Crs, Level, MapShape

_BLANKS = re.compile(r"[\s\u3000\u200b]+")
_NOT_FOUND = "places.division_not_found"
MOST_NAMED = 12
# What a table calls the prefecture itself, for what belongs to no county.
_BELOW = {Level.PROVINCE: Level.PREFECTURE, Level.PREFECTURE: Level.COUNTY, Level.COUNTY: Level.COUNTY}
OWN_LEVEL = ("州本级", "地区本级", "市本级", "地本级", "本级", "州直", "地直", "市直")


def get_division(code: str) -> Division:
    """The division of that six-digit code, or the one that followed it. Raises BadInput.

    A code that became several, none of which is it, names them in the refusal.
    """
    found = Division.objects.filter(code=code).first()
    if found is None or found.valid_to:
        found = divisions_of([code]).get(code)
    if found is not None:
        return found
    several = find_divisions(succession().of(code)).values()
    if several:
        text = gettext_noop("代码 %(code)s 已经变更，之后是：%(names)s。请选其中一个。")
        raise BadInput(text, _NOT_FOUND, code=code[:12], names=tuple(map(str, several)))
    raise BadInput(gettext_noop("没有登记代码为 %(code)s 的行政区划。"), _NOT_FOUND, code=code[:12])


def meant_division(written: str) -> Division:
    """The one division that a person means by its code, a name or pinyin. Raises BadInput, naming those it may be.

    A full name outweighs a short one, and that a part of one.
    """
    written = written.strip()
    if not written or written.isdecimal():
        return get_division(written)
    found = list(list_divisions(text=written).select_related("parent"))
    words = (
        [one for one in found if written in (one.name, one.name_en)],
        [one for one in found if written.lower() in one.spelled.split()],
        found,
    )
    meant = next(filter(None, words), [])
    if len(meant) == 1:
        return meant[0]
    if not meant:
        text = gettext_noop("没有找到“%(text)s”。请填区划的代码、名称、简称或拼音。")
        raise BadInput(text, _NOT_FOUND, text=written[:40])
    text = gettext_noop("“%(text)s”可能是：%(names)s。请填其中一个的代码。")
    names = tuple(f"{one.code} {one.parent.name if one.parent else ''}{one.name}" for one in meant[:MOST_NAMED])
    raise BadInput(text, _NOT_FOUND, text=written[:40], names=names)


def divisions_of(codes: Iterable[str]) -> dict[str, Division]:
    """By each of ``codes`` the division it means today: its own, or the registered one that followed it alone."""
    after = succession()
    followers = {code: after.of(code) for code in codes if code}
    found = find_divisions({*followers, *chain.from_iterable(followers.values())})
    # What became several is itself, while it is registered; so is one that nothing registered has followed.
    chosen = {code: one[0] if len(one) == 1 and one[0] in found else code for code, one in followers.items()}
    return {code: found[one] for code, one in chosen.items() if one in found}


def find_divisions(codes: Iterable[str]) -> dict[str, Division]:
    """The registered ones among ``codes``, by code, in one query; what is stored keeps the code of its day."""
    return {division.code: division for division in Division.objects.filter(code__in=set(codes)).order_by("code")}


@remembered
def succession() -> Succession:
    """What followed which code. One query."""
    changes = DivisionChange.objects.order_by("since", "pk")
    return Succession(changes.values_list("kind", "code_old", "code_new"))


def codes_of_one_place(code: str) -> tuple[str, ...]:
    """All codes that are one place with ``code``, old and new, itself first: what is stored may bear any of them."""
    return succession().one_place(code)


def changes_into(codes: Iterable[str]) -> dict[str, list[DivisionChange]]:
    """For each code the changes by which it became what it is: those of all codes of one place, oldest first."""
    changes = list(DivisionChange.objects.exclude(code_old="").order_by("since", "pk"))
    after = Succession((one.kind, one.code_old, one.code_new) for one in changes)
    places = {code: after.one_place(code) for code in codes}
    return {code: [one for one in changes if one.code_new in place] for code, place in places.items()}


def said_of_change(written: str, found: Division) -> Message | None:
    """What to tell a person whose code is no longer in force; None where it is."""
    if not written or written == found.code:
        return None
    text = gettext_noop("代码 %(old)s 已经变更，按 %(new)s（%(name)s）登记。")
    return message(text, old=written, new=found.code, name=found.name)


def list_divisions(
    *, level: Level | None = None, under: str | None = None, text: str = "", ended: bool = False
) -> QuerySet[Division]:
    """Divisions in force, with ``ended`` also those that others have followed, in the order of their codes.

    ``under`` keeps what lies in that division, without the division.

    ``text`` is looked for in the names, short ones and pinyin too, also in those of what has become the division since,
    and, whole, as its code.
    """
    found = (Division.objects.all() if ended else Division.objects.in_force()).order_by("code")
    if text:
        before = DivisionChange.objects.filter(holding(text, "name_old", whole="code_old")).values_list(
            "code_new", flat=True
        )
        after = succession()
        became = set(chain.from_iterable(after.of(code) for code in before))
        found = found.filter(holding(text, "name", "name_en", whole="code", initials="spelled") | Q(code__in=became))
    if level is not None:
        found = found.filter(level=level)
    if under is not None:
        found = found.filter(within(under, "code")).exclude(code=under)
    return found


def list_counties_of(code: str, *, ended: bool = False) -> QuerySet[Division]:
    """The counties in force in the division ``code``, with ``ended`` all; a county's only county is itself."""
    return list_divisions(level=Level.COUNTY, ended=ended).filter(within(code, "code"))


def county_choices(code: str) -> list[tuple[str, str]]:
    """The same by code and name in the reader's language, to choose among in a form."""
    return [(one.code, named(one)) for one in list_counties_of(code)]


class PlaceWords:
    """The words for the divisions in one prefecture, and for the prefecture itself. Three queries."""

    def __init__(self, recipient: Division) -> None:
        self.names = {one.code: one.name for one in (recipient, *list_divisions(under=recipient.code, ended=True))}
        self._codes: dict[str, dict[str, None]] = {}
        changes = list(DivisionChange.objects.order_by("since", "pk"))
        after = Succession((one.kind, one.code_old, one.code_new) for one in changes)
        followers = {one: after.of(one.code_new) if one.kind in ENDING else () for one in changes}
        for code, name in self.names.items():
            # One that is registered still, though others have followed it, is found by what they are.
            if all(one == code or one not in self.names for one in after.of(code)):
                for word in (code, name, *short_names(name)):
                    self._codes.setdefault(word, {})[code] = None
        for word in OWN_LEVEL:
            self._codes[word] = {recipient.code: None}
        self._former = self._words_of_old(followers)
        self._codes |= self._former
        # A name behind its parents': 甘孜州康定市. The longest first.
        befores = {recipient.name, *short_names(recipient.name)} | {
            name
            for change, followed in followers.items()
            if recipient.code in followed
            for name in (change.name_old, *short_names(change.name_old))
        }
        self._before = sorted(befores, key=len, reverse=True)

    def find(self, written: str) -> tuple[str, ...]:
        """The codes of the places that a word may mean: one, none, or several of which a person must choose.

        A full name outweighs a short one.
        """
        word = self._bare(written)
        found = self._codes.get(word, {})
        whole = tuple(code for code in found if self.names[code] == word)
        return whole or tuple(found)

    def is_former(self, written: str) -> bool:
        """Whether the word is the code or the name of a division that another has followed."""
        return self._bare(written) in self._former

    def _bare(self, written: str) -> str:
        word = _BLANKS.sub("", written)
        if word in self._codes:
            return word
        rests = (word.removeprefix(before) for before in self._before)
        return next((rest for rest in rests if rest != word and rest in self._codes), word)

    def _words_of_old(self, followers: Mapping[DivisionChange, Iterable[str]]) -> dict[str, dict[str, None]]:
        """Old codes and names with what followed them here. What is in force today has the word before them."""
        words: dict[str, dict[str, None]] = {}
        for change, followed in followers.items():
            here = dict.fromkeys(code for code in followed if code in self.names)
            for word in (change.code_old, change.name_old, *short_names(change.name_old)):
                if here and word and word not in self._codes:
                    words.setdefault(word, {}).update(here)
        return words


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
    wanted = level or _BELOW[level_of(under)]
    state = Division.objects.filter(within(under, "code")).aggregate(Count("pk"), Max("changed_at"))
    return _drawn(under, wanted, width, height, state["pk__count"], state["changed_at__max"])


def points_on(
    points: Sequence[tuple[float, float]], *, under: str, width: int, height: int
) -> list[tuple[float, float] | None]:
    """Where each (lon, lat) falls on the map that ``list_shapes`` draws of ``under``; None beside it. One query."""
    drawn_there = Outline.objects.filter(within(under, "division__code"), division__level=_BELOW[level_of(under)])
    west, south, east, north = drawn_there.aggregate(
        west=Min("west"), south=Min("south"), east=Max("east"), north=Max("north")
    ).values()
    if west is None:
        return [None] * len(points)
    onto = projection((west, south, east, north), width, height)
    return [onto.point(lon, lat) if west <= lon <= east and south <= lat <= north else None for lon, lat in points]


def web_maps(lon: float, lat: float, name: str) -> tuple[tuple[Message, str], ...]:
    """Where Chinese web maps show a point of WGS 84, each in the system that it draws in: its name, the address."""
    amap, baidu = (from_wgs84(lon, lat, crs) for crs in (Crs.GCJ02, Crs.BD09))
    shown = name[:60] or "·"
    asked = {"position": f"{amap[0]:.6f},{amap[1]:.6f}", "name": shown, "coordinate": "gaode", "callnative": "0"}
    told = {"location": f"{baidu[1]:.6f},{baidu[0]:.6f}", "title": shown, "content": shown, "output": "html"}
    return (
        (message(gettext_noop("高德地图")), f"https://uri.amap.com/marker?{urlencode(asked)}"),
        (
            message(gettext_noop("百度地图")),
            f"https://api.map.baidu.com/marker?{urlencode({**told, 'coord_type': 'bd09ll', 'src': 'shanhai'})}",
        ),
    )


def list_wrong_boxes() -> tuple[str, ...]:
    """The codes of divisions whose stored box is not the bounds of their stored outline; read in small batches."""
    rows = Outline.objects.select_related("division").order_by("division__code")
    return tuple(
        row.division.code
        for row in rows.iterator(chunk_size=50)
        if shapely.from_wkb(bytes(row.wkb)).bounds != (row.west, row.south, row.east, row.north)
    )


def get_site(*, viewer: Actor, uuid: UUID) -> Site:
    """The site with its division. Raises NotVisible."""
    rows = Site.objects.visible_to(viewer).select_related("division")
    return row_of(rows, uuid, gettext_noop("没有找到这个地点。请从列表重新选择。"))


def list_sites(*, viewer: Actor, under: str | None = None) -> QuerySet[Site]:
    """Sites with their divisions, by division and name; ``under`` keeps those in that division."""
    found = Site.objects.visible_to(viewer).select_related("division").order_by("division__code", "name", "pk")
    return found.filter(within(under, "division__code"))


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
