# SPDX-License-Identifier: Apache-2.0
"""The words of hazards for people."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area
from shanhai.operations.hazards.states import (
    CallState,
    DispatchState,
    HandoverState,
    IncidentState,
    PatrolState,
    SiteState,
    ThresholdState,
)
from shanhai.operations.hazards.values import ChainRole, Channel, Lack, Level, Quantity, SiteKind, Zone

KINDS: dict[SiteKind, str] = {
    SiteKind.LANDSLIDE: gettext_noop("滑坡"),
    SiteKind.DEBRIS_FLOW: gettext_noop("泥石流沟"),
    SiteKind.ROCKFALL: gettext_noop("崩塌"),
}
ZONES: dict[Zone, str] = {
    Zone.CROWN: gettext_noop("后缘"),
    Zone.MIDDLE: gettext_noop("中部"),
    Zone.TOE: gettext_noop("前缘"),
    Zone.SOURCE: gettext_noop("物源区"),
    Zone.CHANNEL: gettext_noop("沟道"),
    Zone.FAN: gettext_noop("堆积扇"),
    Zone.OUTSIDE: gettext_noop("外围"),
}
QUANTITIES: dict[Quantity, str] = {
    Quantity.DISPLACEMENT: gettext_noop("位移（毫米）"),
    Quantity.CRACK: gettext_noop("裂缝（毫米）"),
    Quantity.TILT: gettext_noop("倾角（度）"),
    Quantity.ACCELERATION: gettext_noop("加速度（mg）"),
    Quantity.RAIN: gettext_noop("雨量（毫米）"),
    Quantity.SOIL_MOISTURE: gettext_noop("土壤含水率（百分比）"),
}
LEVELS: dict[Level, tuple[Status, str]] = {
    Level.NONE: ("ok", gettext_noop("未达蓝色")),
    Level.BLUE: ("blue", gettext_noop("蓝色")),
    Level.YELLOW: ("yellow", gettext_noop("黄色")),
    Level.ORANGE: ("orange", gettext_noop("橙色")),
    Level.RED: ("red", gettext_noop("红色")),
}
LACKS: dict[Lack, tuple[Status, str]] = {
    Lack.WARM_UP: ("wait", gettext_noop("数据还不够")),
    Lack.NO_DATA: ("late", gettext_noop("没有数据")),
    Lack.INVALID: ("late", gettext_noop("数据不可信")),
    Lack.NOT_APPLICABLE: ("rest", gettext_noop("不适用")),
}
CHANNELS: dict[Channel, str] = {
    Channel.APP: gettext_noop("站内"),
    Channel.MAIL: gettext_noop("邮件"),
    Channel.SMS: gettext_noop("短信"),
    Channel.VOICE: gettext_noop("语音电话"),
    Channel.SIREN: gettext_noop("警报器或喇叭"),
}
ROLES: dict[ChainRole, str] = {
    ChainRole.MONITOR: gettext_noop("群测群防员"),
    ChainRole.VILLAGE: gettext_noop("村"),
    ChainRole.TOWNSHIP: gettext_noop("乡镇"),
    ChainRole.COUNTY: gettext_noop("县自然资源部门"),
    ChainRole.DUTY: gettext_noop("值班"),
    ChainRole.EXPERT: gettext_noop("专家组"),
}
SITE_STATES: dict[SiteState, tuple[Status, str]] = {
    SiteState.WATCHED: ("ok", gettext_noop("在监测")),
    SiteState.CLOSED: ("rest", gettext_noop("已销号")),
}
THRESHOLD_STATES: dict[ThresholdState, tuple[Status, str]] = {
    ThresholdState.DRAFT: ("wait", gettext_noop("草稿")),
    ThresholdState.APPROVED: ("ok", gettext_noop("生效")),
    ThresholdState.RETIRED: ("rest", gettext_noop("停用")),
}
INCIDENT_STATES: dict[IncidentState, tuple[Status, str]] = {
    IncidentState.PROPOSED: ("wait", gettext_noop("待会商")),
    IncidentState.BLUE: LEVELS[Level.BLUE],
    IncidentState.YELLOW: LEVELS[Level.YELLOW],
    IncidentState.ORANGE: LEVELS[Level.ORANGE],
    IncidentState.RED: LEVELS[Level.RED],
    IncidentState.LIFTED: ("ok", gettext_noop("已解除")),
    IncidentState.DISMISSED: ("rest", gettext_noop("未发预警")),
}
PATROL_STATES: dict[PatrolState, tuple[Status, str]] = {
    PatrolState.OPEN: ("wait", gettext_noop("待巡查")),
    PatrolState.DONE: ("ok", gettext_noop("已巡查")),
    PatrolState.DROPPED: ("rest", gettext_noop("不再需要")),
}
HANDOVER_STATES: dict[HandoverState, tuple[Status, str]] = {
    HandoverState.OFFERED: ("wait", gettext_noop("待接班")),
    HandoverState.TAKEN: ("ok", gettext_noop("已接班")),
}
CALL_STATES: dict[CallState, tuple[Status, str]] = {
    CallState.WAITING: ("wait", gettext_noop("等回应")),
    CallState.ANSWERED: ("ok", gettext_noop("已回应")),
    CallState.MISSED: ("late", gettext_noop("没有回应")),
    CallState.ENDED: ("rest", gettext_noop("不再需要")),
}
DISPATCH_STATES: dict[DispatchState, tuple[Status, str]] = {
    DispatchState.WAITING: ("wait", gettext_noop("待发")),
    DispatchState.HANDED: ("ok", gettext_noop("已交出")),
    DispatchState.DEAD: ("late", gettext_noop("发不出去")),
    DispatchState.SKIPPED: ("rest", gettext_noop("无处可发")),
}

MESSAGE_TYPES = {
    "Alert": gettext_noop("发布"),
    "Update": gettext_noop("更新"),
    "Cancel": gettext_noop("解除"),
}

AREA = Area(
    "hazards",
    message(gettext_noop("防灾")),
    {
        # Alerts.
        "hazards.alert.published": gettext_noop("发布预警"),
        # Calls.
        "hazards.calls.made": gettext_noop("叫应责任人"),
        "hazards.calls.answered": gettext_noop("责任人回应"),
        "hazards.calls.missed": gettext_noop("到时限没有回应"),
        "hazards.calls.ended": gettext_noop("结束叫应"),
        "hazards.calls.given_up": gettext_noop("消息发不出去"),
        "hazards.calls.tried_again": gettext_noop("重发消息"),
        # Sites.
        "hazards.site.registered": gettext_noop("登记隐患点"),
        "hazards.site.corrected": gettext_noop("更正隐患点"),
        "hazards.site.closed": gettext_noop("隐患点销号"),
        "hazards.site.reopened": gettext_noop("隐患点重新监测"),
        "hazards.site.chained": gettext_noop("改责任链"),
        "hazards.sites.imported": gettext_noop("导入隐患点"),
        "hazards.point.added": gettext_noop("加监测点"),
        "hazards.point.corrected": gettext_noop("更正监测点"),
        "hazards.point.restarted": gettext_noop("监测点重新起算"),
        "hazards.point.set_apart": gettext_noop("隔离监测点"),
        "hazards.point.brought_back": gettext_noop("解除监测点隔离"),
        "hazards.point.removed": gettext_noop("撤监测点"),
        # Incidents.
        "hazards.incident.proposed": gettext_noop("建议级别"),
        "hazards.incident.decided": gettext_noop("会商定级别"),
        "hazards.incident.kept": gettext_noop("会商维持级别"),
        "hazards.patrol.ordered": gettext_noop("派巡查"),
        "hazards.patrol.done": gettext_noop("填写巡查结果"),
        "hazards.patrol.dropped": gettext_noop("取消巡查"),
        "hazards.handover.offered": gettext_noop("防灾交班"),
        "hazards.handover.taken": gettext_noop("防灾接班"),
        "hazards.thresholds.drafted": gettext_noop("拟阈值"),
        "hazards.thresholds.approved": gettext_noop("批准阈值"),
        "hazards.thresholds.discarded": gettext_noop("作废阈值草稿"),
        "hazards.thresholds.tried": gettext_noop("用以前的数据试阈值"),
    },
    {
        "hazard.view": gettext_noop("看隐患点和预警"),
        "hazard.manage": gettext_noop("登记隐患点和监测点，拟阈值"),
        "hazard.duty": gettext_noop("值班：建议级别、派巡查、演练、交接班"),
        "hazard.confirm": gettext_noop("会商：定级别、解除预警、批阈值"),
    },
    fields={
        # Alerts.
        "message_type": gettext_noop("类型"),
        "expires": gettext_noop("失效时间"),
        "signed": gettext_noop("已签名"),
        # Calls.
        "level": gettext_noop("级别"),
        "called": gettext_noop("叫应几人"),
        "ended": gettext_noop("结束几次叫应"),
        "role": gettext_noop("责任"),
        "next": gettext_noop("接着找"),
        "channel": gettext_noop("渠道"),
        "attempts": gettext_noop("试了几次"),
        # Sites.
        "code": gettext_noop("代码"),
        "name": gettext_noop("名称"),
        "kind": gettext_noop("类别"),
        "place": gettext_noop("区划"),
        "households": gettext_noop("威胁户数"),
        "people": gettext_noop("威胁人数"),
        "outline": gettext_noop("范围"),
        "route": gettext_noop("撤离路线"),
        "route_words": gettext_noop("路线说明"),
        "shelter": gettext_noop("避险点"),
        "shelter_lon": gettext_noop("避险点经度"),
        "shelter_lat": gettext_noop("避险点纬度"),
        "description": gettext_noop("说明"),
        "siren": gettext_noop("警报器主题"),
        "state": gettext_noop("状态"),
        "chain": gettext_noop("责任链"),
        "quantity": gettext_noop("观测量"),
        "zone": gettext_noop("部位"),
        "lon": gettext_noop("经度"),
        "lat": gettext_noop("纬度"),
        "factor": gettext_noop("换算系数"),
        "weight": gettext_noop("权重"),
        "datastream": gettext_noop("数据流"),
        "counts_from": gettext_noop("从什么时候起算"),
        # Incidents.
        "proposed": gettext_noop("建议的级别"),
        "exercise": gettext_noop("演练"),
        "attendees": gettext_noop("参加会商的"),
        "task": gettext_noop("巡查什么"),
        "due_at": gettext_noop("时限"),
        "person": gettext_noop("谁去"),
        "incidents": gettext_noop("进行中的险情"),
        "lacking": gettext_noop("没有结论的隐患点"),
        "patrols": gettext_noop("待巡查"),
        "dead": gettext_noop("发不出去的消息"),
        "version": gettext_noop("版本"),
        "source": gettext_noop("依据"),
        "numbers": gettext_noop("改了的阈值"),
        "first": gettext_noop("从"),
        "last": gettext_noop("到"),
        "added": gettext_noop("多出的报警"),
        "lost": gettext_noop("少掉的报警"),
        "moved": gettext_noop("变动的报警"),
    },
    words={
        "proposed": (INCIDENT_STATES,),
        "state": (
            INCIDENT_STATES,
            SITE_STATES,
            THRESHOLD_STATES,
            PATROL_STATES,
            HANDOVER_STATES,
            CALL_STATES,
            DISPATCH_STATES,
        ),
        "kind": (KINDS,),
        "quantity": (QUANTITIES,),
        "zone": (ZONES,),
        "role": (ROLES,),
        "next": (ROLES,),
        "channel": (CHANNELS,),
        "level": (LEVELS,),
        "message_type": (MESSAGE_TYPES,),
    },
    things={"chain": "people.person"},
)
