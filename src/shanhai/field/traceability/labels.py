# SPDX-License-Identifier: Apache-2.0
"""The words of the app for its acts, permissions and states."""

from __future__ import annotations

from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.states import (
    FindingKind,
    LotKind,
    LotState,
    PartyKind,
    ProblemKind,
    RecallState,
    ReportKind,
)
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area

PARTY_KINDS = {
    PartyKind.COOPERATIVE: gettext_noop("合作社"),
    PartyKind.SLAUGHTERHOUSE: gettext_noop("屠宰场"),
    PartyKind.PROCESSOR: gettext_noop("加工厂"),
    PartyKind.LABORATORY: gettext_noop("检测机构"),
    PartyKind.TRADER: gettext_noop("收购商"),
    PartyKind.CARRIER: gettext_noop("承运单位"),
    PartyKind.SHOP: gettext_noop("门店"),
}
LOT_KINDS = {
    LotKind.LOT: gettext_noop("货物批次"),
    LotKind.BOX: gettext_noop("箱盒"),
    LotKind.ANIMAL: gettext_noop("活畜"),
    LotKind.CARCASS: gettext_noop("胴体"),
}
# By the kind of paper and whether it was passed.
PAPERS: dict[tuple[ReportKind, bool], tuple[Status, str]] = {
    (ReportKind.TEST, True): ("ok", gettext_noop("检验合格")),
    (ReportKind.TEST, False): ("late", gettext_noop("检验不合格")),
    (ReportKind.QUARANTINE, True): ("ok", gettext_noop("检疫合格")),
    (ReportKind.QUARANTINE, False): ("late", gettext_noop("检疫不合格")),
}
LOTS: dict[LotState, tuple[Status, str]] = {
    LotState.HERE: ("ok", gettext_noop("在库")),
    LotState.ON_WAY: ("wait", gettext_noop("在途")),
    LotState.USED: ("done", gettext_noop("已用完")),
    LotState.SOLD: ("done", gettext_noop("已售出")),
    LotState.HELD: ("stop", gettext_noop("扣货")),
    LotState.RECALLED: ("late", gettext_noop("已召回")),
    LotState.VOID: ("done", gettext_noop("已作废")),
}
FINDINGS = {
    FindingKind.WEIGHT_DIFFERS: gettext_noop("收到的重量和发出的不同"),
    FindingKind.MORE_OUT: gettext_noop("出的比进的多"),
    FindingKind.CORRECTED: gettext_noop("前面的记录更正过"),
    FindingKind.TEMPERATURE: gettext_noop("温度超出了范围"),
}
RECALL_STATES: dict[RecallState, tuple[Status, str]] = {
    RecallState.OPEN: ("wait", gettext_noop("进行中")),
    RecallState.CLOSED: ("done", gettext_noop("已结束")),
}
PROBLEM_KINDS = {
    ProblemKind.OTHER_GOODS: gettext_noop("买到的和页面上写的不是一种东西"),
    ProblemKind.SPOILT: gettext_noop("变质、有异味、有异物"),
    ProblemKind.OPENED: gettext_noop("包装或覆盖层已经被打开过"),
    ProblemKind.OTHER: gettext_noop("别的问题"),
}
AREA = Area(
    key="traceability",
    label=message(gettext_noop("溯源")),
    acts={
        "traceability.events.captured": gettext_noop("存入溯源事件"),
        "traceability.party.registered": gettext_noop("登记经营主体"),
        "traceability.party.ended": gettext_noop("停用经营主体"),
        "traceability.party.recorder_named": gettext_noop("加记录员"),
        "traceability.party.recorder_released": gettext_noop("减记录员"),
        "traceability.credential.given": gettext_noop("发接口凭证"),
        "traceability.credential.revoked": gettext_noop("收回接口凭证"),
        "traceability.product.loaded": gettext_noop("载入产品定义"),
        "traceability.zone.registered": gettext_noop("登记采集区"),
        "traceability.zone.closed": gettext_noop("采集区禁采"),
        "traceability.permit.registered": gettext_noop("登记采集证"),
        "traceability.permit.revoked": gettext_noop("吊销采集证"),
        "traceability.record.recorded": gettext_noop("记溯源一步"),
        "traceability.record.corrected": gettext_noop("更正溯源记录"),
        "traceability.record.withdrawn": gettext_noop("撤回溯源记录"),
        "traceability.finding.answered": gettext_noop("说明溯源里对不上的事"),
        "traceability.query.kept": gettext_noop("存下命名查询"),
        "traceability.query.given_up": gettext_noop("删去命名查询"),
        "traceability.subscription.began": gettext_noop("开始订阅"),
        "traceability.subscription.ended": gettext_noop("退订"),
        "traceability.subscription.stopped": gettext_noop("订阅停了"),
        "traceability.lot.held": gettext_noop("扣下一批"),
        "traceability.lot.recalled": gettext_noop("召回一批"),
        "traceability.lot.released": gettext_noop("放行一批"),
        "traceability.recalls.started": gettext_noop("开始召回"),
        "traceability.recalls.listed": gettext_noop("更新召回清单"),
        "traceability.recalls.answered": gettext_noop("答复召回"),
        "traceability.recalls.ended": gettext_noop("结束召回"),
        "traceability.problems.sent": gettext_noop("反映问题"),
        "traceability.problems.answered": gettext_noop("答复反映的问题"),
    },
    fields={
        "events": gettext_noop("事件"),
        "known": gettext_noop("已有的事件"),
        "product": gettext_noop("产品"),
        "version": gettext_noop("版本"),
        "steps": gettext_noop("步数"),
        "step": gettext_noop("步骤"),
        "lots": gettext_noop("批次数"),
        "grams": gettext_noop("重量（克）"),
        "number": gettext_noop("证号"),
        "starts_on": gettext_noop("起日"),
        "ends_on": gettext_noop("止日"),
        "write": gettext_noop("可以写入"),
        "identifier": gettext_noop("标识"),
        "national_code": gettext_noop("主体码"),
        "organisation": gettext_noop("单位"),
        "recorder": gettext_noop("记录员"),
    },
    permissions={
        TracePermission.VIEW: gettext_noop("看溯源"),
        TracePermission.RECORD: gettext_noop("记溯源"),
        TracePermission.INSPECT: gettext_noop("召回、扣货和演练"),
        TracePermission.MANAGE: gettext_noop("管经营主体、采集证和接口凭证"),
    },
    words={"state": (LOTS, RECALL_STATES), "kind": (PROBLEM_KINDS, PARTY_KINDS)},
    things={"recorder": "accounts.user", "product": "traceability.productclass"},
)
