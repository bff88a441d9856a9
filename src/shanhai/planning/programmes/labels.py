# SPDX-License-Identifier: Apache-2.0
"""The words for the states of plans and tasks and for the columns of the board."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.kernel.registry import Area
from shanhai.planning.programmes.states import Column, PlanState, TaskState

PLAN_STATES: dict[PlanState, tuple[Status, str]] = {
    PlanState.DRAFT: ("wait", gettext_noop("编制中")),
    PlanState.ISSUED: ("ok", gettext_noop("已下达")),
    PlanState.CLOSED: ("done", gettext_noop("已结束")),
}
TASKS: dict[TaskState, tuple[Status, str]] = {
    TaskState.OPEN: ("ok", gettext_noop("进行中")),
    TaskState.DONE: ("done", gettext_noop("已完成")),
    TaskState.DROPPED: ("stop", gettext_noop("不再做")),
    TaskState.CARRIED: ("rest", gettext_noop("结转下年")),
}
COLUMNS: dict[Column, str] = {
    Column.WAITING: gettext_noop("未开始"),
    Column.AT_WORK: gettext_noop("进行中"),
    Column.DONE: gettext_noop("已完成"),
    Column.DROPPED: gettext_noop("不再做或已结转"),
}

AREA = Area(
    "programmes",
    message(gettext_noop("计划")),
    {
        "programmes.programme.created": gettext_noop("新建对口支援"),
        "programmes.programme.corrected": gettext_noop("更正对口支援"),
        "programmes.programme.batch_added": gettext_noop("增加批次"),
        "programmes.programme.batch_corrected": gettext_noop("更正批次"),
        "programmes.programme.fund_source_corrected": gettext_noop("更正资金来源"),
        "programmes.programme.fund_source_added": gettext_noop("增加资金来源"),
        "programmes.classification.recorded": gettext_noop("登记分类目录"),
        "programmes.plan.made": gettext_noop("编制年度计划"),
        "programmes.plan.taken_back": gettext_noop("撤回随导入编制的年度计划"),
        "programmes.plan.amounts_changed": gettext_noop("改计划草案的金额"),
        "programmes.plan.issued": gettext_noop("下达年度计划"),
        "programmes.plan.closed": gettext_noop("年度计划结束"),
        "programmes.plan.raised": gettext_noop("追加年度计划"),
        "programmes.plan.lowered": gettext_noop("调减年度计划"),
        "programmes.plan.reserve_released": gettext_noop("动用预备费"),
        "programmes.campaign.started": gettext_noop("开始活动"),
        "programmes.campaign.carried_over": gettext_noop("结转活动"),
        "programmes.action.added": gettext_noop("增加行动"),
        "programmes.task.added": gettext_noop("增加任务"),
        "programmes.task.corrected": gettext_noop("更正任务"),
        "programmes.task.reported": gettext_noop("填报任务进展"),
        "programmes.group.added": gettext_noop("增加工作组"),
        "programmes.group.corrected": gettext_noop("更正工作组"),
        "programmes.group.retired": gettext_noop("停用工作组"),
        "programmes.group.members_chosen": gettext_noop("选定工作组成员"),
        "programmes.target.set": gettext_noop("定五年目标"),
        "programmes.target.corrected": gettext_noop("更正五年目标"),
        "programmes.target.reported": gettext_noop("填报目标完成情况"),
        "programmes.statement.recorded": gettext_noop("登记公开数字"),
    },
    {
        "programme.manage": gettext_noop("管计划和攻坚行动"),
        "task.report": gettext_noop("报任务进展"),
    },
    fields={
        "amount": gettext_noop("目标"),
        "amounts": gettext_noop("资金"),
        "by_year": gettext_noop("分年目标"),
        "categories": gettext_noop("类别和民生比例"),
        "duty": gettext_noop("职责"),
        "helpers": gettext_noop("配合组"),
        "key": gettext_noop("指标"),
        "measure": gettext_noop("衡量标准"),
        "members": gettext_noop("填报人"),
        "name_en": gettext_noop("英文名称"),
        "outlet": gettext_noop("发布处"),
        "owner_group": gettext_noop("牵头组"),
        "position": gettext_noop("次序"),
        "progress_percent": gettext_noop("进度（%）"),
        "reached": gettext_noop("达到"),
        "recipient": gettext_noop("受援方"),
        "region_code": gettext_noop("受援方代码"),
        "reserve": gettext_noop("预留"),
        "retired_on": gettext_noop("停用日期"),
        "supporter": gettext_noop("支援方"),
        "supporter_code": gettext_noop("支援方代码"),
        "tasks": gettext_noop("任务数"),
        "to": gettext_noop("转入"),
    },
    words={"state": (PLAN_STATES, TASKS)},
)
