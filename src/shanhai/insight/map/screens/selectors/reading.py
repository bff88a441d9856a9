# SPDX-License-Identifier: Apache-2.0
"""What a screen shows now: the figures of the other pages, county by county, and the layers of the map as symbols.

What fails in one app is named, and the rest is shown.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

import structlog

from shanhai.base import formats
from shanhai.base.accounts.permissions import Permission
from shanhai.insight.map.desk.selectors import number_of, shade
from shanhai.insight.map.editions.selectors import list_layers
from shanhai.insight.map.editions.services import current
from shanhai.insight.map.models import Screen
from shanhai.insight.map.ogc.selectors.items import items_of
from shanhai.insight.map.ogc.values import Wanted
from shanhai.insight.map.screens.values import Counted, County, Drawn, Reading, Symbol, Told
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import DomainError
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.maps import MapLayer
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.parts import Shape, Status
from shanhai.kernel.proofs import get_figure
from shanhai.kernel.registry import registries
from shanhai.registers.places.selectors import list_shapes, points_on

log = structlog.get_logger("shanhai.map")

WIDTH, HEIGHT = 1000, 760
# Symbols of one layer nearer than so many pixels are one, in the tone of the worst, with their number.
NEAR = 26
MOST = 20_000
NOT_READ = gettext_noop("“%(name)s”现在取不到。")
# How things do, the worst first: that lies on top.
WORST: tuple[Status, ...] = ("red", "late", "orange", "yellow", "wait", "stop", "blue", "rest", "ok", "done")
T = TypeVar("T")


def read(screen: Screen, *, looker: Actor, at: datetime) -> Reading:
    """All that the screen shows to its looker: the page keeps what it drew."""
    programme = screen.programme
    under = programme.recipient.code
    # Who is bound to one county asks about it, here as on every page.
    place = looker.confined_to(Permission.PROGRAMME_VIEW, programme=programme.code)
    scope = FigureScope(programme.code, clock.local_date(at), place)
    reading = Reading(screen.name, formats.named(programme))
    for key in screen.figures:
        found = _tried(reading.failed, _name_of(key), partial(get_figure, looker, scope, key))
        reading.figures += [found] if found else []
    for key in dict.fromkeys((screen.shade, screen.second)):
        told = _tried(reading.failed, _name_of(key), partial(_told, key, looker, scope))
        reading.told += [told] if told else []
    shade = next((one for one in reading.told if one.key == screen.shade), None)
    reading.shapes = _shapes(under, shade.counties if shade else ())
    for layer in list_layers(viewer=looker):
        if layer.toned and not layer.internal:
            drawn = _tried(reading.failed, layer.label, partial(_drawn, layer, under, looker, at))
            reading.layers += [drawn] if drawn else []
    return reading


def _tried(failed: list[Message], name: Message | str, ask: Callable[[], T]) -> T | None:
    """What was asked for; None where that fails, which is kept to be said, once."""
    try:
        return ask()
    except DomainError as error:
        said = error.message
    except Exception:
        log.exception("a part of a screen could not be read", part=str(name))
        said = message(NOT_READ, name=name)
    if said not in failed:
        failed.append(said)
    return None


def _name_of(key: str) -> Message | str:
    """What the app is called whose figure it is."""
    families = (one for one in registries.figures if any(key.startswith(own) for own in one.keys))
    family = next(families, None)
    area = registries.area_of(family.key if family else key)
    return area.label if area.key else key


def _told(key: str, looker: Actor, scope: FigureScope) -> Told:
    """A figure of the whole, and that of each county beside it: the map of the desk has the same."""
    found = shade(viewer=looker, scope=scope, key=key)
    sizes = {code: number_of(figure) for code, figure in found.figures.items()}
    most = max((one for one in sizes.values() if one is not None), default=Decimal(0))
    lines = []
    for one in found.counties:
        if one.code in found.figures:
            number, size = found.class_of(one.code), sizes[one.code]
            width = int(size / most * 100) if size and most else 0
            bucket = None if number is None else number + 1
            lines.append(County(one.code, formats.named(one), found.figures[one.code], bucket, width))
    lines.sort(key=lambda line: (sizes[line.code] is None, -(sizes[line.code] or 0), line.code))
    return Told(key, get_figure(looker, scope, key), lines, found.classes)


def _shapes(under: str, lines: Sequence[County]) -> list[Shape]:
    said = {line.code: line for line in lines}
    shapes = []
    for one in list_shapes(under=under, width=WIDTH, height=HEIGHT):
        line = said.get(one.code)
        value = str(formats.measure(line.figure.value)) if line else ""
        bucket = line.bucket if line else None
        shapes.append(Shape(one.path, formats.name_of(one.name, one.name_en), one.label_x, one.label_y, value, bucket))
    return shapes


def _drawn(layer: MapLayer, under: str, looker: Actor, at: datetime) -> Drawn:
    """Its things by how they do: counted over all, and gathered where they would cover one another."""
    found = items_of(current(layer=layer, by=looker, at=at), layer, Wanted(limit=MOST))
    field = next(number for number, one in enumerate(layer.fields) if one.name == layer.toned)
    words = layer.fields[field].words
    states = [row[field] for row in found.values]
    middles = [one.representative_point() for one in found.shapes]
    places = points_on([(one.x, one.y) for one in middles], under=under, width=WIDTH, height=HEIGHT)
    spots: defaultdict[tuple[int, int], list[tuple[float, float, Status]]] = defaultdict(list)
    counted: Counter[Any] = Counter()
    for state, place in zip(states, places, strict=True):
        # What lies beside the drawing is of no concern here: a layer may hold more than the programme.
        if place is not None:
            counted[state] += 1
            spots[round(place[0] / NEAR), round(place[1] / NEAR)].append((*place, layer.tones.get(state, "rest")))
    order = {tone: number for number, tone in enumerate(WORST)}
    symbols = [
        Symbol(
            round(sum(x for x, _, _ in near) / len(near), 1),
            round(sum(y for _, y, _ in near) / len(near), 1),
            min((tone for _, _, tone in near), key=order.__getitem__),
            len(near),
        )
        for near in spots.values()
    ]
    symbols.sort(key=lambda one: -order[one.tone])
    lines = [Counted(_word(words, state), layer.tones.get(state, "rest"), count) for state, count in counted.items()]
    return Drawn(layer.label, symbols, sorted(lines, key=lambda one: (order[one.tone], -one.count)))


def _word(words: Any, state: Any) -> Message | str:
    given: Message | str = words.get(state, state)
    return given
