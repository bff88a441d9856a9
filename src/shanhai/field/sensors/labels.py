# SPDX-License-Identifier: Apache-2.0
"""The words of sensors for people."""

from __future__ import annotations

from shanhai.field.sensors.states import DeviceState, Health
from shanhai.field.sensors.values import Happening, Quality, StationKind
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area

KINDS: dict[StationKind, str] = {
    StationKind.HAZARD: gettext_noop("地质灾害"),
    StationKind.WEATHER: gettext_noop("气象"),
    StationKind.GREENHOUSE: gettext_noop("温室大棚"),
    StationKind.ORCHARD: gettext_noop("果园"),
    StationKind.COLD_ROOM: gettext_noop("冷库"),
    StationKind.HERD: gettext_noop("牧场"),
    StationKind.OTHER: gettext_noop("其他"),
}
STATES: dict[DeviceState, tuple[Status, str]] = {
    DeviceState.INSTALLED: ("ok", gettext_noop("在用")),
    DeviceState.SUSPENDED: ("wait", gettext_noop("停用")),
    DeviceState.RETIRED: ("stop", gettext_noop("报废")),
}
HEALTH: dict[Health, tuple[Status, str]] = {
    Health.SILENT: ("late", gettext_noop("没有声音")),
    Health.FLOODING: ("late", gettext_noop("发得太多")),
    Health.DRIFTING: ("wait", gettext_noop("时钟不准")),
    Health.FLAT: ("wait", gettext_noop("数值不动")),
    Health.NEVER: ("wait", gettext_noop("还没来过数")),
    Health.FINE: ("ok", gettext_noop("正常")),
    Health.RESTING: ("rest", gettext_noop("不在用")),
}
# Why something is called so, and what to do next.
ADVICE: dict[Health, str] = {
    Health.SILENT: gettext_noop("超过三个间隔没有来数。请看设备的电和信号；换过凭证的，把新凭证写进设备。"),
    Health.FLOODING: gettext_noop("发得比间隔或限额多。请检查设备的设置，或者是不是有两台设备用同一个凭证。"),
    Health.DRIFTING: gettext_noop("观测时间比收到的时间晚，设备的时钟快了。请给设备校时；已存的数照原样留着。"),
    Health.FLAT: gettext_noop(
        "连续多个数一模一样。请看探头是不是松脱、结冰或者坏了；本来就会不动的，请更正“连续几个相同算不动”。"
    ),
}
HAPPENINGS: dict[Happening, str] = {
    Happening.INSTALLED: gettext_noop("安装"),
    Happening.REPLACED: gettext_noop("更换"),
    Happening.CALIBRATED: gettext_noop("校准"),
    Happening.MOVED: gettext_noop("移位"),
    Happening.SUSPENDED: gettext_noop("停用"),
    Happening.RESUMED: gettext_noop("恢复使用"),
    Happening.RETIRED: gettext_noop("报废"),
}
QUALITIES: dict[Quality, str] = {
    Quality.RANGE: gettext_noop("超出量程"),
    Quality.RATE: gettext_noop("变化太快"),
    Quality.STUCK: gettext_noop("数值不动"),
    Quality.GAP: gettext_noop("中断以后"),
    Quality.DRIFT: gettext_noop("时钟不准"),
    Quality.LATE: gettext_noop("晚到"),
    Quality.QUARANTINED: gettext_noop("隔离"),
}
# What may be asked of the past of one datastream.
PAST = {
    "days": gettext_noop("每天的平均、最小和最大"),
    "above": gettext_noop("高于一个值多久"),
    "gaps": gettext_noop("最长的中断"),
}

AREA = Area(
    "sensors",
    message(gettext_noop("传感器")),
    {
        "sensors.observation.corrected": gettext_noop("更正观测值"),
        "sensors.observation.removed": gettext_noop("删除观测值"),
        "sensors.observation.quarantined": gettext_noop("隔离观测值"),
        "sensors.observation.released": gettext_noop("解除隔离"),
        "sensors.entity.created": gettext_noop("用接口新建"),
        "sensors.entity.changed": gettext_noop("用接口修改"),
        "sensors.entity.removed": gettext_noop("用接口删除"),
        "sensors.month.archived": gettext_noop("归档一个月的观测值"),
        "sensors.token.given": gettext_noop("发接口令牌"),
        "sensors.token.revoked": gettext_noop("收回接口令牌"),
        "sensors.datastream.simulated": gettext_noop("标为模拟数据"),
        "sensors.credential.given": gettext_noop("发设备凭证"),
        "sensors.credential.rotated": gettext_noop("换设备凭证"),
        "sensors.credential.revoked": gettext_noop("收回设备凭证"),
        "sensors.station.registered": gettext_noop("登记监测站"),
        "sensors.station.corrected": gettext_noop("更正监测站"),
        "sensors.station.moved": gettext_noop("监测站移位"),
        "sensors.device.added": gettext_noop("安装设备"),
        "sensors.device.corrected": gettext_noop("更正设备"),
        "sensors.device.moved": gettext_noop("停用、恢复或报废设备"),
        "sensors.device.replaced": gettext_noop("更换设备"),
        "sensors.device.calibrated": gettext_noop("校准设备"),
        "sensors.stream.added": gettext_noop("加数据流"),
        "sensors.stream.corrected": gettext_noop("更正数据流"),
        "sensors.stream.published": gettext_noop("公开数据流"),
        "sensors.stream.unpublished": gettext_noop("不再公开数据流"),
        "sensors.stations.imported": gettext_noop("导入监测站"),
    },
    {
        "sensor.view": gettext_noop("看监测站和观测数据"),
        "sensor.write": gettext_noop("用接口写观测数据"),
        "sensor.manage": gettext_noop("登记监测站和设备，发凭证和令牌"),
    },
    fields={
        "observation": gettext_noop("观测值"),
        "observations": gettext_noop("观测值个数"),
        "rows": gettext_noop("文件行数"),
        "begin": gettext_noop("开始"),
        "end": gettext_noop("结束"),
        "time": gettext_noop("观测时间"),
        "result": gettext_noop("结果"),
        "number": gettext_noop("数值"),
        "value": gettext_noop("值"),
        "result_time": gettext_noop("结果时间"),
        "extra": gettext_noop("附带内容"),
        "feature_id": gettext_noop("观测对象"),
        "datastream": gettext_noop("数据流"),
        "write": gettext_noop("可以写入"),
        "code": gettext_noop("代码"),
        "name": gettext_noop("名称"),
        "kind": gettext_noop("类别"),
        "place": gettext_noop("区划"),
        "description": gettext_noop("说明"),
        "lon": gettext_noop("经度"),
        "lat": gettext_noop("纬度"),
        "altitude": gettext_noop("海拔（米）"),
        "model": gettext_noop("型号"),
        "serial": gettext_noop("序列号"),
        "most_per_hour": gettext_noop("每小时最多几条"),
        "offset": gettext_noop("偏差"),
        "metric": gettext_noop("指标代号"),
        "unit": gettext_noop("单位"),
        "interval_s": gettext_noop("间隔（秒）"),
        "low": gettext_noop("下限"),
        "high": gettext_noop("上限"),
        "most_per_s": gettext_noop("每秒最多变化"),
        "stuck_after": gettext_noop("连续几个相同算不动"),
        "file": gettext_noop("文件"),
        "link": gettext_noop("关系"),
        "linked": gettext_noop("连到"),
        "unlinked": gettext_noop("不再连到"),
        "datastreams": gettext_noop("数据流个数"),
        "encoding_type": gettext_noop("编码"),
        "location": gettext_noop("位置"),
        "feature": gettext_noop("观测对象的范围"),
        "metadata": gettext_noop("传感器资料"),
        "definition": gettext_noop("定义的网址"),
        "observation_type": gettext_noop("结果类型"),
        "properties": gettext_noop("附加属性"),
        "multi_types": gettext_noop("各项的结果类型"),
        "thing_id": gettext_noop("物"),
        "sensor_id": gettext_noop("传感器"),
        "observed_property_id": gettext_noop("观测属性"),
    },
    words={"state": (STATES,), "kind": (KINDS, HAPPENINGS)},
)
