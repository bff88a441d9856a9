# SPDX-License-Identifier: Apache-2.0
"""The words for kinds, states, fields and verdicts, and a stored value as a page shows it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area
from shanhai.planning.adjustments.states import Approver, Kind, PaperKind, State, Verdict
from shanhai.planning.adjustments.values import MONEY_FIELDS, Stored
from shanhai.planning.projects.labels import AREA as PROJECTS
from shanhai.planning.projects.labels import DELIVERIES, STAGES
from shanhai.planning.projects.states import Delivery, Stage

# Of a cancellation that was carried out, and the project goes on all the same.
TAKEN_BACK: tuple[Status, Promise] = ("rest", _("已执行，后来撤回"))
KINDS: dict[Kind, Promise] = {
    Kind.SCOPE: _("建设内容"),
    Kind.SITE: _("建设地点"),
    Kind.ESTIMATE: _("概算"),
    Kind.PERIOD: _("工期"),
    Kind.AMOUNT: _("援助资金"),
    Kind.MOVE_MONEY: _("项目之间调剂"),
    Kind.CANCEL: _("取消项目"),
    Kind.PLAN: _("年度计划"),
}
# What each of them changes of a project, for who looks for a field.
WHAT: dict[Kind, Promise] = {
    Kind.SCOPE: _("项目名称、类别、建设方式、建设内容和规模"),
    Kind.SITE: _("县（市）、地点、海拔"),
    Kind.ESTIMATE: _("总投资、其他资金"),
    Kind.PERIOD: _("计划开工、计划完工、是否跨年"),
    Kind.AMOUNT: _("一笔安排的金额"),
    Kind.MOVE_MONEY: _("把一笔安排的钱调给同一年度、同一资金来源的别的项目"),
    Kind.CANCEL: _("项目不再建设，没有用的钱回到年度计划"),
    Kind.PLAN: _("已下达的年度计划的金额"),
}
STATES: dict[State, tuple[Status, Promise]] = {
    State.DRAFT: ("rest", _("草稿")),
    State.SUBMITTED: ("wait", _("待审批")),
    State.RETURNED: ("late", _("已退回")),
    State.APPROVED: ("ok", _("已批准，待执行")),
    State.REFUSED: ("stop", _("不同意")),
    State.APPLIED: ("done", _("已执行")),
    State.WITHDRAWN: ("stop", _("已撤回")),
}
APPROVERS: dict[Approver, Promise] = {Approver.COMMANDER: _("指挥长"), Approver.ORIGINAL: _("原审批部门")}
VERDICTS: dict[Verdict, tuple[Status, Promise]] = {
    Verdict.SUBMITTED: ("wait", _("报送")),
    Verdict.SUPPORTED: ("ok", _("同意（意见）")),
    Verdict.DOUBTED: ("late", _("有不同意见")),
    Verdict.RETURNED: ("late", _("退回")),
    Verdict.APPROVED: ("ok", _("批准")),
    Verdict.REFUSED: ("stop", _("不同意")),
    Verdict.APPLIED: ("done", _("执行")),
    Verdict.WITHDRAWN: ("stop", _("撤回")),
}
PAPERS: dict[PaperKind, Promise] = {PaperKind.SUPPORT: _("证明材料"), PaperKind.REAPPROVAL: _("重新审批的文件")}
FIELDS: dict[str, Promise] = {
    "name": _("项目名称"),
    "category": _("类别"),
    "delivery": _("建设方式"),
    "content": _("建设内容和规模"),
    "place": _("县（市）"),
    "site": _("地点"),
    "altitude_m": _("海拔（米）"),
    "total_investment_fen": _("总投资"),
    "other_sources_fen": _("其他资金"),
    "planned_start_on": _("计划开工"),
    "planned_finish_on": _("计划完工"),
    "cross_year": _("跨年"),
    "amount_fen": _("援助资金安排"),
    "plan_amount_fen": _("下达计划"),
    "stage": _("阶段"),
}


def shown(field: str, stored: Stored, words: str, currency: str) -> Money | Promise | str:
    """A stored value as the page shows it; ``words`` are what was written down when it was asked for."""
    if field in MONEY_FIELDS and stored is not None:
        return Money(int(stored), currency)
    if field == "delivery":
        return DELIVERIES[Delivery(str(stored))]
    if field == "stage":
        return STAGES[Stage(str(stored))]
    if field == "cross_year":
        return _("是") if stored else _("否")
    return words or "—"


AREA = Area(
    "adjustments",
    message(gettext_noop("调整")),
    {
        "adjustments.adjustment.proposed": gettext_noop("提出调整"),
        "adjustments.adjustment.revised": gettext_noop("修改调整申请"),
        "adjustments.adjustment.submitted": gettext_noop("提交调整"),
        "adjustments.adjustment.withdrawn": gettext_noop("撤回调整申请"),
        "adjustments.adjustment.returned": gettext_noop("退回调整"),
        "adjustments.adjustment.approved": gettext_noop("批准调整"),
        "adjustments.adjustment.refused": gettext_noop("不批准调整"),
        "adjustments.adjustment.applied": gettext_noop("执行调整"),
        "adjustments.adjustment.supported": gettext_noop("支持调整"),
        "adjustments.adjustment.doubted": gettext_noop("对调整有疑问"),
    },
    {
        "adjustment.propose": gettext_noop("提出调整"),
        "adjustment.approve": gettext_noop("审批调整"),
        "adjustment.approve_as_original": gettext_noop("作为原审批部门审批调整"),
    },
    fields={
        **PROJECTS.fields,
        "approver": gettext_noop("审批人"),
        "effect": gettext_noop("执行结果"),
        "plan_amount_fen": gettext_noop("下达计划"),
    },
    words={**PROJECTS.words, "state": (STATES,), "kind": (KINDS,)},
)
