# SPDX-License-Identifier: Apache-2.0
"""The words of evaluations for people."""

from __future__ import annotations

from shanhai.insight.evaluations.states import EvaluationState, TemplateState
from shanhai.insight.evaluations.values import Scoring
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area

TEMPLATES: dict[TemplateState, tuple[Status, str]] = {
    TemplateState.DRAFT: ("wait", gettext_noop("未启用")),
    TemplateState.IN_FORCE: ("ok", gettext_noop("启用中")),
    TemplateState.RETIRED: ("done", gettext_noop("停用")),
}
EVALUATIONS: dict[EvaluationState, tuple[Status, str]] = {
    EvaluationState.ASSESSING: ("wait", gettext_noop("自评中")),
    EvaluationState.SUBMITTED: ("ok", gettext_noop("已上报，等评定")),
    EvaluationState.DECIDED: ("ok", gettext_noop("已评定")),
    EvaluationState.APPEALED: ("late", gettext_noop("申诉中")),
    EvaluationState.FROZEN: ("done", gettext_noop("已封存")),
}
SCORINGS: dict[Scoring, str] = {
    Scoring.SHARE_OF_TARGET: gettext_noop("按目标"),
    Scoring.STEPS: gettext_noop("分档"),
    Scoring.YES_NO: gettext_noop("是或否"),
    Scoring.BY_HAND: gettext_noop("人工评分"),
}
YES_NO: dict[str, str] = {"1": gettext_noop("是"), "0": gettext_noop("否")}
# What is asked of who assesses an item without a figure.
ASKED: dict[Scoring, str] = {
    Scoring.SHARE_OF_TARGET: gettext_noop("做到多少"),
    Scoring.STEPS: gettext_noop("做到多少"),
    Scoring.YES_NO: gettext_noop("做到没有"),
    Scoring.BY_HAND: gettext_noop("得权重的百分之几"),
}

AREA = Area(
    "evaluation",
    message(gettext_noop("考核")),
    {
        "evaluation.template.taken_in": gettext_noop("收进考核办法"),
        "evaluation.template.in_force": gettext_noop("启用考核办法"),
        "evaluation.opened": gettext_noop("开始考核"),
        "evaluation.assessed": gettext_noop("填自评"),
        "evaluation.submitted": gettext_noop("上报自评"),
        "evaluation.assessing": gettext_noop("退回自评"),
        "evaluation.decided": gettext_noop("评定"),
        "evaluation.appealed": gettext_noop("申诉"),
        "evaluation.frozen": gettext_noop("封存考核"),
    },
    {"evaluation.decide": gettext_noop("定考核结果，处理申诉")},
    fields={
        "name": gettext_noop("名称"),
        "version": gettext_noop("版本"),
        "items": gettext_noop("指标数"),
        "basis": gettext_noop("依据的文件"),
        "starts_on": gettext_noop("开始"),
        "ends_on": gettext_noop("结束"),
    },
    words={"state": (TEMPLATES, EVALUATIONS)},
)
