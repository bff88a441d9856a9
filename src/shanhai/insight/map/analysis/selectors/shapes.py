# SPDX-License-Identifier: Apache-2.0
"""A shape out of a file or a text, whole and in WGS 84, or a sentence that says what is wrong with it, and where."""

from __future__ import annotations

import json
import lzma
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import numpy as np
import shapely
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from shanhai.base.held import held, hold
from shanhai.insight.map.analysis.rules import opening
from shanhai.insight.map.analysis.values import Asked
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.xml import parse
from shanhai.registers.places.rules.geometry import in_china, to_wgs84
from shanhai.registers.places.rules.shifts import all_into_wgs84
from shanhai.registers.places.values import Crs

UNUSABLE = "map.shape_not_usable"
# What a text that is pasted, or stands in an address, may have in characters.
MOST_TEXT, MOST_ADDRESS = 1_000_000, 6_000
_ENDINGS = {
    ".geojson": "geojson", ".json": "geojson", ".gpkg": "gpkg", ".zip": "shp", ".kml": "kml", ".wkt": "wkt",
}  # fmt: skip
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_WKT = re.compile(
    r"\A\s*(SRID\s*=\s*\d+\s*;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION|CIRCULARSTRING|CURVE)", re.I
)
# Readers of files that name other files, or ask the network.
_NOT_LOADED = "OGR_VRT,HTTP,WFS,OAPIF,OGCAPI,CSW,GDALG,AmigoCloud,Carto,Elasticsearch,EEDA,NGW,PLSCENES,ADBC"
_FAULTS = {
    "unreadable": gettext_noop("“%(name)s”读不懂：内容不完整，或者不是它该有的格式。请重新导出后再传。"),
    "bad_shape": gettext_noop(
        "“%(name)s”的第 %(number)s 个图形写得不对：坐标缺失、不是数字，或者边线没有闭合。请重新导出。"
    ),
    "curved": gettext_noop("“%(name)s”的第 %(number)s 个图形有弧线，这里不读。请在制图软件里转成折线后再传。"),
    "not_finite": gettext_noop("“%(name)s”里有坐标是 NaN 或者无穷大。请改正后再传。"),
    "features": gettext_noop("“%(name)s”的图形超过 %(most)s 个。请只留要分析的，再传。"),
    "corners": gettext_noop(
        "“%(name)s”有 %(count)s 个角点，最多 %(most)s 个。请在制图软件里简化后再传，"
        "或请管理员调大 SHANHAI_MAP_SHAPE_CORNERS。"
    ),
    "empty": gettext_noop("“%(name)s”里没有图形。请检查是不是导出错了图层。"),
    "crossing": gettext_noop(
        "“%(name)s”的第 %(number)s 个图形在（%(x)s，%(y)s）处不成立：%(reason)s。"
        "系统不替您猜该怎么改，请在制图软件里修复后再传。"
    ),
    "crs_missing": gettext_noop(
        "“%(name)s”没有写明坐标系（压缩包里缺 .prj）。请在“坐标系”里选是哪一种：选错了，位置会偏几百米。"
    ),
    "crs_unknown": gettext_noop("“%(name)s”的坐标系 %(crs)s 不认识。请转成 WGS 84 或者 CGCS2000 的经纬度后再传。"),
    "crs_unfit": gettext_noop("“%(name)s”的坐标不在坐标系 %(crs)s 的范围里。请检查坐标系是不是写错了。"),
    "crs_differs": gettext_noop("“%(name)s”里写的坐标系是 %(crs)s，和您选的不一样。请选“文件里写的”，或者改正文件。"),
    "crs_several": gettext_noop("“%(name)s”的几个图层坐标系不一样。请只留一个图层，或者统一后再传。"),
}
_REASONS = {
    "Self-intersection": gettext_noop("边线和自己相交"),
    "Ring Self-intersection": gettext_noop("边线碰到了自己"),
    "Hole lies outside shell": gettext_noop("有一个洞在外边线的外面"),
    "Holes are nested": gettext_noop("洞里又有洞"),
    "Nested shells": gettext_noop("一块面在另一块里面"),
    "Interior is disconnected": gettext_noop("里面被洞隔成了几块"),
    "Too few points in geometry component": gettext_noop("角点太少，围不成面"),
    "Duplicate Rings": gettext_noop("有两圈边线完全一样"),
}
# Beijing 1954 and Xi'an 1980, in degrees and in zones of metres, as EPSG numbers them.
_OLD = ((4214, 4610), range(2327, 2391), range(2401, 2443), range(21413, 21484))
_PASTED = message(gettext_noop("粘贴的文字"))


def shape_of_file(file: UploadedFile[Any] | IO[bytes], name: str, *, size: int, crs: str) -> Asked:
    """The shape in a file: GeoJSON, a zipped shapefile, GeoPackage, KML or WKT, told by its bytes.

    ``crs`` is what was declared (``Crs``), "" for what the file says itself. Raises BadInput.
    """
    if size > settings.UPLOAD_MAX_BYTES:
        text = gettext_noop("“%(name)s”有 %(size)s MB，最多 %(limit)s MB，没有打开。请只留要分析的范围，再传。")
        most = settings.UPLOAD_MAX_BYTES >> 20
        raise BadInput(text, UNUSABLE, field="file", name=name, size=-(-size >> 20), limit=most)
    with tempfile.TemporaryDirectory(prefix="shanhai-shape-") as folder:
        given = Path(folder) / "given"
        with given.open("wb") as out:
            shutil.copyfileobj(file, out)
        path, kind = _sorted(given, name)
        return _asked(path, kind, name, crs, "file")


def shape_of_text(text: str, *, crs: str = "", field: str = "text") -> Asked:
    """The shape in a text of GeoJSON or WKT. Raises BadInput."""
    most = MOST_TEXT if field == "text" else MOST_ADDRESS
    if len(text) > most:
        said = gettext_noop("图形的文字有 %(count)s 个字符，最多 %(most)s 个。请存成文件再传。")
        raise BadInput(said, UNUSABLE, field=field, count=len(text), most=most)
    kind = "geojson" if text.lstrip("\ufeff \t\r\n").startswith("{") else "wkt" if _WKT.match(text) else ""
    if not kind:
        said = gettext_noop("这段文字不是 GeoJSON，也不是 WKT。例如：POLYGON((91 30, 92 30, 92 31, 91 30))。")
        raise BadInput(said, UNUSABLE, field=field)
    with tempfile.TemporaryDirectory(prefix="shanhai-shape-") as folder:
        path = Path(folder) / f"shape.{kind}"
        path.write_text(text, "utf-8")
        return _asked(path, kind, _PASTED, crs, field)


def keep_shape(asked: Asked, *, by: Actor, at: datetime) -> str:
    """Keep a shape for an hour for who gave it, and answer the ticket that brings it back."""
    said = [{"text": one.text, "params": dict(one.params)} for one in asked.said]
    kept = {"wkb": shapely.to_wkb(asked.shape, hex=True), "name": str(asked.name), "said": said}
    return hold(SimpleUploadedFile("shape.json", json.dumps(kept).encode(), "application/json"), by=by, at=at)


def kept_shape(ticket: str, *, by: Actor, at: datetime) -> Asked:
    """The shape of a ticket. Raises NotVisible for one whose hour is over, or of somebody else."""
    file = held(ticket, by=by, at=at)
    try:
        if file is None:
            raise ValueError(ticket)
        with file:
            kept = json.loads(file.read())
        plain = [(one["text"], one["params"].items()) for one in kept["said"]]
        shape, name = shapely.from_wkb(kept["wkb"]), str(kept["name"])
    except (ValueError, TypeError, KeyError, AttributeError, shapely.GEOSException):
        # Or the ticket is that of another file of theirs, kept for a form.
        text = gettext_noop("这个图形已经不在了：只保留一小时，只给传它的人。请再传一次。")
        raise NotVisible(text, field="shape") from None
    said = [
        message(text, **{key: tuple(one) if isinstance(one, list) else one for key, one in params})
        for text, params in plain
    ]
    return Asked(shape, _PASTED if name == str(_PASTED) else name, said)


def _sorted(given: Path, name: str) -> tuple[Path, str]:
    """Where what is read of a file lies, under a name of ours, and its kind. Raises BadInput."""
    with given.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise BadInput(gettext_noop("“%(name)s”是空文件。请检查后再传。"), UNUSABLE, field="file", name=name)
    kind, told = _sniffed(head), _ENDINGS.get(Path(name).suffix.lower(), "")
    if not kind or not told:
        text = gettext_noop(
            "“%(name)s”不是可以读的图形。可以传：GeoJSON（.geojson）、压缩的 shapefile"
            "（.zip，内有 .shp .shx .dbf .prj）、GeoPackage（.gpkg）、KML（.kml）、WKT（.wkt）。"
        )
        raise BadInput(text, UNUSABLE, field="file", name=name)
    if kind != told:
        text = gettext_noop("“%(name)s”的内容和扩展名不符。请用原来的程序另存后再传。")
        raise BadInput(text, UNUSABLE, field="file", name=name)
    if kind == "shp":
        return _unpacked(given, name), kind
    if kind == "kml":
        # No document type, no entities: what comes after is read by C.
        parse(given.read_bytes())
    return given.rename(given.with_name(f"shape.{kind}")), kind


def _sniffed(head: bytes) -> str:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "shp"
    if head.startswith(b"SQLite format 3\x00"):
        return "gpkg" if head[68:72] in (b"GPKG", b"GP10", b"GP11") else ""
    text = head.decode("utf-8-sig", "replace").lstrip()
    if text.startswith("<"):
        return "kml" if re.search(r"<(?:\w+:)?kml\b", text) else ""
    return "geojson" if text.startswith("{") else "wkt" if _WKT.match(text) else ""


def _unpacked(given: Path, name: str) -> Path:
    """The parts of the one shapefile in an archive, beside it. Raises BadInput."""
    target, left = given.with_name("shape.shp"), settings.UNZIPPED_MAX_BYTES
    try:
        with zipfile.ZipFile(given) as packed:
            inside = [one for one in packed.infolist() if not one.filename.startswith("__MACOSX/")]
            stems = [one.filename[:-4] for one in inside if one.filename.lower().endswith(".shp")]
            if len(stems) != 1:
                text = gettext_noop("“%(name)s”里有 %(count)s 个 .shp，须正好一个。请只压缩一个图层的文件。")
                raise BadInput(text, UNUSABLE, field="file", name=name, count=len(stems))
            parts = [one for one in inside if one.filename[:-4] == stems[0]]
            parts = [one for one in parts if one.filename[-4:].lower() in _PARTS]
            if not any(one.filename.lower().endswith(".shx") for one in parts):
                text = gettext_noop("“%(name)s”里缺 .shx。请把 .shp .shx .dbf .prj 一起压缩。")
                raise BadInput(text, UNUSABLE, field="file", name=name)
            for one in parts:
                # What an archive says of the sizes within may be a lie.
                with packed.open(one) as content, target.with_suffix(one.filename[-4:].lower()).open("wb") as out:
                    while chunk := content.read(min(left + 1, 1 << 16)):
                        left -= out.write(chunk)
                        if left < 0:
                            text = gettext_noop("“%(name)s”解开后超过 %(limit)s MB，没有读。请删去多余的内容后另存。")
                            most = settings.UNZIPPED_MAX_BYTES >> 20
                            raise BadInput(text, UNUSABLE, field="file", name=name, limit=most)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, EOFError, OSError, ValueError) as error:
        text = gettext_noop("“%(name)s”解不开，可能已损坏或加了密码。请重新压缩后再传。")
        raise BadInput(text, UNUSABLE, field="file", name=name) from error
    return target


def _asked(path: Path, kind: str, name: Message | str, crs: str, field: str) -> Asked:
    told = _opened(path, kind, name, crs, field)
    if "fault" in told:
        reason = _REASONS.get(told.get("reason", ""))
        place = {key: f"{float(told[key]):.10g}" if told.get(key) else "?" for key in ("x", "y")}
        told |= {"name": name, **place, "reason": message(reason) if reason else told.get("reason", "")}
        where = "crs" if told["fault"] in ("crs_missing", "crs_differs") and field != "wkt" else field
        raise BadInput(_FAULTS[told["fault"]], UNUSABLE, field=where, **told)
    shape = shapely.from_wkb(told["wkb"])
    system = Crs(crs or Crs.WGS84)
    _require_here(shape, system, name, field)
    shape = shapely.transform(shape, lambda points: all_into_wgs84(points, system))
    names = tuple(told["names"])
    single = names[0] if told["features"] == 1 and names else name
    return Asked(shape, single, [*_said(told, system)])


def _opened(path: Path, kind: str, name: Message | str, crs: str, field: str) -> dict[str, Any]:
    seconds = settings.MAP_SHAPE_SECONDS
    limits = [settings.MAP_SHAPE_CORNERS, settings.MAP_SHAPE_FEATURES, seconds]
    command = [sys.executable, "-I", opening.__file__, str(path), kind, crs, *map(str, limits)]
    alone = {"OPENBLAS_NUM_THREADS": "1", "GDAL_SKIP": _NOT_LOADED, "OGR_GEOJSON_MAX_OBJ_SIZE": "0"}
    try:
        done = subprocess.run(  # noqa: S603 - ours
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds, check=True, env=alone
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, ValueError) as error:
        text = gettext_noop("“%(name)s”在 %(seconds)s 秒和限定的内存里读不完，没有读。请只留要分析的范围，简化后再传。")
        raise BadInput(text, UNUSABLE, field=field, name=name, seconds=seconds) from error
    return found


def _require_here(shape: Any, system: Crs, name: Message | str, field: str) -> None:
    """That it lies in the box round China. Raises BadInput with the first corner that does not."""
    points = shapely.get_coordinates(shape)
    lon = points[:, 0]
    if np.ptp(lon) > 180 and np.abs(lon).max() <= 180:
        text = gettext_noop("“%(name)s”跨过了 180° 经线。请只留中国境内的部分，再传。")
        raise BadInput(text, UNUSABLE, field=field, name=name)
    beyond = next((one for one in points if not in_china(one[0], one[1])), None)
    if beyond is not None:
        try:
            to_wgs84(float(beyond[0]), float(beyond[1]), system)
        except BadInput as error:
            error.field = field
            raise


def _said(told: Mapping[str, Any], system: Crs) -> list[Message]:
    """What a person must know of how a shape was read."""
    said = []
    if told["features"] > 1:
        text = gettext_noop("共 %(count)s 个图形，合在一起算。")
        named = gettext_noop("共 %(count)s 个图形，合在一起算，例如：%(names)s。")
        said.append(message(named if told["names"] else text, count=told["features"], names=tuple(told["names"])))
    if told["without"]:
        said.append(message(gettext_noop("其中 %(count)s 个没有图形，没有算。"), count=told["without"]))
    if told["heights"]:
        said.append(message(gettext_noop("图形里有高程，没有用。")))
    if told["crs"]:
        sure = gettext_noop("坐标已由 %(crs)s 换算成 WGS 84。")
        unsure = gettext_noop("坐标已由 %(crs)s 换算成 WGS 84；这个坐标系没有公开的转换参数，可能差几十米。")
        said.append(message(unsure if _is_old(told["crs"]) else sure, crs=told["crs"]))
    if system in (Crs.GCJ02, Crs.BD09):
        text = gettext_noop("坐标已由 %(crs)s 换算成 WGS 84；换算没有官方的公式，可能差几米。")
        said.append(message(text, crs=system.value.upper()))
    return said


def _is_old(crs: str) -> bool:
    """Whether it is of Beijing 1954 or Xi'an 1980, by its name or its number among those of EPSG."""
    code = int(crs.removeprefix("EPSG:")) if re.fullmatch(r"EPSG:\d{1,6}", crs) else 0
    return any(code in one for one in _OLD) or re.search("beijing|xi'?an", crs, re.IGNORECASE) is not None
