# SPDX-License-Identifier: Apache-2.0
"""The words for states, levels and ways of counting, acts, permissions and fields."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area
from shanhai.team.conduct.states import LeaveState
from shanhai.team.conduct.values import Counts, Level

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
    },
    {
        "leave.ask": gettext_noop("请假"),
        "leave.lead": gettext_noop("组长准假"),
        "leave.office": gettext_noop("办公室准假，定请假规则"),
        "leave.command": gettext_noop("指挥长准假"),
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
    },
    words={"state": (LEAVE_STATES,), "level": (LEVELS,), "counts": (COUNTS,)},
    things={"conduct.leave": gettext_noop("请假单"), "conduct.leavekind": gettext_noop("请假种类")},
)
