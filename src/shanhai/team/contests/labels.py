# SPDX-License-Identifier: Apache-2.0
"""The words for states and answers, acts, permissions and fields."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area
from shanhai.team.contests.states import AppealState, FindingState, HonourState, RoundState
from shanhai.team.contests.values import Answer

ROUND_STATES: dict[RoundState, tuple[Status, str]] = {
    RoundState.DRAFTED: ("wait", gettext_noop("筹备中")),
    RoundState.OPEN: ("ok", gettext_noop("评分中")),
    RoundState.CLOSED: ("wait", gettext_noop("申诉期")),
    RoundState.FROZEN: ("done", gettext_noop("已定名次")),
    RoundState.WITHDRAWN: ("rest", gettext_noop("不办了")),
}
APPEAL_STATES: dict[AppealState, tuple[Status, str]] = {
    AppealState.RAISED: ("wait", gettext_noop("待答复")),
    AppealState.UPHELD: ("ok", gettext_noop("重新评分")),
    AppealState.REJECTED: ("stop", gettext_noop("维持评分")),
}
FINDING_STATES: dict[FindingState, tuple[Status, str]] = {
    FindingState.FOUND: ("wait", gettext_noop("待交办")),
    FindingState.ASSIGNED: ("wait", gettext_noop("整改中")),
    FindingState.MENDED: ("wait", gettext_noop("待验收")),
    FindingState.CLOSED: ("done", gettext_noop("已验收")),
}
HONOUR_STATES: dict[HonourState, tuple[Status, str]] = {
    HonourState.NOMINATED: ("wait", gettext_noop("待审定")),
    HonourState.NOTICED: ("wait", gettext_noop("公示中")),
    HonourState.GRANTED: ("done", gettext_noop("已授予")),
    HonourState.DECLINED: ("stop", gettext_noop("没有通过")),
    HonourState.WITHDRAWN: ("rest", gettext_noop("已撤回")),
}
ANSWERS: dict[Answer, str] = {
    Answer.YES: gettext_noop("做到了"),
    Answer.NO: gettext_noop("有问题"),
    Answer.NOT_APPLICABLE: gettext_noop("不适用"),
}

AREA = Area(
    "contests",
    message(gettext_noop("竞赛、自查、荣誉")),
    {
        "contests.criteria.set": gettext_noop("定竞赛标准"),
        "contests.round.drafted": gettext_noop("筹备竞赛"),
        "contests.round.opened": gettext_noop("开始评分"),
        "contests.round.closed": gettext_noop("结束评分"),
        "contests.round.frozen": gettext_noop("定名次"),
        "contests.round.withdrawn": gettext_noop("竞赛不办了"),
        "contests.vote.given": gettext_noop("评分"),
        "contests.evidence.added": gettext_noop("交竞赛材料"),
        "contests.appeal.raised": gettext_noop("对评分申诉"),
        "contests.appeal.answered": gettext_noop("答复申诉"),
        "contests.questions.set": gettext_noop("定自查问题"),
        "contests.inspection.recorded": gettext_noop("自查、互检"),
        "contests.finding.assigned": gettext_noop("交办整改"),
        "contests.finding.mended": gettext_noop("报告整改好了"),
        "contests.finding.closed": gettext_noop("验收整改"),
        "contests.finding.reopened": gettext_noop("退回整改"),
        "contests.kind.set": gettext_noop("定荣誉种类"),
        "contests.honour.nominated": gettext_noop("推荐荣誉"),
        "contests.honour.noticed": gettext_noop("审定并公示荣誉"),
        "contests.honour.declined": gettext_noop("荣誉没有通过"),
        "contests.honour.withdrawn": gettext_noop("撤回荣誉"),
        "contests.honour.objected": gettext_noop("对荣誉提意见"),
        "contests.honour.answered": gettext_noop("答复对荣誉的意见"),
        "contests.honour.granted": gettext_noop("授予荣誉"),
    },
    {
        "contest.view": gettext_noop("看竞赛、自查、荣誉"),
        "contest.manage": gettext_noop("办竞赛"),
        "inspection.manage": gettext_noop("办自查，交办和验收整改"),
        "honour.nominate": gettext_noop("推荐荣誉"),
        "honour.decide": gettext_noop("审定荣誉"),
    },
    fields={
        "version": gettext_noop("第几版"),
        "teams": gettext_noop("几个队"),
        "judges": gettext_noop("几个评委"),
        "score": gettext_noop("得分"),
        "team": gettext_noop("队"),
        "findings": gettext_noop("发现几个问题"),
        "due_on": gettext_noop("期限"),
        "year": gettext_noop("哪一年"),
        "number": gettext_noop("编号"),
        "until": gettext_noop("到哪天"),
        "valid_from": gettext_noop("从哪天起算"),
    },
    words={"state": (ROUND_STATES, APPEAL_STATES, FINDING_STATES, HONOUR_STATES)},
    things={
        "contests.criteriaset": gettext_noop("竞赛标准"),
        "contests.round": gettext_noop("竞赛"),
        "contests.questionset": gettext_noop("自查问题"),
        "contests.inspection": gettext_noop("自查、互检"),
        "contests.finding": gettext_noop("要整改的问题"),
        "contests.honourkind": gettext_noop("荣誉种类"),
        "contests.honour": gettext_noop("荣誉"),
    },
)
