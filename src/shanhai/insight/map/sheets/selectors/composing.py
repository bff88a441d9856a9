# SPDX-License-Identifier: Apache-2.0
"""A sheet as PDF: the counties shaded as on the desk, layers, what they mean, where all is from; the numbers behind."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

import shapely
from django.conf import settings
from django.utils.translation import get_language, gettext

from shanhai.base import formats
from shanhai.base.typesetting import SANS, SERIF, installed, typeset
from shanhai.insight.map.desk.selectors import Shade, counties_of, limit_said, shade
from shanhai.insight.map.ogc.rules.styling import COLOURS, INK, LAKE, PAPER, SIGNS
from shanhai.insight.map.sheets.rules.drawing import CLASSES, DARK, outlines_on, svg_of
from shanhai.insight.map.sheets.rules.framing import Frame, bar_of, degrees_of, degrees_said, frame_of
from shanhai.insight.map.sheets.rules.placing import Board, beside, round_about, signs_of, word_room
from shanhai.insight.map.sheets.selectors.reading import drawn_of
from shanhai.insight.map.sheets.values import PAPERS, Asked, Drawn, Sign, Thing
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import NotVisible, Refused
from shanhai.kernel.figures import Figure, FigureScope
from shanhai.kernel.maps import MapLayer
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.registers.places.selectors import outlines_of

TEMPLATE = Path(__file__).parent.parent / "sheet.typ"
NO_FONT = gettext_noop(
    "这台服务器上没有中文字体，印不了图。请管理员安装 fonts-noto-cjk，或者用 SHANHAI_FONT_PATHS 指出字体所在的文件夹。"
)
# Round the paper, in mm; of the band of degrees; of the head; of the legend, below an upright map or beside a wide one.
_MARGIN, _BAND, _HEAD, _BELOW, _BESIDE = 10, 4.5, 17, (52, 84), 60
# Of a line of the legend, and of what is in it but layers.
_LINE, _OTHERS = 4.1, (14, 90)
SOFT = COLOURS["rest"]
_SIGN, _NAME, _SMALL = 2.9, 2.5, 1.75


@dataclass(frozen=True, slots=True)
class _Place:
    """A county with its name, its outline and the point at which its name stands (degrees)."""

    county: Any
    name: str
    shape: Any
    point: tuple[float, float]


def sheet_pdf(asked: Asked, *, viewer: Actor, scope: FigureScope, at: datetime) -> bytes:
    """The sheet. Raises NotVisible for a county or a figure that is not there, Refused without outlines or fonts."""
    families = installed((*SANS, *SERIF))
    if not families:
        raise Refused(NO_FONT, "map.no_font")
    programme = get_programme(viewer=viewer, code=scope.programme)
    places = _places(counties_of(viewer=viewer, programme=scope.programme))
    if not places:
        raise Refused(gettext_noop("这个对口支援的县还没有轮廓，画不出图。请先在地点里导入轮廓。"), "map.no_outlines")
    if asked.county and asked.county not in places:
        raise NotVisible(gettext_noop("这个对口支援里没有这个县。请从地图重新选。"))
    shaded = shade(viewer=viewer, scope=scope, key=asked.shade) if asked.shade else None
    within = [places[asked.county].shape] if asked.county else [one.shape for one in places.values()]
    size = _size(asked, within)
    frame = frame_of(within, *size["field"])
    held = {code: (one.name, one.shape) for code, one in places.items() if asked.county in ("", code)}
    layers = [drawn_of(one, frame, held, scope.as_of, viewer=viewer, at=at) for one in asked.layers]
    figure = next((one for one in shaded.figures.values() if one.value is not None), None) if shaded else None
    where = places[asked.county].name if asked.county else formats.named(programme.recipient)
    content = {
        "lang": "zh" if (get_language() or "zh").startswith("zh") else "en",
        "families": families,
        **size,
        "title": _title(where, figure, bool(asked.county)),
        "subtitle": " · ".join([formats.named(programme), *_made_up(programme, figure)]),
        "day": gettext("数据截至 %(day)s") % {"day": formats.day(scope.as_of)},
        "scale": gettext("%(paper)s 原大 1:%(scale)s")
        % {"paper": asked.paper, "scale": f"{frame.scale:,}".replace(",", " ")},
        # Where no county has a number, none is hatched for having none.
        **_map(frame, places, shaded if figure else None, asked.county, layers, size["k"]),
        "legend": _legend(shaded if figure else None, figure, layers, size["lines"]),
        "bar": _bar(frame, size["k"]),
        "notes": _notes(frame, shaded, figure, layers, scope.as_of, viewer, at),
        "table": _table(places, shaded, figure),
        "list": _listed(layers),
        "page": gettext("第 %(number)s 页，共 %(count)s 页") % {"number": "{n}", "count": "{of}"},
    }
    return typeset(TEMPLATE, inputs={}, data=json.dumps(content, ensure_ascii=False), read_aloud=True)


def _made_up(programme: Any, figure: Figure | None) -> list[str]:
    return [gettext("演示数据")] if "demo" in (programme.provenance, figure and figure.provenance) else []


def _title(where: str, figure: Figure | None, alone: bool) -> str:
    if figure is None:
        return gettext("%(place)s地图") % {"place": where}
    text = gettext("%(place)s%(figure)s图") if alone else gettext("%(place)s各县（市）%(figure)s图")
    return text % {"place": where, "figure": formats.say(figure.label)}


def _places(counties: Sequence[Any]) -> dict[str, _Place]:
    found, places = outlines_of(one.code for one in counties), {}
    for one in counties:
        shape = found.get(one.code)
        # One without an outline of its own is answered that of its prefecture.
        if shape is not None and sum(other is shape for other in found.values()) == 1:
            inside = (one.label_lon, one.label_lat) if one.label_lon else shape.representative_point().coords[0]
            places[one.code] = _Place(one, formats.named(one), shape, inside)
    return places


def _size(asked: Asked, shapes: Sequence[Any]) -> dict[str, Any]:
    """The paper as it lies, its parts, and how much larger its letters are."""
    short, long, k = PAPERS[asked.paper]
    west, south, east, north = map(float, shapely.total_bounds(list(shapes)))
    # A degree of longitude is shorter than one of latitude.
    wide = asked.orientation == "landscape" or (
        asked.orientation == "auto" and (east - west) * 0.87 > (north - south) * 1.1
    )
    width, height = (long, short) if wide else (short, long)
    lines = sum(1 + len(one.tones) for one in asked.layers)
    below = min(max(_LINE * ceil(lines / 2) + _OTHERS[0], _BELOW[0]), _BELOW[1])
    beside, below = (_BESIDE * k, 0) if wide else (0, below * k)
    field = (
        width - 2 * _MARGIN - 2 * _BAND - beside,
        height - 2 * _MARGIN - 2 * _BAND - _HEAD * k - below,
    )
    return {
        "paper": (width, height),
        "wide": wide,
        "k": k,
        "margin": _MARGIN,
        "band": _BAND,
        "head": _HEAD * k,
        "below": below,
        "lines": int((height / k - _OTHERS[1] if wide else 2 * (below / k - _OTHERS[0])) / _LINE),
        "field": field,
    }


def _map(
    frame: Frame, places: Mapping[str, _Place], shaded: Shade | None, chosen: str, layers: Sequence[Drawn], k: float
) -> dict[str, Any]:
    """The drawing, and what is written on it with its middle."""
    degrees = degrees_of(frame)
    areas = outlines_on(frame, {code: one.shape for code, one in places.items()})
    shown = [one.code for one in shaded.counties if chosen in ("", one.code)] if shaded else []
    classes = {code: shaded.class_of(code) for code in shown} if shaded else {}
    board = Board(frame.width, frame.height)
    words = [*_names(frame, places, areas, shaded if shown else None, classes, board, k)]
    things = [thing for layer in layers for thing in layer.things]
    signs = signs_of([one for one in things if one.layer.geometry != "LineString"], board, _SIGN * k)
    numbered = len(things) <= settings.MAP_SHEET_LISTED
    if numbered:
        _number(signs, things, [one.name for one in places.values()])
    for sign in signs:
        text = _said(sign, numbered)
        size = _SMALL * k
        at = (
            board.first_free(beside(sign.at, word_room(text, size), _SIGN * k * 0.55), *word_room(text, size))
            if text
            else None
        )
        if at:
            words.append({"x": at[0], "y": at[1], "text": text, "size": size, "ink": INK, "ground": True})
    return {
        "svg": svg_of(frame, degrees, areas, classes, chosen, layers, signs),
        "alt": gettext("各县着色图，数在第 2 页的表里"),
        "words": words,
        "signs": [_sign(one.things[0].layer, one.things[0].tone) | {"x": one.at[0], "y": one.at[1]} for one in signs],
        "sign": _SIGN * k,
        "meridians": [(degrees_said(at, "EW"), mm, far) for at, mm, far in degrees.meridians],
        "parallels": [(degrees_said(at, "NS"), mm, far) for at, mm, far in degrees.parallels],
    }  # fmt: skip


def _names(
    frame: Frame,
    places: Mapping[str, _Place],
    areas: Mapping[str, Any],
    shaded: Shade | None,
    classes: Mapping[str, int | None],
    board: Board,
    k: float,
) -> Iterable[dict[str, Any]]:
    """The name of each county with its number below it, on its land; of those beside the one that is shown the name."""
    # Those that are shown have the first choice.
    for code, one in sorted(places.items(), key=lambda pair: pair[0] not in classes):
        area = areas[code]
        if area.is_empty:
            continue
        shapely.prepare(area)
        point = shapely.transform(shapely.Point(one.point), frame.onto)
        point = point if area.contains(point) else area.representative_point()
        figure = shaded.figures.get(code) if shaded and code in classes else None
        value = str(formats.measure(figure.value)) if figure and figure.value is not None else ""
        size, small = _NAME * k, _NAME * k * 0.8
        room = (max(word_room(one.name, size)[0], word_room(value, small)[0]), size * (2.1 if value else 1.15))
        held = partial(_holds, area)
        at = board.first_free(round_about((point.x, point.y), room, held), *room)
        if at is None:
            continue
        number = classes.get(code)
        ink = SOFT if classes and code not in classes else PAPER if number is not None and number >= DARK else INK
        up = size * 0.5 if value else 0
        yield {"x": at[0], "y": at[1] - up, "text": one.name, "size": size, "ink": ink, "bold": True}
        if value:
            yield {"x": at[0], "y": at[1] + up, "text": value, "size": small, "ink": ink}


def _holds(area: Any, x: float, y: float) -> bool:
    return bool(shapely.contains_xy(area, x, y))


def _number(signs: Sequence[Sign], things: Sequence[Thing], counties: Sequence[str]) -> None:
    """Numbers for the list: by county in the order of the table, from the north, those of one sign in a row."""
    order = {name: number for number, name in enumerate(counties)}
    last = len(order)
    ordered = sorted(
        signs, key=lambda one: (order.get(one.things[0].county, last), one.things[0].layer.order, one.at[1])
    )
    lines = [one for one in things if one.layer.geometry == "LineString"]
    for number, one in enumerate([*(thing for sign in ordered for thing in sign.things), *lines], 1):
        one.number = number


def _said(sign: Sign, numbered: bool) -> str:
    first, last = sign.things[0].number, sign.things[-1].number
    if numbered:
        return f"{first}" if first == last else f"{first}–{last}"
    return f"×{len(sign.things)}" if len(sign.things) > 1 else ""


def _sign(layer: MapLayer, tone: Any) -> dict[str, Any]:
    return {"mark": layer.mark, "ink": COLOURS[tone] if tone else LAKE, "tone": SIGNS[tone] if tone else ""}


def _legend(shaded: Shade | None, figure: Figure | None, layers: Sequence[Drawn], most: int) -> dict[str, Any]:
    """What the colours and the signs mean, with how many there are; in more than so many lines only the layers."""
    limits = [limit_said(figure, one) for one in shaded.limits] if shaded and figure else []
    classes = [
        {"fill": CLASSES[number], "text": f"{low} – {high}"} for number, (low, high) in enumerate(pairwise(limits))
    ]
    bare = shaded is not None and any(shaded.class_of(one.code) is None for one in shaded.counties)
    kinds = []
    for one in layers:
        counted = Counter((thing.tone, thing.state) for thing in one.things) if one.layer.toned else {}
        words = next((field.words for field in one.layer.fields if field.name == one.layer.toned), {})
        order = [formats.word(words.get(state, state)) for state in words or one.layer.tones]
        states = [
            {**_sign(one.layer, tone), "text": state or formats.NOTHING, "count": count}
            for (tone, state), count in sorted(
                counted.items(), key=lambda pair: order.index(pair[0][1]) if pair[0][1] in order else -1
            )
        ]
        kinds.append(
            {
                **_sign(one.layer, None),
                "text": formats.say(one.layer.label),
                "count": formats.NOTHING if one.failed else len(one.things),
                "states": states,
            }
        )
    if sum(1 + len(one["states"]) for one in kinds) > most:
        kinds = [one | {"states": []} for one in kinds]
    return {
        "figure": formats.say(figure.label) if figure else gettext("县（市）"),
        "classes": classes,
        "bare": gettext("没有数") if bare else "",
        "layers": kinds,
        "heads": [gettext("着色"), gettext("图层"), gettext("比例尺"), gettext("说明")],
    }


def _bar(frame: Frame, k: float) -> dict[str, Any]:
    metres, length = bar_of(frame, 42 * k)
    far = metres >= 4000
    unit = gettext("公里") if far else gettext("米")
    return {
        "length": length,
        "half": f"{metres / 2000 if far else metres / 2:g}",
        "whole": f"{metres / 1000 if far else metres:g} {unit}",
    }


def _notes(
    frame: Frame,
    shaded: Shade | None,
    figure: Figure | None,
    layers: Sequence[Drawn],
    day: date,
    viewer: Actor,
    at: datetime,
) -> list[str]:
    """In sentences: the projection, what is not drawn, where all is from, the review number."""
    first, second = (degrees_said(one, "NS") for one in frame.parallels)
    notes = [
        gettext(
            "兰勃特等角圆锥投影，中央经线 %(meridian)s，标准纬线 %(first)s、%(second)s；"
            "2000 国家大地坐标系（CGCS2000）。"
        )
        % {"meridian": degrees_said(frame.meridian, "EW"), "first": first, "second": second}
    ]
    if figure:
        notes.append(
            gettext("着色：%(label)s，与系统各页同一个数；算法和依据见第 2 页。") % {"label": formats.say(figure.label)}
        )
    elif shaded:
        notes.append(gettext("这一天各县还没有这个数，没有着色。"))
    for one in layers:
        label = formats.say(one.layer.label)
        if one.failed:
            notes.append(
                gettext("没有画上“%(layer)s”：%(because)s") % {"layer": label, "because": formats.say(one.failed)}
            )
        elif one.matched > len(one.things):
            text = gettext("“%(layer)s”在图幅内有 %(count)s 个，只画了前 %(drawn)s 个。")
            notes.append(text % {"layer": label, "count": one.matched, "drawn": len(one.things)})
    things = [thing for one in layers for thing in one.things]
    if any(one.number for one in things):
        notes.append(gettext("符号旁边的数字是后面列表里的编号。"))
    elif things:
        notes.append(gettext("×n：挨得近的 n 个画成一个符号；要素太多，不附列表。"))
    astray = sum(not one.located for one in things)
    if astray:
        text = gettext("有 %(count)s 个没有登记位置，画在县名旁边，不是实地的位置。")
        notes.append(text % {"count": astray})
    if day < local_date(at) and any(one.layer.toned for one in layers):
        notes.append(gettext("图上要素的状态是版本时间的，不是截至那一天的。"))
    said = [
        gettext("%(layer)s（%(moment)s）")
        % {"layer": formats.say(one.layer.label), "moment": formats.moment(one.made_at)}
        for one in layers
        if one.made_at
    ]
    if said:
        notes.append(gettext("图层及其版本时间：%(layers)s。") % {"layers": gettext("、").join(said)})
    number = settings.MAP_REVIEW_NUMBER
    notes.append(
        gettext("审图号：%(number)s") % {"number": number} if number else gettext("示意图，不作边界依据；没有画国界。")
    )
    notes.append(gettext("%(name)s 于 %(moment)s 打印。") % {"name": viewer.name, "moment": formats.moment(at)})
    return notes


def _table(places: Mapping[str, _Place], shaded: Shade | None, figure: Figure | None) -> dict[str, Any]:
    """The numbers of the map: each county with its figure, exact."""
    if not shaded:
        return {}
    rows = []
    for one in shaded.counties:
        own = shaded.figures.get(one.code)
        words = formats.measure(own.value) if own else None
        gap = formats.say(own.gap) if own and own.gap else gettext("没有您能看到的数")
        valued = own is not None and own.value is not None and words is not None
        rows.append([formats.named(one), str(words) if valued else gap, words.exact if valued and words else ""])
    doubts = [formats.say(figure.formula), *([formats.say(figure.note)] if figure.note else [])] if figure else []
    return {
        "title": gettext("各县的数"),
        "heads": [gettext("县（市）"), formats.say(figure.label) if figure else gettext("数"), gettext("准确的数")],
        "rows": rows,
        "notes": doubts,
    }


def _listed(layers: Sequence[Drawn]) -> dict[str, Any]:
    """The features by their numbers on the map."""
    things = sorted((one for layer in layers for one in layer.things if one.number), key=lambda one: one.number)
    rows = [
        {**_sign(one.layer, one.tone), "cells": [
            str(one.number), one.name, one.county, one.state, "" if one.altitude is None else str(one.altitude)
        ]}
        for one in things
    ]  # fmt: skip
    return {
        "title": gettext("图上的要素"),
        "heads": [gettext("图上编号"), gettext("名称"), gettext("县（市）"), gettext("状态"), gettext("海拔（米）")],
        "rows": rows,
    }
