# SPDX-License-Identifier: Apache-2.0
"""All style documents of ours before the validator of MapLibre (``make compare``)."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

PACKAGE = ("@maplibre/maplibre-gl-style-spec", "26.6.0")
_TILES = "https://tiles.example.org/{z}/{x}/{y}"
_BROKEN = {"version": 8, "sources": {}, "layers": [{"id": "a", "type": "circl"}]}


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """The style of each layer as features and as tiles; the sheet of the desk alone and over each kind of base."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shanhai.config.settings")
    django.setup()
    from shanhai.insight.map.desk.rules import base  # noqa: PLC0415 - when the apps are there
    from shanhai.insight.map.desk.rules.sheet import sheet  # noqa: PLC0415 - the same
    from shanhai.insight.map.ogc.rules.styling import CLUSTERED, style_of  # noqa: PLC0415 - the same
    from shanhai.kernel.registry import registries  # noqa: PLC0415 - the same

    for layer in registries.layers:
        clustered = CLUSTERED if layer.geometry == "Point" else {}
        yield f"{layer.key}-features", style_of(layer, {"type": "geojson", "data": "https://x.org/items", **clustered})
        yield f"{layer.key}-tiles", style_of(layer, {"type": "vector", "url": "https://x.org/tilejson"})
    more: dict[str, Any] = {"note": "©", "minzoom": 0, "maxzoom": 13, "bounds": [97, 28, 103, 34]}
    for english in (True, False):
        beneath = {
            "alone": None,
            "pictures": base.pictures([_TILES, _TILES], **more),
            "vectors": base.vectors(_TILES, english=english, **more),
        }
        for name, one in beneath.items():
            yield f"desk-{name}-{english}", sheet(counties="https://x.org/outlines", english=english, base=one)


def faults_of_styles(folder: Path) -> tuple[int, list[str]]:
    """How many documents there are, and what the validator that is installed in the folder says of them."""
    made = dict(documents())
    # Should it find nothing in this one, it has not looked.
    for name, document in {**made, "broken": _BROKEN}.items():
        (folder / f"{name}.style.json").write_text(json.dumps(document), "utf-8")
    command = ["node", str(folder / "node_modules/.bin/gl-style-validate")]
    files = sorted(one.name for one in folder.glob("*.style.json"))
    done = subprocess.run([*command, *files], cwd=folder, text=True, capture_output=True, check=False)
    told = (done.stdout + done.stderr).splitlines()
    known = [one for one in told if one.startswith("broken.style.json")]
    return len(made), [one for one in told if one not in known] if known else ["the validator finds no fault at all"]
