# SPDX-License-Identifier: Apache-2.0
"""Reading files of divisions and sites: GeoJSON (RFC 7946, UTF-8) or CSV (UTF-8 or GB 18030, as Excel saves it).

Only the shape of the file is judged here; what the rows say is checked by the rules.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.places.labels import LEVELS, SITE_KINDS
from shanhai.registers.places.values import DivisionRow, SiteRow

_DIVISION_COLUMNS = {
    "code": ("code", "代码", "行政区划代码"),
    "name": ("name", "名称"),
    "name_en": ("name_en", "英文名称"),
    "level": ("level", "级别"),
    "parent": ("parent", "上级代码"),
}
_SITE_COLUMNS = {
    "name": ("name", "名称", "地点"),
    "lon": ("lon", "lng", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "division": ("division", "code", "代码", "行政区划代码"),
    "altitude": ("altitude", "altitude_m", "海拔", "海拔（米）", "海拔(米)"),
    "kind": ("kind", "类别"),
}
_EMPTY = gettext_noop("文件是空的：没有一行数据。请检查选的文件。")
_LEVEL_WORDS = {word: level.value for level, word in LEVELS.items()}
_KIND_WORDS = {word: kind.value for kind, word in SITE_KINDS.items()}


class FileNotReadable(BadInput):
    """The file as a whole cannot be read: missing, too large, empty, of the wrong form or in the wrong encoding."""

    code = "places.file_not_readable"


def read_divisions(path: Path) -> tuple[DivisionRow, ...]:
    """The divisions a GeoJSON or CSV file states. Raises FileNotReadable."""
    data = _bytes(path)
    if _is_json(data):
        return _nonempty(
            DivisionRow(n, label=p.get("label"), geometry=g, **_division(p)) for n, p, g in _features(data)
        )
    return _nonempty(DivisionRow(number, **_division(cells)) for number, cells in _lines(data, _DIVISION_COLUMNS, 2))


def read_sites(path: Path) -> tuple[SiteRow, ...]:
    """The sites a GeoJSON file (of Points) or a CSV file states. Raises FileNotReadable."""
    data = _bytes(path)
    if _is_json(data):
        return _nonempty(SiteRow(n, **_site(p, *_lon_lat(g))) for n, p, g in _features(data))
    lines = _lines(data, _SITE_COLUMNS, 3)
    return _nonempty(SiteRow(number, **_site(c, c.get("lon"), c.get("lat"))) for number, c in lines)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(settings.UPLOAD_MAX_BYTES + 1)
    except OSError:
        raise FileNotReadable(gettext_noop("文件“%(name)s”打不开。请检查文件名和权限。"), name=path.name) from None
    if not data:
        raise FileNotReadable(_EMPTY)
    if len(data) > settings.UPLOAD_MAX_BYTES:
        raise FileNotReadable(
            gettext_noop("文件超过 %(limit)s MB。请按省或按县拆开，分几次导入。"), limit=settings.UPLOAD_MAX_BYTES >> 20
        )
    return data


def _is_json(data: bytes) -> bool:
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _features(data: bytes) -> Iterator[tuple[int, Mapping[str, Any], object]]:
    """Each feature's number from 1, its properties and its geometry."""
    try:
        collection = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise FileNotReadable(gettext_noop("GeoJSON 文件不是 UTF-8 编码。请按 UTF-8 重新导出。")) from None
    except (ValueError, RecursionError):
        raise FileNotReadable(gettext_noop("文件不是完整的 GeoJSON。请重新导出。")) from None
    if not isinstance(collection, dict) or not isinstance(collection.get("features"), list):
        raise FileNotReadable(gettext_noop("文件不是 GeoJSON 要素集合（FeatureCollection）。请重新导出。"))
    for number, feature in enumerate(collection["features"], 1):
        feature = feature if isinstance(feature, dict) else {}
        properties = feature.get("properties")
        yield number, properties if isinstance(properties, dict) else {}, feature.get("geometry")


def _lines(data: bytes, columns: Mapping[str, tuple[str, ...]], needed: int) -> Iterator[tuple[int, dict[str, str]]]:
    """Each line's number as a sheet shows it, and its cells by column; the first ``needed`` columns must be there."""
    reader = csv.reader(io.StringIO(_text(data), newline=""), strict=True)
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        position = {
            key: header.index(name) for key, names in columns.items() for name in reversed(names) if name in header
        }
        missing = [columns[key][1] if len(columns[key]) > 1 else key for key in list(columns)[:needed]]
        if not set(list(columns)[:needed]) <= position.keys():
            raise FileNotReadable(
                gettext_noop("第一行应是列名，其中要有：%(columns)s。请补上列名。"), columns="、".join(missing)
            )
        for number, cells in enumerate(reader, 2):
            if any(cell.strip() for cell in cells):
                yield number, {key: cells[i].strip() for key, i in position.items() if i < len(cells)}
    except csv.Error:
        raise FileNotReadable(gettext_noop("文件不是完整的 CSV：引号没有成对，或一格过长。请重新导出。")) from None


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise FileNotReadable(gettext_noop("看不懂文件的编码。请在表格软件中另存为“CSV UTF-8”，再导入。"))


def _nonempty(rows: Iterator[Any]) -> tuple[Any, ...]:
    found = []
    for row in rows:
        found.append(row)
        if len(found) > settings.IMPORT_MAX_ROWS:
            raise FileNotReadable(
                gettext_noop("文件超过 %(limit)s 行。请拆开，分几次导入。"), limit=settings.IMPORT_MAX_ROWS
            )
    if not found:
        raise FileNotReadable(_EMPTY)
    return tuple(found)


def _division(cells: Mapping[str, Any]) -> dict[str, str]:
    stated = {key: _cell(cells.get(key)) for key in _DIVISION_COLUMNS}
    return {**stated, "level": _LEVEL_WORDS.get(stated["level"], stated["level"])}


def _site(cells: Mapping[str, Any], lon: object, lat: object) -> dict[str, str]:
    stated = {key: _cell(cells.get(key)) for key in ("name", "division", "altitude", "kind")}
    stated["kind"] = _KIND_WORDS.get(stated["kind"], stated["kind"])
    return {**stated, "lon": _cell(lon), "lat": _cell(lat)}


def _lon_lat(geometry: object) -> tuple[object, object]:
    position = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
    return (position[0], position[1]) if isinstance(position, list) and len(position) >= 2 else (None, None)


def _cell(value: object) -> str:
    return "" if value is None else str(value).strip()
