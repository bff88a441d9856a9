# SPDX-License-Identifier: Apache-2.0
"""The words for stages and kinds, and how a page draws a stage: as waiting, at work, stopped or done, and its way."""

from __future__ import annotations

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status, Step
from shanhai.kernel.registry import Area
from shanhai.planning.projects.states import (
    FINISHED,
    NOT_STARTED,
    Delivery,
    Level,
    Method,
    Novelty,
    PaperKind,
    Size,
    Stage,
    StopReason,
)
from shanhai.planning.projects.values import AMOUNTS, SOURCES

STAGES: dict[Stage, Promise] = {
    Stage.PREPARATION: _("前期准备"),
    Stage.TENDERING: _("招投标"),
    Stage.READY: _("待开工"),
    Stage.UNDER_WAY: _("已开工"),
    Stage.SUSPENDED: _("停工"),
    Stage.COMPLETED: _("完工"),
    Stage.ACCEPTED: _("验收"),
    Stage.SETTLED: _("竣工决算"),
    Stage.HANDED_OVER: _("移交"),
    Stage.CANCELLED: _("取消"),
}
DELIVERIES: dict[Delivery, Promise] = {Delivery.TURNKEY: _("交钥匙"), Delivery.CHEQUE: _("交支票")}
NOVELTIES: dict[Novelty, Promise] = {Novelty.NEW: _("新建"), Novelty.CONTINUING: _("续建")}
LEVELS: dict[Level, Promise] = {
    Level.PREFECTURE: _("州（市）级"),
    Level.COUNTY: _("县级"),
    Level.TOWNSHIP: _("乡镇级"),
    Level.VILLAGE: _("村级"),
}
PAPERS: dict[PaperKind, Promise] = {
    PaperKind.APPROVAL: _("立项（可研）批复"),
    PaperKind.ENTRUSTMENT: _("委托（拨款）协议"),
    PaperKind.AWARD: _("中标（成交）通知书"),
    PaperKind.START_PERMIT: _("施工许可或开工报告"),
    PaperKind.ACCEPTANCE: _("验收报告"),
    PaperKind.FINAL_ACCOUNT: _("决算或结报材料"),
    PaperKind.TRANSFER_LIST: _("移交清单"),
    PaperKind.OTHER: _("其他材料"),
}
METHODS: dict[Method, Promise] = {
    Method.OPEN_TENDER: _("公开招标"),
    Method.INVITED_TENDER: _("邀请招标"),
    Method.NEGOTIATION: _("竞争性谈判"),
    Method.QUOTATION: _("询价"),
    Method.SINGLE_SOURCE: _("单一来源"),
    Method.DIRECT: _("直接委托"),
}
STOPS: dict[StopReason, Promise] = {
    StopReason.WINTER: _("冬季停工"),
    StopReason.LAND: _("用地或拆迁"),
    StopReason.FUNDS: _("资金未到"),
    StopReason.WEATHER: _("天气或灾害"),
    StopReason.DESIGN: _("设计变更"),
    StopReason.OTHER: _("其他原因"),
}
SIZES: dict[Size, Promise] = {Size.SMALL: _("中小型"), Size.LARGE: _("大型")}

COMPARED: dict[str, Promise] = {name: _(said.text) for name, said in AMOUNTS.items()}

STATUS: dict[Stage, Status] = {Stage.SUSPENDED: "rest", Stage.CANCELLED: "stop"}
STANDING: dict[Stage, Status] = {
    **dict.fromkeys(NOT_STARTED, "wait"), **dict.fromkeys(FINISHED, "done"), Stage.UNDER_WAY: "ok", **STATUS,
}  # fmt: skip

# The way a project goes; a stop stands where it happened.
WAY = (
    Stage.PREPARATION, Stage.TENDERING, Stage.READY, Stage.UNDER_WAY, Stage.COMPLETED, Stage.ACCEPTED, Stage.SETTLED,
    Stage.HANDED_OVER,
)  # fmt: skip


def stage_words(stage: Stage, late_since: date | None, finish: date | None) -> tuple[Status, str]:
    """The mark and the word of a stage; a late one says since when: what was planned for that day is not done."""
    if late_since is None:
        return STANDING[stage], str(STAGES[stage])
    text = (
        gettext("%(stage)s，已逾期：%(day)s 应完工")
        if late_since == finish
        else gettext("%(stage)s，已逾期：%(day)s 应开工")
    )
    return "late", text % {"stage": STAGES[stage], "day": late_since}


def steps(stage: Stage) -> list[Step]:
    """The way of a project that stands at ``stage``, as the component ``stepper`` draws it."""
    word = str(STAGES[stage])
    if stage is Stage.CANCELLED:
        return [Step(word, "stop")]
    reached = WAY.index(Stage.UNDER_WAY if stage is Stage.SUSPENDED else stage)
    way = [Step(str(STAGES[one]), "done" if number < reached else "ahead") for number, one in enumerate(WAY)]
    stopped = stage is Stage.SUSPENDED
    way[reached : reached + 1] = (
        [Step(way[reached].label, "done"), Step(word, "rest")] if stopped else [Step(word, "now")]
    )
    return way


AREA = Area(
    "projects",
    message(gettext_noop("项目")),
    {
        "projects.project.created": gettext_noop("新建项目"),
        "projects.project.corrected": gettext_noop("更正项目"),
        "projects.project.moved": gettext_noop("项目流转"),
        "projects.project.move_taken_back": gettext_noop("退回记错的阶段"),
        "projects.project.imported": gettext_noop("从表中导入项目"),
        "projects.line.added": gettext_noop("安排资金"),
        "projects.paper.filed": gettext_noop("存入材料"),
        "projects.paper.signed": gettext_noop("登记签字"),
        "projects.requirement.waived": gettext_noop("免去一项要求"),
        "projects.contract.added": gettext_noop("登记合同"),
        "projects.contract.corrected": gettext_noop("更正合同"),
        "projects.progress.noted": gettext_noop("报进度"),
        "projects.settlement.extended": gettext_noop("决算延期"),
        "projects.settlement.drafted": gettext_noop("登记决算（送审）"),
        "projects.settlement.approval_taken_back": gettext_noop("撤回决算批复"),
        "projects.settlement.approved": gettext_noop("登记决算批复"),
        "projects.surplus.returned": gettext_noop("交回结余"),
        "projects.asset.transferred": gettext_noop("登记资产移交"),
        "projects.asset.taken_back": gettext_noop("撤回资产移交"),
        "projects.line.allotted_below_floor": gettext_noop("低于 80% 仍核拨"),
        "projects.line.beyond_ceiling": gettext_noop("超出限额仍办理"),
        "projects.project.beyond_ceiling": gettext_noop("超出限额仍办理"),
        "projects.line.arrival_shifted": gettext_noop("到位改给别的项目"),
        "projects.line.beyond_plan": gettext_noop("超出计划仍安排"),
        "projects.project.content_revised": gettext_noop("按批准改内容"),
        "projects.line.revised": gettext_noop("按批准改资金安排"),
        "projects.line.given_again": gettext_noop("恢复取消以前的资金安排"),
        "projects.batch.imported": gettext_noop("导入项目表"),
        "projects.batch.undone": gettext_noop("撤销导入"),
    },
    {
        "project.view": gettext_noop("看项目"),
        "project.manage": gettext_noop("管项目"),
        "project.move": gettext_noop("推动项目的阶段"),
        "project.correct": gettext_noop("退回记错的阶段"),
        "project.import": gettext_noop("导入项目表"),
        "gate.waive": gettext_noop("免去阶段条件"),
    },
    fields={
        "accepted_on": gettext_noop("验收日期"),
        "allotted_fen": gettext_noop("已核拨"),
        "arrived_fen": gettext_noop("已到位"),
        "paid_fen": gettext_noop("已支付"),
        "altitude_m": gettext_noop("海拔（米）"),
        "answers": gettext_noop("由人决定的"),
        "approved_fen": gettext_noop("批复金额"),
        "asset": gettext_noop("资产"),
        "beneficiary_level": gettext_noop("受益层级"),
        "awarded_on": gettext_noop("中标（成交）日期"),
        "beyond_fen": gettext_noop("超出"),
        "capital": gettext_noop("固定资产投资项目"),
        "category": gettext_noop("类别"),
        "ceiling": gettext_noop("限额"),
        "completed_investment_fen": gettext_noop("完成投资"),
        "content": gettext_noop("建设内容和规模"),
        "contract": gettext_noop("合同"),
        "contractor": gettext_noop("承包单位"),
        "cross_year": gettext_noop("跨年"),
        "deleted": gettext_noop("删除"),
        "delivery": gettext_noop("建设方式"),
        "entry": gettext_noop("分录"),
        "extended_to": gettext_noop("延至"),
        "finished_on": gettext_noop("完工日期"),
        "given_fen": gettext_noop("安排"),
        "implementer_level": gettext_noop("实施层级"),
        "keeper": gettext_noop("接收单位"),
        "line": gettext_noop("资金安排"),
        "lines": gettext_noop("资金安排"),
        "livelihood_percent": gettext_noop("民生比例（%）"),
        "method": gettext_noop("采购方式"),
        "missing_fen": gettext_noop("尚缺"),
        "most_fen": gettext_noop("至多"),
        "novelty": gettext_noop("新建/续建"),
        "other_sources_fen": gettext_noop("其他资金"),
        "owner": gettext_noop("业主单位"),
        "percent": gettext_noop("进度（%）"),
        "photos": gettext_noop("照片"),
        "place": gettext_noop("县（市）"),
        "planned_finish_on": gettext_noop("计划完工"),
        "planned_start_on": gettext_noop("计划开工"),
        "posted": gettext_noop("入账"),
        "progress_percent": gettext_noop("形象进度（%）"),
        "projects": gettext_noop("项目"),
        "requirement": gettext_noop("要求"),
        "restored": gettext_noop("恢复"),
        "share": gettext_noop("比例"),
        "signed_on": gettext_noop("签字日期"),
        "site": gettext_noop("地点"),
        "size": gettext_noop("规模"),
        "stage": gettext_noop("阶段"),
        "started_on": gettext_noop("开工日期"),
        "sum_fen": gettext_noop("合计"),
        "surplus_fen": gettext_noop("结余"),
        "total_investment_fen": gettext_noop("总投资"),
        "totals": gettext_noop("合计"),
        "value_fen": gettext_noop("价值"),
        "what": gettext_noop("哪一项"),
    },
    words={
        "stage": (STAGES,),
        "delivery": (DELIVERIES,),
        "novelty": (NOVELTIES,),
        "beneficiary_level": (LEVELS,),
        "implementer_level": (LEVELS,),
        "kind": (PAPERS,),
        "method": (METHODS,),
        "size": (SIZES,),
        "what": (COMPARED,),
        "ceiling": (COMPARED,),
        "reason": (STOPS,),
        "source": ({kind: words for kind, (words, _) in SOURCES.items()},),
    },
    things={"owner": "organisations.organisation"},
)
