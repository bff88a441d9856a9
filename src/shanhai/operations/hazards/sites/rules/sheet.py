# SPDX-License-Identifier: Apache-2.0
"""What a sheet of hazard sites holds: a site in each row."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.operations.hazards.labels import KINDS
from shanhai.operations.hazards.sites.rules.facts import MOST_PEOPLE
from shanhai.operations.hazards.values import SiteKind
from shanhai.registers.tables.rules import cells
from shanhai.registers.tables.values import Field, Holds, TableKind

_STORED = {text: kind for kind, text in KINDS.items()}
_COUNT = cells.whole_number(0, MOST_PEOPLE)
SHEET = TableKind(
    "hazard_sites",
    message(gettext_noop("隐患点")),
    (
        Field("code", ("隐患点代码", "代码", "编号"), Holds.CODE, cells.code, required=True, identity=True, width=18),
        Field("name", ("隐患点名称", "隐患点", "名称"), width=26),
        Field("kind", ("类别", "灾害类型"), read=cells.word(_STORED, SiteKind), choices=tuple(KINDS.values())),
        Field("division", ("行政区划代码", "区划代码", "所在区县"), Holds.CODE, cells.text_of),
        Field("outline", ("范围", "边界", "轮廓"), read=cells.text_of, width=48),
        Field("households", ("威胁户数", "户数"), Holds.COUNT, _COUNT),
        Field("people", ("威胁人数", "人数"), Holds.COUNT, _COUNT),
        Field("shelter", ("避险点", "安置点"), width=26),
        Field("shelter_lon", ("避险点经度",), read=cells.text_of),
        Field("shelter_lat", ("避险点纬度",), read=cells.text_of),
        Field("route", ("撤离路线",), read=cells.text_of, width=36),
        Field("route_words", ("路线说明",), width=30),
        Field("siren", ("警报器主题", "警报器"), width=26),
        Field("description", ("说明",), width=30),
    ),
    tells=lambda keys: {"code", "outline"} <= set(keys),
    passed_over=frozenset({"序号", "备注", "原因"}),
    asks_for="“隐患点代码”“范围”",
    notes=(
        ("一行一个隐患点", "代码以后不改，用小写字母、数字和连字符。"),
        ("范围", "绕一圈的角点，写成“经度,纬度; 经度,纬度; …”，至少三个；也可以是 GeoJSON。坐标系导入时选。"),
        ("威胁户数、人数", "只写个数，不写名单。有人受威胁的，要写避险点。"),
        ("撤离路线", "写法同范围，两个点以上。"),
    ),
)
