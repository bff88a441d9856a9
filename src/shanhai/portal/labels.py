# SPDX-License-Identifier: Apache-2.0
"""Acts of the audit trail in words; a code that is not here is shown as it stands."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop

AREAS = {
    "accounts.": gettext_noop("账号"),
    "programmes.": gettext_noop("计划"),
    "projects.": gettext_noop("项目"),
    "ledger.": gettext_noop("资金"),
    "returns.": gettext_noop("报表"),
    "documents.": gettext_noop("文件"),
    "places.": gettext_noop("地点"),
    "organisations.": gettext_noop("单位"),
    "people.": gettext_noop("人员"),
}

ACTS = {
    "accounts.user.created": gettext_noop("新建账号"),
    "accounts.user.deactivated": gettext_noop("停用账号"),
    "accounts.user.reactivated": gettext_noop("恢复账号"),
    "accounts.user.erased": gettext_noop("抹去个人信息"),
    "accounts.user.locked_out": gettext_noop("登录失败过多，暂时锁定"),
    "accounts.role.granted": gettext_noop("给予岗位"),
    "accounts.role.ended": gettext_noop("收回岗位"),
    "accounts.session.opened": gettext_noop("登录"),
    "accounts.session.closed": gettext_noop("退出"),
    "accounts.session.refused": gettext_noop("会话与浏览器不符，已结束"),
    "programmes.programme.created": gettext_noop("新建对口支援"),
    "programmes.plan.made": gettext_noop("编制年度计划"),
    "programmes.plan.issued": gettext_noop("下达年度计划"),
    "programmes.plan.closed": gettext_noop("年度计划结束"),
    "programmes.campaign.started": gettext_noop("开始活动"),
    "programmes.task.reported": gettext_noop("填报任务进展"),
    "programmes.statement.recorded": gettext_noop("登记公开数字"),
    "projects.project.created": gettext_noop("新建项目"),
    "projects.project.corrected": gettext_noop("更正项目"),
    "projects.project.moved": gettext_noop("项目流转"),
    "projects.line.added": gettext_noop("安排资金"),
    "projects.batch.imported": gettext_noop("导入项目表"),
    "ledger.entry.posted": gettext_noop("记账"),
    "ledger.entries.posted": gettext_noop("批量记账"),
    "ledger.entry.reversed": gettext_noop("冲正"),
    "returns.return.submitted": gettext_noop("报送报表"),
    "returns.return.withdrawn": gettext_noop("撤回报表"),
    "returns.finding.explained": gettext_noop("说明疑点"),
    "documents.document.stored": gettext_noop("存入文件"),
    "documents.proof.attached": gettext_noop("附上证明材料"),
    "documents.proof.withdrawn": gettext_noop("撤回证明材料"),
}
