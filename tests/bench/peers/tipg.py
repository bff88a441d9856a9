# SPDX-License-Identifier: Apache-2.0
"""tipg on PostGIS: ``python -m tests.bench.peers.tipg FOLDER`` loads the same features, serves and asks the same tiles.

It prints, by zoom, how many were answered a second, and the p95 in milliseconds.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import shapely

from tests.bench.mapping import AREAS, PACKED, POINTS, PROCESSES, ZOOMS, asking
from tests.bench.peers import ABSENT
from tests.bench.report import p95
from tests.bench.visiting import free_port, wait_for

# Of the same tiles so many: it is slower. Those of a low zoom hold all that there is.
ASKED = {6: 40, 10: 300, 12: 600}
_TABLES = {POINTS: "points", AREAS: "areas"}


def main(folder: Path) -> int:
    """Measure on the database of DATABASE_URL, which has nothing yet."""
    url = os.environ["DATABASE_URL"]
    if find_spec("tipg") is None or not _load(url, folder):
        return ABSENT
    port = free_port()
    served = [sys.executable, "-m", "granian", "tipg.main:app", "--interface", "asgi", "--port", str(port)]
    environment = {**os.environ, "DATABASE_URL": urlsplit(url)._replace(scheme="postgresql").geturl()}
    command = [*served, "--workers", str(PROCESSES), "--no-access-log"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, cwd=folder) as server:
        try:
            wait_for(port, "/healthz", server)
            print(json.dumps({zoom: _asked(port, folder, zoom) for zoom in ZOOMS}))
        finally:
            server.terminate()
            server.wait(30)
    return 0


def _load(url: str, folder: Path) -> bool:
    """Both layers with all their fields; whether PostGIS is here."""
    from shanhai.insight.map.editions.rules.packing import wkb_of

    with psycopg.connect(url, autocommit=True) as there:
        try:
            there.execute("CREATE EXTENSION postgis")
        except psycopg.errors.Error:
            return False
        for key, table in _TABLES.items():
            with sqlite3.connect(folder / f"{key}.gpkg") as file:
                found = file.execute("SELECT * FROM features")
                names = [one[0] for one in found.description][2:]
                rows = found.fetchall()
            shapes = shapely.set_srid(shapely.from_wkb([wkb_of(row[1]) for row in rows]), 4326)
            told = shapely.to_wkb(shapes, hex=True, include_srid=True)
            columns = "".join(f', "{one}" text' for one in names)
            there.execute(f"CREATE TABLE {table} (gid serial PRIMARY KEY, geom geometry(Geometry, 4326){columns})")
            into = ", ".join(["geom", *(f'"{one}"' for one in names)])
            with there.cursor().copy(f"COPY {table} ({into}) FROM STDIN") as copy:
                for row, shape in zip(rows, told, strict=True):
                    copy.write_row([shape, *row[2:]])
            there.execute(f"CREATE INDEX ON {table} USING gist (geom)")
            there.execute(f"VACUUM ANALYZE {table}")
    return True


def _asked(port: int, folder: Path, zoom: int) -> tuple[float, float]:
    tiles = json.loads((folder / "tiles.json").read_text())[str(zoom)][: ASKED[zoom]]
    stem = "/collections/public.{}/tiles/WebMercatorQuad/{}/{}/{}"
    addresses = [stem.format(_TABLES[key], zoom, column, row) for key, column, row in tiles]
    asking(port, addresses[:8], PACKED)
    seconds, each = asking(port, addresses, PACKED)
    return len(each) / seconds, 1000 * p95(each)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
