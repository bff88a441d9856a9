# SPDX-License-Identifier: Apache-2.0
"""The tables of divisions, of their changes and of sites, the same as GeoJSON (RFC 7946, UTF-8), and filters.

Only the shape of a file is judged here; what the rows say is checked by the rules.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop, message
from shanhai.registers.places.labels import CHANGE_KINDS, LEVELS, SITE_KINDS
from shanhai.registers.places.values import DivisionRow, Level, SiteRow
from shanhai.registers.tables.rules.cells import text_of
from shanhai.registers.tables.values import Field, Holds, TableKind

_PASSED_OVER = frozenset({"序号", "备注", "说明", "原因"})
_NOT_READABLE = "places.file_not_readable"


def _word(words: Mapping[Any, str]) -> Callable[[object], str]:
    """The stored word for one of ``words``; another stays as it is, for the rules to refuse."""
    stored = {text: kind.value for kind, text in words.items()}
    return lambda cell: stored.get(text_of(cell), text_of(cell))


def _time(cell: object) -> str:
    return cell.strftime("%Y-%m-%d") if isinstance(cell, date) else text_of(cell).removesuffix("年")


DIVISIONS = TableKind(
    "divisions",
    message(gettext_noop("行政区划")),
    (
        Field("code", ("行政区划代码", "代码"), Holds.CODE, text_of, required=True, identity=True),
        Field("name", ("名称",), required=True, width=30),
        Field("name_en", ("英文名称",), width=30),
        Field("level", ("级别",), read=_word(LEVELS), choices=tuple(LEVELS.values())),
        Field("parent", ("上级代码",), Holds.CODE, text_of),
    ),
    tells=lambda keys: {"code", "name"} <= set(keys),
    passed_over=_PASSED_OVER,
    asks_for="“代码”“名称”",
)
CHANGES = TableKind(
    "division-changes",
    message(gettext_noop("区划变更")),
    (
        Field("code_old", ("原代码",), Holds.CODE, text_of, identity=True),
        Field("code_new", ("新代码", "现代码"), Holds.CODE, text_of, required=True),
        Field("name_old", ("原名称",), width=30),
        Field("name_new", ("新名称", "现名称"), required=True, width=30),
        Field(
            "kind",
            ("变更类型", "变更情况"),
            read=_word(CHANGE_KINDS),
            required=True,
            choices=tuple(CHANGE_KINDS.values()),
        ),
        Field("since", ("变更时间", "生效时间"), read=_time, required=True),
        Field("source", ("依据", "批准文号"), required=True, width=40),
    ),
    tells=lambda keys: {"code_new", "name_new"} <= set(keys),
    passed_over=_PASSED_OVER,
    asks_for="“新代码”“新名称”",
)
SITES = TableKind(
    "sites",
    message(gettext_noop("地点")),
    (
        Field("name", ("名称", "地点"), required=True, identity=True, width=30),
        Field("lon", ("经度", "lng", "longitude"), read=text_of, required=True),
        Field("lat", ("纬度", "latitude"), read=text_of, required=True),
        Field("division", ("行政区划代码", "代码", "code"), Holds.CODE, text_of),
        Field("altitude", ("海拔", "altitude_m"), read=text_of, bracket="（米）"),
        Field("kind", ("类别",), read=_word(SITE_KINDS), choices=tuple(SITE_KINDS.values())),
    ),
    tells=lambda keys: {"name", "lon", "lat"} <= set(keys),
    passed_over=_PASSED_OVER,
    asks_for="“名称”“经度”“纬度”",
)


class FilterForm(forms.Form):
    """The filters above the list. What cannot be understood filters nothing."""

    text = forms.CharField(label=_("代码或名称"), required=False, max_length=100)
    level = forms.ChoiceField(
        label=_("级别"),
        required=False,
        choices=[("", _("全部")), *((level.value, _(words)) for level, words in LEVELS.items())],
    )
    ended = forms.BooleanField(label=_("包括已变更的"), required=False)

    def filters(self) -> dict[str, Any]:
        """The filters that were understood."""
        self.is_valid()
        given = self.cleaned_data
        level = Level(given["level"]) if given.get("level") else None
        return {"text": given.get("text", ""), "level": level, "ended": given.get("ended", False)}


def division_rows(path: Path) -> tuple[DivisionRow, ...] | None:
    """The divisions of a GeoJSON file, None for another file. Raises BadInput."""
    if (features := _features(path)) is None:
        return None
    return tuple(
        DivisionRow(number, label=said.get("label"), geometry=drawn, **_stated(DIVISIONS, said))
        for number, said, drawn in features
    )


def site_rows(path: Path) -> tuple[SiteRow, ...] | None:
    """The sites of a GeoJSON file of Points, None for another file. Raises BadInput."""
    if (features := _features(path)) is None:
        return None
    return tuple(SiteRow(number, **_stated(SITES, {**said, **_lon_lat(drawn)})) for number, said, drawn in features)


def _features(path: Path) -> tuple[tuple[int, Mapping[str, Any], object], ...] | None:
    """Each feature's number from 1, its properties and its geometry; None for what does not begin as JSON does."""
    try:
        with path.open("rb") as file:
            data = file.read(settings.UPLOAD_MAX_BYTES + 1)
    except OSError:
        raise BadInput(
            gettext_noop("文件“%(name)s”打不开。请检查文件名和权限。"), _NOT_READABLE, name=path.name
        ) from None
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"{", b"["):
        return None
    if len(data) > settings.UPLOAD_MAX_BYTES:
        text = gettext_noop("文件超过 %(limit)s MB。请按省或按县拆开，分几次导入。")
        raise BadInput(text, _NOT_READABLE, limit=settings.UPLOAD_MAX_BYTES >> 20)
    try:
        collection = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadInput(gettext_noop("GeoJSON 文件不是 UTF-8 编码。请按 UTF-8 重新导出。"), _NOT_READABLE) from None
    except (ValueError, RecursionError):
        raise BadInput(gettext_noop("文件不是完整的 GeoJSON。请重新导出。"), _NOT_READABLE) from None
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        text = gettext_noop("文件不是 GeoJSON 要素集合（FeatureCollection）。请重新导出。")
        raise BadInput(text, _NOT_READABLE)
    if len(features) > settings.IMPORT_MAX_ROWS:
        text = gettext_noop("文件超过 %(limit)s 行。请拆开，分几次导入。")
        raise BadInput(text, _NOT_READABLE, limit=settings.IMPORT_MAX_ROWS)
    if not features:
        raise BadInput(gettext_noop("文件是空的：没有一行数据。请检查选的文件。"), _NOT_READABLE)
    return tuple(_numbered(features))


def _numbered(features: list[Any]) -> Iterator[tuple[int, Mapping[str, Any], object]]:
    for number, feature in enumerate(features, 1):
        held = feature if isinstance(feature, dict) else {}
        said = held.get("properties")
        yield number, said if isinstance(said, dict) else {}, held.get("geometry")


def _stated(kind: TableKind, said: Mapping[str, Any]) -> dict[str, str]:
    """What properties state of the fields of a kind, which they bear by their keys, in the words that are stored."""
    return {one.key: (one.read or text_of)(text_of(said.get(one.key))) for one in kind.fields}


def _lon_lat(geometry: object) -> dict[str, object]:
    position = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
    if not isinstance(position, list) or len(position) < 2:
        return {"lon": None, "lat": None}
    return {"lon": position[0], "lat": position[1]}
