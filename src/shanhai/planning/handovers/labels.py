# SPDX-License-Identifier: Apache-2.0
"""The words for kinds, states and those responsible, and what is to be done next about each kind."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area
from shanhai.planning.handovers.states import HandoverState, ItemState
from shanhai.planning.handovers.values import ItemKind, ResponsibleKind

KINDS: dict[ItemKind, str] = {
    ItemKind.OPEN_SETTLEMENT: gettext_noop("决算（结报）未办结"),
    ItemKind.ASSET_NOT_TRANSFERRED: gettext_noop("资产未移交"),
    ItemKind.UNSIGNED_PAPER: gettext_noop("材料未签"),
    ItemKind.UNFINISHED_PROJECT: gettext_noop("项目未完工或未验收"),
    ItemKind.OPEN_ADJUSTMENT: gettext_noop("调整未办结"),
    ItemKind.OPEN_WARNING: gettext_noop("预警未关闭"),
    ItemKind.OPEN_TASK: gettext_noop("任务未完成"),
    ItemKind.OPEN_REPORT: gettext_noop("月报未通过"),
    ItemKind.OPEN_PLAN: gettext_noop("年度计划未结束"),
    ItemKind.DOUBTED_RETURN: gettext_noop("县级报表疑点未说明"),
    ItemKind.OPEN_SECONDMENT: gettext_noop("派驻到期没有人接替"),
    ItemKind.UNCONFIRMED_TEACHING: gettext_noop("带教未经受援方确认"),
}
NEXT_STEPS: dict[ItemKind, str] = {
    ItemKind.OPEN_SETTLEMENT: gettext_noop(
        "报批竣工财务决算（非固投项目交结报材料）；批复前，项目和财务负责人不得离任。"
    ),
    ItemKind.ASSET_NOT_TRANSFERRED: gettext_noop("签移交清单，登记接收管护单位，再把项目改为“移交”。"),
    ItemKind.UNSIGNED_PAPER: gettext_noop("请有权的人签字，上传签好的一版。"),
    ItemKind.UNFINISHED_PROJECT: gettext_noop("更新进度和阶段；不能按期的，提出调整并写明由谁接着办。"),
    ItemKind.OPEN_ADJUSTMENT: gettext_noop("催办审批，或者撤回。"),
    ItemKind.OPEN_WARNING: gettext_noop("打开预警，写明已采取的办法。"),
    ItemKind.OPEN_TASK: gettext_noop("填报完成情况；不再做的，改为取消；下一批接着做的，结转到下一年。"),
    ItemKind.OPEN_REPORT: gettext_noop("补报或修改月报，请办公室审核。"),
    ItemKind.OPEN_PLAN: gettext_noop("核对这一年的资金和项目，然后结束计划。"),
    ItemKind.DOUBTED_RETURN: gettext_noop("打开报表，逐条说明疑点，或者撤回重报。"),
    ItemKind.OPEN_SECONDMENT: gettext_noop("推荐接替的人，或延长；不再需要人的，关闭岗位。"),
    ItemKind.UNCONFIRMED_TEACHING: gettext_noop("请受援单位确认，或写明哪里不对。"),
}
ITEM_STATES: dict[ItemState, tuple[Status, str]] = {
    ItemState.OPEN: ("wait", gettext_noop("未办")),
    ItemState.SETTLED: ("ok", gettext_noop("已办结")),
    ItemState.WAIVED: ("rest", gettext_noop("已放行")),
}
HANDOVER_STATES: dict[HandoverState, tuple[Status, str]] = {
    HandoverState.OPEN: ("wait", gettext_noop("办理中")),
    HandoverState.RELEASED: ("done", gettext_noop("已准予离任")),
}
RESPONSIBLE_KINDS: dict[ResponsibleKind, str] = {
    ResponsibleKind.PERSON: gettext_noop("个人"),
    ResponsibleKind.GROUP: gettext_noop("工作组"),
    ResponsibleKind.ORGANISATION: gettext_noop("单位"),
    ResponsibleKind.OFFICE: gettext_noop("指挥部办公室"),
}

AREA = Area(
    "handovers",
    message(gettext_noop("交接")),
    {
        "handovers.handover.opened": gettext_noop("建交接清单"),
        "handovers.handover.refreshed": gettext_noop("更新交接清单"),
        "handovers.handover.released": gettext_noop("准予离任"),
        "handovers.item.waived": gettext_noop("放行一项"),
        "handovers.items.handed_to": gettext_noop("指定接收人"),
    },
    {
        "handover.manage": gettext_noop("办理交接"),
        "handover.waive": gettext_noop("免去交接事项"),
    },
    fields={
        "items": gettext_noop("事项"),
        "receiver": gettext_noop("接收人"),
        "added": gettext_noop("新增"),
        "settled": gettext_noop("已办结"),
        "reopened": gettext_noop("重新列入"),
        "told_anew": gettext_noop("重新告知"),
    },
    words={"state": (HANDOVER_STATES, ITEM_STATES), "kind": (KINDS,)},
)
