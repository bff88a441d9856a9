# SPDX-License-Identifier: Apache-2.0
"""What can be said of a site and of a point: each fault beside the field that has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isclose, isfinite, pi
from typing import Any, TypeVar

from shanhai.field.sensors.stations.values import PHENOMENA
from shanhai.kernel.errors import BadInput, Faults
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.operations.hazards.sites.rules.drawing import metres_from, outline_from, route_from, shelter_from
from shanhai.operations.hazards.sites.values import PointFacts, SiteFacts
from shanhai.operations.hazards.values import Quantity, SiteKind, Zone

E = TypeVar("E", bound=StrEnum)
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
# What no alert, no table and no database holds, as it is pasted from elsewhere; the first two break a line there.
_BREAKS, _NO_SIGN = re.compile("\r\n?|[\x0b\x0c]"), re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Below the two names devices send.
_TOPIC = re.compile(r"(?!\$|shanhai/|v1\.1/)[^+#]+")
# What nobody can count at one slope: a slip of the keyboard.
MOST_PEOPLE = 1_000_000
# Further from the outline, a route or a shelter is a slip of the keyboard; a point is asked about.
MOST_KM, NEAR_M = 50.0, 2000.0
MOST_WEIGHT = 10.0
# By quantity the units in which devices tell it, and what they are multiplied with to be in ours.
FACTORS: dict[Quantity, dict[str, float]] = {
    Quantity.DISPLACEMENT: {"mm": 1.0, "cm": 10.0, "m": 1000.0},
    Quantity.CRACK: {"mm": 1.0, "cm": 10.0, "m": 1000.0},
    Quantity.TILT: {"°": 1.0, "deg": 1.0, "rad": 180 / pi, "mrad": 0.18 / pi},
    Quantity.ACCELERATION: {"mg": 1.0, "g": 1000.0, "m/s²": 1000 / 9.80665, "gal": 1000 / 980.665},
    Quantity.RAIN: {"mm": 1.0, "cm": 10.0},
    Quantity.SOIL_MOISTURE: {"%": 1.0, "m³/m³": 100.0},
}
_METRICS = {
    "disp": Quantity.DISPLACEMENT,
    "crack": Quantity.CRACK,
    "tilt": Quantity.TILT,
    "rain": Quantity.RAIN,
    "soil-moist": Quantity.SOIL_MOISTURE,
}
_MEANT = {PHENOMENA[key].definition: quantity for key, quantity in _METRICS.items()}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A site's geometry as it is stored, in WGS 84."""

    outline: dict[str, Any]
    route: dict[str, Any] | None
    shelter: tuple[float, float] | None


def checked_site(facts: SiteFacts, *, most_km: float) -> tuple[SiteFacts, Drawn]:
    """The facts and the geometry as they are stored; ``most_km`` is the largest size of an outline.

    Raises BadInput with all faults.
    """
    faults, code, name, shelter_words = Faults(), "", "", ""
    texts: dict[str, Any] = {}
    outline: dict[str, Any] = {}
    route, shelter = None, None
    with faults.of("code"):
        code = checked_code(facts.code)
    with faults.of("name"):
        name = checked_text(_line(facts.name), 100, required=True)
    with faults.of("kind"):
        checked_member(facts.kind, SiteKind)
    for field in ("households", "people"):
        with faults.of(field):
            _check_count(getattr(facts, field))
    for field, most in (("route_words", 2000), ("description", 2000)):
        with faults.of(field):
            texts[field] = checked_text(getattr(facts, field), most)
    with faults.of("siren"):
        texts["siren"] = checked_text(facts.siren, 200)
        if texts["siren"] and not _TOPIC.fullmatch(texts["siren"]):
            text = gettext_noop("警报器的主题不能带 + 和 #，也不能以 $、shanhai/、v1.1/ 开头。请改一个。")
            raise BadInput(text, "hazards.siren_not_a_topic")
    with faults.of("shelter"):
        shelter_words = checked_text(_line(facts.shelter), 200)
        if not shelter_words and (facts.people or facts.households):
            text = gettext_noop("有人受威胁，请写避险点：出事时往哪里去。")
            raise BadInput(text, "hazards.shelter_missing")
    with faults.of("outline"):
        outline = outline_from(facts.outline, facts.crs, most_km=most_km)
    with faults.of("route"):
        route = route_from(facts.route, facts.crs)
    with faults.of("shelter_lon"):
        shelter = shelter_from(facts.shelter_lon, facts.shelter_lat, facts.crs)
    if outline:
        _check_beside(faults, outline, route, shelter)
    faults.tell()
    return replace(facts, code=code, name=name, shelter=shelter_words, **texts), Drawn(outline, route, shelter)


def _check_beside(
    faults: Faults, outline: dict[str, Any], route: dict[str, Any] | None, shelter: tuple[float, float] | None
) -> None:
    point = shelter and {"type": "Point", "coordinates": list(shelter)}
    for field, found in (("route", route), ("shelter_lon", point)):
        with faults.of(field):
            away = metres_from(outline, found) / 1000 if found else 0.0
            if away > MOST_KM:
                text = gettext_noop("离隐患点有 %(km)s 公里，像是坐标写错了。请检查。")
                raise BadInput(text, "hazards.far_away", km=f"{away:.0f}")
    with faults.of("shelter_lon"):
        if point and metres_from(outline, point) == 0:
            text = gettext_noop("避险点在隐患点的范围里面，躲不开。请换一个，或者检查坐标。")
            raise BadInput(text, "hazards.shelter_in_danger")


def checked_code(text: str) -> str:
    """A code that can be part of an address. Raises BadInput."""
    code = text.strip().lower()
    if not _CODE.fullmatch(code):
        wrong = gettext_noop("“%(text)s”不能作代码。请用小写字母、数字和连字符，最多 40 个，例如 wuse-2。")
        raise BadInput(wrong, "hazards.code_not_usable", field="code", text=text.strip()[:40])
    return code


def checked_text(text: str, most: int, *, required: bool = False) -> str:
    """Words that can be stored, and stand in an alert; signs that nobody sees are blanks. Raises BadInput."""
    clean = _NO_SIGN.sub(" ", _BREAKS.sub("\n", text)).strip()
    if not any(one.isprintable() and not one.isspace() for one in clean):
        if required:
            raise BadInput(gettext_noop("这里不能空着。"), "hazards.text_missing")
        return ""
    if len(clean) > most:
        wrong = gettext_noop("有 %(count)s 个字，最多 %(most)s 个。请写短一些。")
        raise BadInput(wrong, "hazards.text_too_long", count=len(clean), most=most)
    return clean


def _line(text: str) -> str:
    return " ".join(text.split())


def checked_member(text: str, kind: type[E]) -> E:
    """The member of that value. Raises BadInput."""
    try:
        return kind(text)
    except ValueError:
        wrong = gettext_noop("没有“%(text)s”这一项。请从列表里选。")
        raise BadInput(wrong, "hazards.choice_unknown", text=text[:40]) from None


def _check_count(count: int | None) -> None:
    if count is not None and not 0 <= count <= MOST_PEOPLE:
        text = gettext_noop("%(count)s 不是可能的个数。请填 0 到 %(most)s 的整数，不知道就空着。")
        raise BadInput(text, "hazards.count_not_possible", count=count, most=MOST_PEOPLE)


def meant_quantity(definition: str, unit: str) -> Quantity | None:
    """The quantity that a datastream of this observed property and unit most likely tells; None for none of ours."""
    found = _MEANT.get(definition)
    fitting = [one for one, units in FACTORS.items() if unit in units]
    return found or (fitting[0] if len(fitting) == 1 else None)


def checked_point(facts: PointFacts, *, definition: str, unit: str) -> PointFacts:
    """The facts as they are stored, completed by what the datastream observes. Raises BadInput with all faults."""
    faults, name, quantity, factor = Faults(), "", facts.quantity, facts.factor
    with faults.of("name"):
        name = checked_text(_line(facts.name), 60, required=True)
    with faults.of("zone"):
        checked_member(facts.zone, Zone)
    with faults.of("quantity"):
        meant = checked_member(quantity, Quantity) if quantity else meant_quantity(definition, unit)
        if meant is None:
            text = gettext_noop("看不出这个数据流观测的是什么。请选一项。")
            raise BadInput(text, "hazards.quantity_unknown")
        quantity = meant.value
        factor = FACTORS[meant].get(unit) if factor is None else factor
    with faults.of("factor"):
        if quantity and factor is None:
            text = gettext_noop("不知道怎么从“%(unit)s”换算。请填换算系数：读数乘以它，就是判据用的单位。")
            raise BadInput(text, "hazards.factor_missing", unit=unit or "—")
        if factor is not None and (not isfinite(factor) or factor == 0 or abs(factor) > 1e9):
            raise BadInput(gettext_noop("换算系数要是不等于 0 的数；方向相反的写负数。"), "hazards.factor_not_usable")
    with faults.of("weight"):
        if not 0 <= facts.weight <= MOST_WEIGHT:
            text = gettext_noop("权重在 0 到 %(most)s 之间，一般是 1。")
            raise BadInput(text, "hazards.weight_not_usable", most=f"{MOST_WEIGHT:g}")
    with faults.of("lon"):
        if (facts.lon is None) != (facts.lat is None):
            raise BadInput(gettext_noop("经度和纬度要一起填，或者都空着。"), "hazards.point_incomplete")
        if facts.lon is not None and facts.lat is not None:
            shelter_from(str(facts.lon), str(facts.lat), "wgs84")
    faults.tell()
    return replace(facts, name=name, quantity=quantity, factor=factor)


def said_of_place(outline: dict[str, Any], lon: float | None, lat: float | None) -> Message | None:
    """What to tell a person of a point that lies far from the outline; None where it is near or nowhere."""
    if lon is None or lat is None:
        return None
    away = metres_from(outline, {"type": "Point", "coordinates": [lon, lat]})
    if away <= NEAR_M:
        return None
    text = gettext_noop("已记下，不过这个点离隐患点的范围有 %(km)s 公里。请检查坐标。")
    return message(text, km=f"{away / 1000:.1f}")


def said_of_factor(quantity: str, factor: float, unit: str) -> Message | None:
    """What to tell a person of a factor that is not that of the unit, the sign aside; None where nobody could say."""
    usual = FACTORS[Quantity(quantity)].get(unit)
    if usual is None or isclose(abs(factor), usual, rel_tol=0.2):
        return None
    text = gettext_noop("换算系数是 %(factor)s，从“%(unit)s”换算一般是 %(usual)s。请检查单位写得对不对、后来改过没有。")
    return message(text, factor=f"{factor:g}", unit=unit, usual=f"{usual:g}")


def unit_symbol(unit: object) -> str:
    """How people write the unit of a datastream; "" for none and for several."""
    return str(unit.get("symbol") or "") if isinstance(unit, Mapping) else ""
