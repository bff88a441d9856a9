# SPDX-License-Identifier: Apache-2.0
"""How layers look on a map: style documents of MapLibre (Style Specification, version 8).

A layer has its mark; a state is told by a colour and a sign beside it. Texts need no glyphs of a server: the reader's
own fonts draw them. Points of a source that is clustered are told by how many they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shanhai.insight.map.editions.rules.packing import TABLE
from shanhai.kernel.maps import MapLayer
from shanhai.kernel.parts import Status

# The words of static/shanhai/tokens.css on light ground.
INK, PAPER, EDGE, LAKE = "#16262c", "#ffffff", "#7d8b8e", "#136474"
COLOURS: Mapping[Status, str] = {
    "ok": "#256341", "late": "#ab231c", "wait": "#9a4f0c", "rest": "#54636a", "stop": "#54636a", "done": LAKE,
    "blue": "#1b5999", "yellow": "#8a6d00", "orange": "#b4500c", "red": "#ab231c",
}  # fmt: skip
SIGNS: Mapping[Status, str] = {
    "ok": "●", "late": "▲", "wait": "◆", "rest": "■", "stop": "✕", "done": "✓",
    "blue": "▲", "yellow": "▲", "orange": "▲", "red": "▲",
}  # fmt: skip
FONTS = ["PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "sans-serif"]
# Of points that are put together: pixels of the screen, and from which zoom on none are.
CLUSTERED = {"cluster": True, "clusterRadius": 36, "clusterMaxZoom": 11}
_ONE, _MANY = ["!", ["has", "point_count"]], ["has", "point_count"]


def style_of(layer: MapLayer, source: Mapping[str, Any]) -> dict[str, Any]:
    """A whole document for one layer, whose features come from ``source``."""
    return {"version": 8, "name": layer.key, "sources": {layer.key: source}, "layers": drawn(layer, source)}


def drawn(layer: MapLayer, source: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The layers of a style for one of ours, from below upwards; their ids begin with its key."""
    of: dict[str, Any] = {"source": layer.key, **({"source-layer": TABLE} if source["type"] == "vector" else {})}
    colour = _toned(layer, COLOURS, LAKE)
    if layer.geometry == "Point":
        return _points(layer, of, colour)
    line = {"id": f"{layer.key}-line", "type": "line", **of, "paint": {"line-color": colour, "line-width": 2}}
    if layer.geometry == "LineString":
        return [line | {"paint": {"line-color": colour, "line-width": 1.5, "line-dasharray": [3, 2]}}]
    fill = {
        "id": f"{layer.key}-fill",
        "type": "fill",
        **of,
        "paint": {"fill-color": colour, "fill-opacity": 0.2 if layer.toned else 0},
    }
    return [fill, line, {"id": f"{layer.key}-mark", "type": "symbol", **of, **_text(layer.mark, 13, colour)}]


def _points(layer: MapLayer, of: Mapping[str, Any], colour: Any) -> list[dict[str, Any]]:
    ground = {"circle-color": PAPER, "circle-stroke-width": 1.5}
    size = ["interpolate", ["linear"], ["get", "point_count"], 2, 11, 100, 17, 5000, 24]
    return [
        {"id": f"{layer.key}-many", "type": "circle", **of, "filter": _MANY,
         "paint": {**ground, "circle-stroke-color": INK, "circle-radius": size}},
        {"id": f"{layer.key}-count", "type": "symbol", **of, "filter": _MANY,
         **_text(["to-string", ["get", "point_count"]], 11, INK)},
        {"id": f"{layer.key}-mark", "type": "symbol", **of, "filter": _ONE, **_text(layer.mark, 18, colour)},
        *([{"id": f"{layer.key}-sign", "type": "symbol", **of, "filter": _ONE,
            **_text(_toned(layer, SIGNS, ""), 11, colour, [0.9, -0.8])}] if layer.toned else []),
    ]  # fmt: skip


def _text(said: Any, size: int, colour: Any, offset: Sequence[float] = (0, 0)) -> dict[str, Any]:
    layout = {"text-field": said, "text-size": size, "text-font": FONTS, "text-allow-overlap": True}
    ink = {"text-color": colour, "text-halo-color": PAPER, "text-halo-width": 1.5}
    return {"layout": layout | {"text-offset": list(offset)}, "paint": ink}


def _toned(layer: MapLayer, by: Mapping[Status, str], usual: str) -> Any:
    """What belongs to the status of a feature, as an expression."""
    if not layer.toned:
        return usual
    pairs = [part for value, status in layer.tones.items() for part in (str(value), by[status])]
    return ["match", ["to-string", ["get", layer.toned]], *pairs, usual]
