# SPDX-License-Identifier: Apache-2.0
"""The words for states and kinds, acts, permissions and fields."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area
from shanhai.team.visits.states import AgreementState, DelegationState, MeetingState
from shanhai.team.visits.values import Category, Direction, Side

DELEGATION_STATES: dict[DelegationState, tuple[Status, str]] = {
    DelegationState.PLANNED: ("wait", gettext_noop("待批")),
    DelegationState.APPROVED: ("ok", gettext_noop("已批准成行")),
    DelegationState.HELD: ("wait", gettext_noop("已成行，待报账")),
    DelegationState.REPORTED: ("done", gettext_noop("已办结")),
    DelegationState.CANCELLED: ("rest", gettext_noop("没有成行")),
}
MEETING_STATES: dict[MeetingState, tuple[Status, str]] = {
    MeetingState.PLANNED: ("wait", gettext_noop("待开")),
    MeetingState.MINUTED: ("done", gettext_noop("已有纪要")),
    MeetingState.CANCELLED: ("rest", gettext_noop("不开了")),
}
AGREEMENT_STATES: dict[AgreementState, tuple[Status, str]] = {
    AgreementState.AGREED: ("wait", gettext_noop("待落实")),
    AgreementState.DONE: ("wait", gettext_noop("待确认落实")),
    AgreementState.CONFIRMED: ("done", gettext_noop("已落实")),
    AgreementState.DROPPED: ("rest", gettext_noop("不再落实")),
}
DIRECTIONS: dict[Direction, str] = {
    Direction.INCOMING: gettext_noop("来访"),
    Direction.OUTGOING: gettext_noop("出访"),
}
SIDES: dict[Side, str] = {Side.GUEST: gettext_noop("客方"), Side.HOST: gettext_noop("主方")}
CATEGORIES: dict[Category, str] = {
    Category.MEALS: gettext_noop("用餐"),
    Category.LODGING: gettext_noop("住宿"),
    Category.TRANSPORT: gettext_noop("交通"),
    Category.VENUE: gettext_noop("场地"),
    Category.OTHER: gettext_noop("其他费用"),
}

AREA = Area(
    "visits",
    message(gettext_noop("互访和机制")),
    {
        "visits.delegation.planned": gettext_noop("安排互访"),
        "visits.delegation.letter": gettext_noop("登记公函"),
        "visits.delegation.approved": gettext_noop("批准互访"),
        "visits.delegation.held": gettext_noop("互访成行"),
        "visits.delegation.reported": gettext_noop("互访报账"),
        "visits.delegation.cancelled": gettext_noop("取消互访"),
        "visits.stop.set": gettext_noop("安排行程"),
        "visits.stop.removed": gettext_noop("删去一段行程"),
        "visits.attendee.added": gettext_noop("登记来访人员"),
        "visits.attendee.removed": gettext_noop("从接待清单删去一人"),
        "visits.cost.removed": gettext_noop("删去一笔接待费用"),
        "visits.attendee.erased": gettext_noop("抹去来访人员"),
        "visits.cost.added": gettext_noop("登记接待费用"),
        "visits.standard.set": gettext_noop("定接待标准"),
        "visits.agreement.made": gettext_noop("登记议定事项"),
        "visits.agreement.done": gettext_noop("报告议定事项落实"),
        "visits.agreement.confirmed": gettext_noop("确认议定事项落实"),
        "visits.agreement.returned": gettext_noop("退回议定事项"),
        "visits.agreement.dropped": gettext_noop("不再落实议定事项"),
        "visits.mechanism.set": gettext_noop("定协作机制"),
        "visits.meeting.planned": gettext_noop("安排会议"),
        "visits.meeting.minuted": gettext_noop("记会议纪要"),
        "visits.meeting.cancelled": gettext_noop("取消会议"),
    },
    {
        "visit.view": gettext_noop("看互访和机制"),
        "visit.manage": gettext_noop("办互访和会议"),
        "visit.approve": gettext_noop("批准互访"),
    },
    fields={
        "direction": gettext_noop("来访或出访"),
        "letter_number": gettext_noop("公函文号"),
        "since": gettext_noop("开始日"),
        "until": gettext_noop("到哪天"),
        "category": gettext_noop("费用类别"),
        "amount": gettext_noop("金额（分）"),
        "side": gettext_noop("哪一方"),
        "due_on": gettext_noop("期限"),
        "valid_from": gettext_noop("从哪天起算"),
        "months": gettext_noop("几个月一次"),
    },
    words={
        "state": (DELEGATION_STATES, MEETING_STATES, AGREEMENT_STATES),
        "direction": (DIRECTIONS,),
        "category": (CATEGORIES,),
        "side": (SIDES,),
    },
    things={
        "visits.delegation": gettext_noop("互访"),
        "visits.agreement": gettext_noop("议定事项"),
        "visits.mechanism": gettext_noop("协作机制"),
        "visits.meeting": gettext_noop("机制会议"),
        "visits.standard": gettext_noop("接待标准"),
    },
)
