# SPDX-License-Identifier: Apache-2.0
"""The words for states, kinds and limits, acts, permissions and fields."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area
from shanhai.team.conduct.states import CaseState, LeaveState, TripState, UseState
from shanhai.team.conduct.values import (
    CaseKind,
    Counts,
    Doubt,
    ItemType,
    Level,
    LimitKey,
    ListKind,
    MatterKind,
    Sealed,
)

LEAVE_STATES: dict[LeaveState, tuple[Status, str]] = {
    LeaveState.ASKED: ("wait", gettext_noop("待批准")),
    LeaveState.APPROVED: ("ok", gettext_noop("已准假")),
    LeaveState.REFUSED: ("stop", gettext_noop("没有准假")),
    LeaveState.CANCELLED: ("rest", gettext_noop("已撤销申请")),
    LeaveState.BACK: ("done", gettext_noop("已销假")),
}
LEVELS: dict[Level, str] = {
    Level.LEAD: gettext_noop("组长"),
    Level.OFFICE: gettext_noop("指挥部办公室"),
    Level.COMMAND: gettext_noop("指挥长"),
}
COUNTS: dict[Counts, str] = {
    Counts.WORKDAYS: gettext_noop("按工作日计"),
    Counts.ALL_DAYS: gettext_noop("按自然日计"),
}
USE_STATES: dict[UseState, tuple[Status, str]] = {
    UseState.ASKED: ("wait", gettext_noop("待派车")),
    UseState.GIVEN: ("ok", gettext_noop("已派车")),
    UseState.OUT: ("ok", gettext_noop("已出车")),
    UseState.RETURNED: ("done", gettext_noop("已还车")),
    UseState.REFUSED: ("stop", gettext_noop("没有派车")),
    UseState.CANCELLED: ("rest", gettext_noop("已撤销用车")),
}
DOUBTS: dict[Doubt, str] = {
    Doubt.MUCH_FUEL: gettext_noop("油比平时多"),
    Doubt.LITTLE_FUEL: gettext_noop("油比平时少"),
    Doubt.FEW_KM: gettext_noop("公里数少于两地直线来回"),
    Doubt.MANY_KM: gettext_noop("公里数远多于两地来回"),
    Doubt.FAST: gettext_noop("这段时间开不了这么多公里"),
    Doubt.ELSEWHERE: gettext_noop("过夜没有停回原处"),
    Doubt.LATE: gettext_noop("还车晚于申请"),
}
TRIP_STATES: dict[TripState, tuple[Status, str]] = {
    TripState.PLANNED: ("wait", gettext_noop("待出发")),
    TripState.BEGUN: ("ok", gettext_noop("在外")),
    TripState.ENDED: ("done", gettext_noop("已返回")),
    TripState.CANCELLED: ("rest", gettext_noop("已取消出行")),
}
CASE_STATES: dict[CaseState, tuple[Status, str]] = {
    CaseState.REPORTED: ("wait", gettext_noop("待了解")),
    CaseState.INQUIRY: ("wait", gettext_noop("了解中")),
    CaseState.CONFIRMED: ("stop", gettext_noop("属实")),
    CaseState.UNFOUNDED: ("done", gettext_noop("不属实")),
}
CASE_KINDS: dict[CaseKind, str] = {
    CaseKind.INTEGRITY: gettext_noop("廉洁"),
    CaseKind.INJURY: gettext_noop("人身安全"),
    CaseKind.TRAFFIC: gettext_noop("交通"),
    CaseKind.PROPERTY: gettext_noop("财物"),
    CaseKind.OTHER: gettext_noop("其他事件"),
}
MATTERS: dict[MatterKind, str] = {
    MatterKind.NOTHING: gettext_noop("今年没有要报告的"),
    MatterKind.FAMILY: gettext_noop("婚姻、家庭变化"),
    MatterKind.ABROAD: gettext_noop("本人或家人出国（境）"),
    MatterKind.ASSETS: gettext_noop("房产等大额财产变化"),
    MatterKind.BUSINESS: gettext_noop("家人经商、任职"),
    MatterKind.PROCEEDINGS: gettext_noop("涉及的纠纷、调查"),
    MatterKind.OTHER: gettext_noop("其他重大事项"),
}
LISTS: dict[ListKind, str] = {
    ListKind.ENTRY: gettext_noop("进藏前清单"),
    ListKind.CHRONIC: gettext_noop("慢病和用药清单"),
    ListKind.ALTITUDE: gettext_noop("高原适应清单"),
    ListKind.EMERGENCY: gettext_noop("紧急联系和后送清单"),
    ListKind.MONTHLY: gettext_noop("每月健康表"),
}
ITEM_TYPES: dict[ItemType, str] = {
    ItemType.NUMBER: gettext_noop("数字"),
    ItemType.TEXT: gettext_noop("文字"),
    ItemType.YES_NO: gettext_noop("是否"),
    ItemType.DAY: gettext_noop("日期"),
}
LIMITS: dict[LimitKey, str] = {
    LimitKey.NOTICE_HOURS: gettext_noop("用车提前多少小时申请"),
    LimitKey.FUEL_PERCENT: gettext_noop("油耗与平时相差百分之多少要说明"),
    LimitKey.ROAD_PERCENT: gettext_noop("公里数超过两地直线来回的百分之多少要说明"),
    LimitKey.KM_AN_HOUR: gettext_noop("一小时最多开多少公里"),
    LimitKey.AWAY_DAYS: gettext_noop("三十天里不在多少天要留意"),
    LimitKey.LETTERS_BY_MONTH: gettext_noop("责任书几月底前签完"),
    LimitKey.MATTERS_BY_MONTH: gettext_noop("重大事项几月底前报完"),
    LimitKey.CASE_DAYS: gettext_noop("事件多少天内了解清楚"),
    LimitKey.TABLE_BY_DAY: gettext_noop("健康表每月几日前填"),
}
SEALED: dict[Sealed, str] = {
    Sealed.DECLARATION: gettext_noop("重大事项报告"),
    Sealed.HEALTH: gettext_noop("健康清单和健康表"),
}

AREA = Area(
    "conduct",
    message(gettext_noop("请假和纪律")),
    {
        "conduct.leave.asked": gettext_noop("请假"),
        "conduct.leave.passed": gettext_noop("一级准假"),
        "conduct.leave.approved": gettext_noop("准假"),
        "conduct.leave.refused": gettext_noop("不准假"),
        "conduct.leave.cancelled": gettext_noop("撤销请假"),
        "conduct.leave.back": gettext_noop("销假"),
        "conduct.leave.recounted": gettext_noop("按新公布的节假日重计"),
        "conduct.kind.set": gettext_noop("定请假种类"),
        "conduct.holiday.set": gettext_noop("定地方节假日"),
        "conduct.rule.set": gettext_noop("定审批层级"),
        "conduct.leave.erased": gettext_noop("抹去请假事由"),
        "conduct.limit.set": gettext_noop("定队务标准"),
        "conduct.vehicle.added": gettext_noop("登记车辆"),
        "conduct.vehicle.retired": gettext_noop("停用车辆"),
        "conduct.use.asked": gettext_noop("申请用车"),
        "conduct.use.given": gettext_noop("派车"),
        "conduct.use.refused": gettext_noop("不派车"),
        "conduct.use.cancelled": gettext_noop("撤销用车"),
        "conduct.use.out": gettext_noop("出车"),
        "conduct.use.returned": gettext_noop("还车"),
        "conduct.use.explained": gettext_noop("说明用车"),
        "conduct.letter.set": gettext_noop("发出责任书"),
        "conduct.letter.signed": gettext_noop("签责任书"),
        "conduct.letter.countersigned": gettext_noop("与所属人员签责任书"),
        "conduct.declaration.made": gettext_noop("报告重大事项"),
        "conduct.declaration.erased": gettext_noop("抹去重大事项报告"),
        "conduct.trip.planned": gettext_noop("安排交流出行"),
        "conduct.trip.members": gettext_noop("改谁去"),
        "conduct.trip.taught": gettext_noop("行前教育"),
        "conduct.trip.begun": gettext_noop("出发"),
        "conduct.trip.ended": gettext_noop("返回"),
        "conduct.trip.cancelled": gettext_noop("取消出行"),
        "conduct.case.reported": gettext_noop("报告事件"),
        "conduct.case.inquiry": gettext_noop("了解事件"),
        "conduct.case.found": gettext_noop("事件有结论"),
        "conduct.case.erased": gettext_noop("抹去事件内容"),
        "conduct.template.set": gettext_noop("定健康清单"),
        "conduct.sheet.filled": gettext_noop("填健康清单或健康表"),
        "conduct.sheet.erased": gettext_noop("抹去健康清单或健康表"),
    },
    {
        "leave.ask": gettext_noop("请假"),
        "leave.lead": gettext_noop("组长准假"),
        "leave.office": gettext_noop("办公室准假，定请假规则"),
        "leave.command": gettext_noop("指挥长准假"),
        "vehicle.ask": gettext_noop("用车"),
        "vehicle.dispatch": gettext_noop("派车、收车"),
        "integrity.own": gettext_noop("签责任书，报告重大事项"),
        "integrity.countersign": gettext_noop("与所属人员签责任书"),
        "integrity.discipline": gettext_noop("看重大事项，管行前教育和事件"),
        "health.own": gettext_noop("填自己的健康表"),
        "health.keep": gettext_noop("看队员的健康表，定模板"),
        "health.figures": gettext_noop("看健康的汇总数"),
    },
    fields={
        "days": gettext_noop("天数"),
        "since": gettext_noop("开始日"),
        "until": gettext_noop("哪天回来"),
        "counts": gettext_noop("怎样计"),
        "valid_from": gettext_noop("从哪天起算"),
        "level": gettext_noop("层级"),
        "day": gettext_noop("日期"),
        "from_days": gettext_noop("多少天起"),
        "limit": gettext_noop("标准"),
        "value": gettext_noop("数值"),
        "plate": gettext_noop("车牌"),
        "km": gettext_noop("里程表（公里）"),
        "doubts": gettext_noop("要说明的"),
        "year": gettext_noop("哪一年"),
        "people": gettext_noop("几个人"),
        "version": gettext_noop("第几版"),
    },
    words={
        "state": (LEAVE_STATES, USE_STATES, TRIP_STATES, CASE_STATES),
        "level": (LEVELS,),
        "counts": (COUNTS,),
        "limit": (LIMITS,),
    },
    things={
        "conduct.leave": gettext_noop("请假单"),
        "conduct.leavekind": gettext_noop("请假种类"),
        "conduct.limit": gettext_noop("队务标准"),
        "conduct.vehicle": gettext_noop("车辆"),
        "conduct.vehicleuse": gettext_noop("用车单"),
        "conduct.letter": gettext_noop("责任书"),
        "conduct.declaration": gettext_noop("重大事项报告"),
        "conduct.exchangetrip": gettext_noop("交流出行"),
        "conduct.casefile": gettext_noop("事件"),
        "conduct.healthtemplate": gettext_noop("健康清单"),
        "conduct.healthsheet": gettext_noop("填过的健康表"),
    },
)
