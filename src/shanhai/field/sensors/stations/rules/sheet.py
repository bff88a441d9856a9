# SPDX-License-Identifier: Apache-2.0
"""What a sheet of stations holds: a datastream of a device of a station in each row."""

from __future__ import annotations

from shanhai.field.sensors.labels import KINDS
from shanhai.field.sensors.stations.values import PHENOMENA
from shanhai.field.sensors.values import StationKind
from shanhai.kernel.messages import gettext_noop, message
from shanhai.registers.tables.rules import cells
from shanhai.registers.tables.values import Field, Holds, TableKind

_STORED = {text: kind for kind, text in KINDS.items()}
SHEET = TableKind(
    "stations",
    message(gettext_noop("监测站")),
    (
        Field("code", ("站代码", "监测站代码"), Holds.CODE, cells.code, required=True, identity=True, width=18),
        Field("name", ("站名", "监测站", "监测站名称"), width=26),
        Field(
            "kind",
            ("类别",),
            read=cells.word(_STORED, StationKind),
            choices=tuple(KINDS.values()),
        ),
        Field("division", ("行政区划代码", "区划代码", "所在区县"), Holds.CODE, cells.text_of),
        Field("lon", ("经度", "lng", "longitude"), read=cells.text_of),
        Field("lat", ("纬度", "latitude"), read=cells.text_of),
        Field("altitude", ("海拔",), read=cells.text_of, bracket="（米）"),
        Field("device", ("设备", "设备代码"), Holds.CODE, cells.code),
        Field("serial", ("序列号", "设备编号"), Holds.CODE, cells.text_of),
        Field("metric", ("指标代号", "指标"), Holds.CODE, cells.code),
        Field("property", ("观测属性", "观测什么"), choices=tuple(one.name for one in PHENOMENA.values())),
        Field("unit", ("单位", "计量单位")),
        Field("interval", ("间隔", "上报间隔"), Holds.COUNT, cells.whole_number(1, 864_000), bracket="（秒）"),
        Field("low", ("下限", "量程下限"), Holds.NUMBER, lambda cell: float(cells.number(cell))),
        Field("high", ("上限", "量程上限"), Holds.NUMBER, lambda cell: float(cells.number(cell))),
    ),
    tells=lambda keys: {"code", "metric"} <= set(keys),
    passed_over=frozenset({"序号", "备注", "说明", "原因"}),
    asks_for="“站代码”“指标代号”",
    notes=(
        ("一行一个数据流", "哪个站、哪个设备、观测什么。同一个站的第二行起，站名、类别、经纬度、海拔可以空着。"),
        ("经度、纬度", "十进制度数，例如 100.2967；用的是哪个坐标系，导入时选。行政区划代码空着，按经纬度找。"),
        ("设备", "写进主题的代码；空着是 logger。一个站有几个设备的，各写各的。"),
        ("指标代号", "写进主题，例如 temp、disp。观测属性从下拉里选；单位、上下限空着用目录里的。"),
        ("间隔（秒）", "多久一个数；三个间隔没有来数，就算没有声音。"),
    ),
)
