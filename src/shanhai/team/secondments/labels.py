# SPDX-License-Identifier: Apache-2.0
"""The words for kinds and states, acts, permissions and fields."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area
from shanhai.team.secondments.states import NominationState, PostState, TeachingState
from shanhai.team.secondments.values import Check, Ending, PostKind, TeachingKind

KINDS: dict[PostKind, str] = {
    PostKind.CADRE: gettext_noop("党政干部"),
    PostKind.TECHNICAL: gettext_noop("专业技术人才"),
    PostKind.MEDICAL_TEAM: gettext_noop("医疗组团"),
    PostKind.SCHOOL_TEAM: gettext_noop("教育组团"),
    PostKind.SHORT_TERM: gettext_noop("短期选派"),
}
POST_STATES: dict[PostState, tuple[Status, str]] = {
    PostState.ASKED: ("wait", gettext_noop("已提出")),
    PostState.OPEN: ("ok", gettext_noop("选派中")),
    PostState.DECLINED: ("stop", gettext_noop("没有同意选派")),
    PostState.CLOSED: ("rest", gettext_noop("不再需要")),
}
NOMINATION_STATES: dict[NominationState, tuple[Status, str]] = {
    NominationState.PROPOSED: ("wait", gettext_noop("待审查")),
    NominationState.CLEARED: ("ok", gettext_noop("可派出")),
    NominationState.DISPATCHED: ("done", gettext_noop("已派出")),
    NominationState.REFUSED: ("stop", gettext_noop("没有通过")),
    NominationState.WITHDRAWN: ("rest", gettext_noop("已撤回推荐")),
}
CHECKS: dict[Check, str] = {
    Check.PAPERS: gettext_noop("资料审查"),
    Check.FITNESS: gettext_noop("高原适应体检"),
}
TEACHING_KINDS: dict[TeachingKind, str] = {
    TeachingKind.APPRENTICE: gettext_noop("师带徒"),
    TeachingKind.TECHNIQUE: gettext_noop("教会的技术"),
    TeachingKind.FIRST: gettext_noop("当地首例"),
}
TEACHING_STATES: dict[TeachingState, tuple[Status, str]] = {
    TeachingState.RECORDED: ("wait", gettext_noop("待受援方确认")),
    TeachingState.CONFIRMED: ("ok", gettext_noop("受援方已确认")),
    TeachingState.DISPUTED: ("stop", gettext_noop("受援方不认可")),
}
ENDINGS: dict[Ending, str] = {
    Ending.PLANNED: gettext_noop("按期"),
    Ending.EARLY: gettext_noop("提前返回"),
    Ending.RELIEVED: gettext_noop("由他人接替"),
}

AREA = Area(
    "secondments",
    message(gettext_noop("队伍")),
    {
        "secondments.post.asked": gettext_noop("提出岗位需求"),
        "secondments.post.opened": gettext_noop("同意选派"),
        "secondments.post.declined": gettext_noop("不同意选派"),
        "secondments.post.closed": gettext_noop("关闭岗位"),
        "secondments.nomination.proposed": gettext_noop("推荐人选"),
        "secondments.nomination.checked": gettext_noop("审查人选"),
        "secondments.nomination.withdrawn": gettext_noop("撤回推荐"),
        "secondments.secondment.dispatched": gettext_noop("派出"),
        "secondments.roster.imported": gettext_noop("导入花名册"),
        "secondments.secondment.extended": gettext_noop("延长派驻"),
        "secondments.secondment.ended_early": gettext_noop("提前结束派驻"),
        "secondments.secondment.relieved": gettext_noop("派驻被接替"),
        "secondments.teaching.recorded": gettext_noop("登记带教"),
        "secondments.teaching.confirmed": gettext_noop("确认带教"),
        "secondments.teaching.disputed": gettext_noop("不认可带教"),
        "secondments.teaching.apprentice_erased": gettext_noop("抹去徒弟姓名"),
    },
    {
        "secondment.view": gettext_noop("看队伍"),
        "secondment.ask": gettext_noop("提岗位需求"),
        "secondment.confirm": gettext_noop("确认带教成果"),
        "secondment.manage": gettext_noop("管选派"),
        "secondment.check": gettext_noop("审查人选"),
    },
    fields={
        "until": gettext_noop("截止日"),
        "since": gettext_noop("开始日"),
        "check": gettext_noop("审查"),
        "passed": gettext_noop("通过"),
    },
    words={
        "state": (POST_STATES, NOMINATION_STATES, TEACHING_STATES),
        "kind": (KINDS, TEACHING_KINDS),
        "check": (CHECKS,),
        "ending": (ENDINGS,),
    },
    things={
        "secondments.post": gettext_noop("援派岗位"),
        "secondments.nomination": gettext_noop("推荐"),
        "secondments.secondment": gettext_noop("派驻"),
        "secondments.teachingrecord": gettext_noop("带教记录"),
    },
)
