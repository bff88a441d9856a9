# SPDX-License-Identifier: Apache-2.0
"""Draw the layers and which app imports which, as docs/images/layers.svg."""

from __future__ import annotations

import grimp

from tests.architecture.tree import ROOT, SRC

LAYERS = ("operate", "portal", "insight", "operations", "field", "team", "planning", "registers", "base", "kernel")
WIDTH, ROW, BOX, GAP = 960, 96, 132, 16
STYLE = "text{font:13px system-ui,sans-serif;fill:#17252a}.l{font-size:12px;fill:#5d6b70}rect{fill:#fff;stroke:#146c7c}"


def boxes() -> dict[str, tuple[int, int]]:
    """Each app's box as the (x, y) of its top left corner; a layer without apps is one box."""
    found = {}
    for row, layer in enumerate(LAYERS):
        names = sorted(path.parent.name for path in (SRC / layer).glob("*/apps.py")) or [""]
        for column, name in enumerate(names):
            found[f"shanhai.{layer}.{name}".rstrip(".")] = (110 + column * (BOX + GAP), 20 + row * ROW)
    return found


def svg() -> str:
    """The drawing."""
    graph, placed = grimp.build_graph("shanhai"), boxes()
    lines = []
    for one, (x, y) in placed.items():
        for other, (to_x, to_y) in placed.items():
            if one == other or not graph.direct_import_exists(importer=one, imported=other, as_packages=True):
                continue
            lines.append(
                f'<path d="M{x + BOX // 2} {y + 40} L{to_x + BOX // 2} {to_y}" stroke="#b8651b" opacity=".45"/>'
            )
    shapes = [
        f'<rect x="{x}" y="{y}" width="{BOX}" height="40" rx="6"/>'
        f'<text x="{x + BOX // 2}" y="{y + 25}" text-anchor="middle">{name.split(".")[-1]}</text>'
        for name, (x, y) in placed.items()
    ]
    labels = [f'<text class="l" x="12" y="{45 + row * ROW}">{layer}</text>' for row, layer in enumerate(LAYERS)]
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {len(LAYERS) * ROW}">'
    return f"{opening}<style>{STYLE}</style>{''.join(lines + shapes + labels)}</svg>\n"


if __name__ == "__main__":
    (ROOT / "docs" / "images" / "layers.svg").write_text(svg(), "utf-8")
