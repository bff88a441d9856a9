# SPDX-License-Identifier: Apache-2.0
"""Reads the shapes of a file in a process of its own, with a bound on memory and time, as tables are opened.

The readers within are C: a file of theirs may ask for more memory than there is, or nest until the stack ends. So this
runs as a script, and needs nothing else of the product: ``PATH KIND CRS CORNERS FEATURES SECONDS``, where CRS is what
was declared, or "". One line of JSON comes out: what was read, as one shape in hexadecimal WKB with lon and lat of
WGS 84, or a ``fault`` with its place. Nothing is mended and nothing left out unsaid.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pyogrio
import pyogrio.raw
import shapely

MEMORY_BYTES = 2 << 30
# By what a name is known, and how many are told.
_NAMES = ("name", "名称", "名字", "地名", "title", "标题", "xmmc", "mc")
_TOLD, _LONG = 5, 60
# These have the numbers of WGS 84; others are reckoned over.
_SAME = {"EPSG:4326", "EPSG:4490", "EPSG:4979", "EPSG:4480", "OGC:CRS84"}
_BY_NAME = re.compile(
    r'\A(?:GEOGCS|GEOGCRS)\["(?:GCS_)?(?:WGS[ _](?:19)?84|China_Geodetic_Coordinate_System_2000|CGCS2000)'
)
_PLACED = re.compile(r"\A(.*?)\[?\s*(-?[\d.e+]+)\s+(-?[\d.e+]+)\s*\]?\Z")
_EWKT = re.compile(r"\A\s*SRID\s*=\s*(\d{1,6})\s*;", re.IGNORECASE)


class Fault(Exception):
    """Why a file is not read: a code, and its place."""

    def __init__(self, code: str, **place: Any) -> None:
        super().__init__(code)
        self.told = {"fault": code, **place}


def refuse(code: str, **place: Any) -> NoReturn:
    """End with a fault."""
    raise Fault(code, **place)


def read_geojson(path: Path) -> tuple[list[Any], list[str], str]:
    """The shapes of a GeoJSON text, their names, the CRS that its older form may name."""

    def constant(text: str) -> NoReturn:
        refuse("not_finite", number=0)

    try:
        found = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=constant)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        refuse("unreadable", line=line)
    whole = found if isinstance(found, dict) else {}
    features = whole.get("features") if whole.get("type") == "FeatureCollection" else [whole]
    if not isinstance(features, list):
        refuse("unreadable", line=0)
    shapes, names = [], []
    for number, one in enumerate(features, 1):
        feature = one if isinstance(one, dict) else {}
        geometry = feature.get("geometry") if feature.get("type") == "Feature" else feature
        said = feature.get("properties")
        names.append(name_among(said if isinstance(said, dict) else {}))
        try:
            shapes.append(None if geometry is None else shapely.from_geojson(json.dumps(geometry)))
        except (shapely.GEOSException, RecursionError, ValueError):
            refuse("bad_shape", number=number)
    named = whole.get("crs")
    said = named.get("properties") if isinstance(named, dict) else None
    text = str(said.get("name", "")) if isinstance(said, dict) else ""
    code = re.search(r"EPSG:.*?(\d{4,6})\Z", text)
    # None says that nothing is known, which is what most files mean by leaving it out.
    if named is not None and not code and not text.endswith("CRS84"):
        refuse("crs_unknown", crs=(text or (named if isinstance(named, str) else "?"))[:_LONG])
    return shapes, names, f"EPSG:{code[1]}" if code else "OGC:CRS84"


def read_wkt(path: Path) -> tuple[list[Any], list[str], str]:
    """The shape of a text of WKT."""
    text = path.read_bytes().decode("utf-8-sig")
    srid = _EWKT.match(text)
    try:
        shape = shapely.from_wkt(text[srid.end() :] if srid else text)
    except RuntimeError:
        # What has arcs is not implemented by shapely.
        refuse("curved", number=1)
    except shapely.GEOSException:
        refuse("bad_shape", number=1)
    return [shape], [""], f"EPSG:{srid[1]}" if srid else "OGC:CRS84"


def read_layers(path: Path, most: int) -> tuple[list[Any], list[str], str]:
    """The shapes of all layers of a file that GDAL reads; their names, and their CRS, which is one, or ""."""
    encoding = dbf_encoding(path.with_suffix(".dbf")) if path.suffix == ".shp" else None
    shapes: list[Any] = []
    names: list[str] = []
    systems: set[str] = set()
    for layer, kind in pyogrio.list_layers(path):
        if kind is None:
            continue
        told, _, wkb, columns = pyogrio.raw.read(path, layer=layer, encoding=encoding, max_features=most + 1)
        for one in wkb:
            try:
                shapes.append(shapely.from_wkb(one))
            except RuntimeError:
                # What has arcs is not implemented by shapely.
                refuse("curved", number=len(shapes) + 1)
            except shapely.GEOSException:
                refuse("bad_shape", number=len(shapes) + 1)
        fields = [str(one) for one in told["fields"]]
        names += [
            name_among({field: values[at] for field, values in zip(fields, columns, strict=True)})
            for at in range(len(wkb))
        ]
        systems.add(told["crs"] or "")
    if len(systems) > 1:
        refuse("crs_several", crs=[one[:_LONG] for one in sorted(systems)])
    return shapes, names, systems.pop() if systems else ""


def dbf_encoding(path: Path) -> str | None:
    """How the text of a dBASE table is written: UTF-8 where it fits, else GB18030, whatever its .cpg says."""
    if not path.exists():
        return None
    content = path.read_bytes()
    body = content[int.from_bytes(content[8:10], "little") :]
    for encoding in ("utf-8", "gb18030"):
        try:
            body.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "iso-8859-1"


def name_among(said: dict[str, Any]) -> str:
    """What its properties call a feature."""
    by_key = {key.lower(): value for key, value in said.items()}
    found = next((by_key[key] for key in _NAMES if isinstance(by_key.get(key), str) and by_key[key].strip()), "")
    return str(found).strip()[:_LONG]


def judged(shapes: Sequence[Any], corners: int, features: int) -> list[Any]:
    """The parts that are there, flat, each whole. Raises Fault."""
    if len(shapes) > features:
        refuse("features", most=features)
    count = int(shapely.get_num_coordinates(np.array(shapes, object)).sum())
    if count > corners:
        refuse("corners", count=count, most=corners)
    there: list[Any] = []
    for number, shape in enumerate(shapes, 1):
        if shape is None or shape.is_empty:
            continue
        if not np.isfinite(shapely.get_coordinates(shape)).all():
            refuse("not_finite", number=number)
        flat = shapely.force_2d(shape)
        if not shapely.is_valid(flat):
            placed = _PLACED.match(shapely.is_valid_reason(flat))
            reason, x, y = placed.groups() if placed else (shapely.is_valid_reason(flat), "", "")
            refuse("crossing", number=number, reason=reason.strip(), x=x, y=y)
        there += parts_of(flat)
    if not there:
        refuse("empty", count=len(shapes))
    return there


def parts_of(shape: Any) -> list[Any]:
    """The points, lines and areas in a shape, however they are gathered."""
    found, waiting = [], [shape]
    while waiting:
        one = waiting.pop()
        if one.geom_type.startswith(("Multi", "GeometryCollection")):
            waiting += shapely.get_parts(one).tolist()
        elif not one.is_empty:
            found.append(shapely.LineString(one) if one.geom_type == "LinearRing" else one)
    return found


def reckoned(parts: list[Any], crs: str, folder: Path) -> list[Any]:
    """The same in WGS 84. Raises Fault for a system that is not known, or that cannot say where they lie."""
    own = folder / "own.gpkg"
    try:
        pyogrio.raw.write(
            own, geometry=shapely.to_wkb(np.array(parts, object)), field_data=[], fields=[], crs=crs,
            geometry_type="Unknown", driver="GPKG", layer="own",
        )  # fmt: skip
        sql = "SELECT ST_Transform(geom, 4326) FROM own"
        wkb = pyogrio.raw.read(own, sql=sql, sql_dialect="SQLITE")[2]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.CRSError, RuntimeError, ValueError):
        refuse("crs_unknown", crs=crs[:_LONG])
    found: list[Any] = shapely.from_wkb(wkb).tolist()
    if any(one is None or not np.isfinite(shapely.get_coordinates(one)).all() for one in found):
        refuse("crs_unfit", crs=crs[:_LONG])
    return found


def told_of(path: Path, kind: str, declared: str, corners: int, features: int) -> dict[str, Any]:
    """All that is read of a file."""
    if kind == "geojson":
        shapes, names, crs = read_geojson(path)
    elif kind == "wkt":
        shapes, names, crs = read_wkt(path)
    else:
        shapes, names, crs = read_layers(path, features)
    parts = judged(shapes, corners, features)
    same = crs in _SAME or _BY_NAME.match(crs) is not None
    if not crs and not declared:
        refuse("crs_missing")
    if crs and declared and not same:
        refuse("crs_differs", crs=crs_name(crs))
    reckon = bool(crs) and not same
    if reckon:
        parts = reckoned(parts, crs, path.parent)
    known = [one for one in names if one]
    return {
        "names": [*dict.fromkeys(known)][:_TOLD],
        "features": len(shapes),
        "without": sum(1 for one in shapes if one is None or one.is_empty),
        "heights": bool(shapely.has_z([one for one in shapes if one is not None]).any()),
        "crs": crs_name(crs) if reckon else "",
        # Whole parts may still lie over one another, or cross: as one shape they are what any of them holds.
        "wkb": shapely.to_wkb(shapely.union_all(parts), hex=True),
    }


def crs_name(crs: str) -> str:
    """What a person knows a system by."""
    quoted = re.search(r'\["([^"]+)"', crs)
    return (quoted[1] if quoted else crs)[:_LONG]


def main(path: str, kind: str, declared: str, corners: str, features: str, seconds: str) -> None:
    """Print what is read of a file, or why not."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))
    try:
        told = told_of(Path(path), kind, declared, int(corners), int(features))
    except Fault as fault:
        told = fault.told
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError, UnicodeError):
        told = {"fault": "unreadable", "line": 0}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:7])
