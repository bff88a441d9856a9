# SPDX-License-Identifier: Apache-2.0
"""The words of reports for people."""

from __future__ import annotations

from shanhai.insight.reports.states import BulletinState, CaseState
from shanhai.insight.reports.values import Block, BulletinKind, MediaLevel, MentionKind
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area

KINDS: dict[BulletinKind, str] = {
    BulletinKind.MONTH: gettext_noop("月度报告"),
    BulletinKind.QUARTER: gettext_noop("季度报告"),
    BulletinKind.CAMPAIGN: gettext_noop("行动简报"),
    BulletinKind.BATCH: gettext_noop("批次总结"),
    BulletinKind.PROJECT: gettext_noop("项目专卷"),
}
BLOCKS: dict[Block, str] = {
    Block.NONE: gettext_noop("不附表"),
    Block.TOTALS: gettext_noop("总体数字"),
    Block.COUNTIES: gettext_noop("分县（市）数字"),
    Block.PROJECTS: gettext_noop("项目明细"),
    Block.WORKS: gettext_noop("建设工期和投资"),
    Block.PROGRESS: gettext_noop("形象进度和停工"),
    Block.CAMPAIGN: gettext_noop("行动进展"),
    Block.OTHER: gettext_noop("非项目工作"),
}
STATES: dict[BulletinState, tuple[Status, str]] = {
    BulletinState.DRAFT: ("wait", gettext_noop("草稿")),
    BulletinState.SUBMITTED: ("ok", gettext_noop("已送审")),
    BulletinState.CHECKED: ("ok", gettext_noop("已审核")),
    BulletinState.RETURNED: ("stop", gettext_noop("已退回")),
    BulletinState.APPROVED: ("ok", gettext_noop("已批准")),
    BulletinState.FROZEN: ("done", gettext_noop("已定稿")),
    BulletinState.DROPPED: ("rest", gettext_noop("不再写")),
}
TURNS: dict[BulletinState, str] = {
    BulletinState.DRAFT: gettext_noop("等起草人写完送审"),
    BulletinState.SUBMITTED: gettext_noop("等人审核，或直接审签"),
    BulletinState.CHECKED: gettext_noop("等审签人批准"),
    BulletinState.RETURNED: gettext_noop("等起草人修改"),
    BulletinState.APPROVED: gettext_noop("等定稿"),
    BulletinState.FROZEN: gettext_noop("办结，不再改动"),
    BulletinState.DROPPED: gettext_noop("办结，不再改动"),
}
CASE_STATES: dict[CaseState, tuple[Status, str]] = {
    CaseState.DRAFT: ("wait", gettext_noop("草稿")),
    CaseState.SUBMITTED: ("ok", gettext_noop("已送审")),
    CaseState.RETURNED: ("stop", gettext_noop("已退回")),
    CaseState.ACCEPTED: ("done", gettext_noop("已入库")),
}
MENTIONS: dict[MentionKind, str] = {
    MentionKind.REPORT: gettext_noop("宣传报道"),
    MentionKind.PRAISE: gettext_noop("批示肯定"),
    MentionKind.CHOSEN_CASE: gettext_noop("入选典型案例"),
    MentionKind.AWARD: gettext_noop("表彰"),
}
LEVELS: dict[MediaLevel, str] = {
    MediaLevel.CENTRAL: gettext_noop("中央"),
    MediaLevel.PROVINCIAL: gettext_noop("省级"),
    MediaLevel.PREFECTURE: gettext_noop("州（市）级"),
    MediaLevel.COUNTY: gettext_noop("县级"),
    MediaLevel.OWN: gettext_noop("自有渠道"),
}

AREA = Area(
    "bulletin",
    message(gettext_noop("报告")),
    {
        "bulletin.started": gettext_noop("起草报告"),
        "bulletin.saved": gettext_noop("修改报告"),
        "bulletin.figures_taken": gettext_noop("报告重新取数"),
        "bulletin.submitted": gettext_noop("报告送审"),
        "bulletin.checked": gettext_noop("审核报告"),
        "bulletin.returned": gettext_noop("退回报告"),
        "bulletin.approved": gettext_noop("批准报告"),
        "bulletin.frozen": gettext_noop("报告定稿"),
        "bulletin.dropped": gettext_noop("不再写报告"),
        "bulletin.mention.recorded": gettext_noop("登记宣传或表彰"),
        "bulletin.mention.withdrawn": gettext_noop("撤回登记的宣传或表彰"),
        "bulletin.case.saved": gettext_noop("填写案例"),
        "bulletin.case.submitted": gettext_noop("案例送审"),
        "bulletin.case.returned": gettext_noop("退回案例"),
        "bulletin.case.accepted": gettext_noop("案例入库"),
    },
    {
        "bulletin.view": gettext_noop("看报告、宣传和案例"),
        "bulletin.write": gettext_noop("写报告，登记宣传和案例"),
        "bulletin.approve": gettext_noop("审签报告和案例"),
    },
    fields={
        "cut_off": gettext_noop("数字截止日"),
        "sections": gettext_noop("章节数"),
        "document_number": gettext_noop("文号"),
        "figures": gettext_noop("数字个数"),
        "title": gettext_noop("标题"),
        "level": gettext_noop("级别"),
        "outlet": gettext_noop("媒体、渠道或单位"),
    },
    words={"state": (STATES, CASE_STATES), "kind": (KINDS, MENTIONS), "level": (LEVELS,)},
)
