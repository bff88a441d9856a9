# SPDX-License-Identifier: Apache-2.0
"""All warning rules, in the order in which a thing's life meets them, with their sentences, limits and sources.

Laws are named where there is one; limits without a law are practice and may be changed here. "AMP" is the set of alerts
in the source of Development Gateway's Aid Management Platform; "order of Tibet 2023" is the published order on that
year's projects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic

from shanhai.kernel.messages import Message, gettext_noop
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.values import FLOOR_PERCENT
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.states import NOT_STARTED, Stage
from shanhai.planning.warnings.rules import checks
from shanhai.planning.warnings.rules.checks import TO_FINISH, C, Check, above, below, passed, some
from shanhai.planning.warnings.states import Severity
from shanhai.planning.warnings.values import (
    UNALLOTTED_DAYS,
    UNPAID_DAYS,
    Param,
    ProjectCase,
    SubjectKind,
    TaskCase,
    YearCase,
)
from shanhai.registers.ledger.permissions import FundPermission


@dataclass(frozen=True)
class Rule(Generic[C]):
    """A rule in words: what is wrong, why it is said, what to do next, what closes it; and the check that finds it.

    Every sentence may name the rule's own number as ``%(limit)s``; ``why`` also what the check found. ``key`` stays
    once it was used: closed warnings speak of it. ``acts`` is the permission of those whose turn it is. A warning ends
    when its fact goes away; ``by_words`` lets the office dismiss it with a reason besides. ``check(case, on, limit)``
    answers None where the rule does not hold.
    """

    title: str
    why: str
    next_step: str
    closes: str
    key: str
    check: Check[C]
    severity: Severity
    acts: str
    source: str
    limit: int = 0
    by_words: bool = False

    @cached_property
    def said(self) -> Mapping[str, Message]:
        """The sentences that stay the same whatever was found, by name."""
        return {name: self.say(getattr(self, name)) for name in ("title", "next_step", "closes", "source")}

    def say(self, text: str, params: Mapping[str, Param] | None = None) -> Message:
        """One of the rule's sentences with its numbers."""
        return Message(text, {**(params or {}), "limit": self.limit})


PRACTICE = gettext_noop("工作惯例，可调整")
AUDITS = gettext_noop("审计常见问题")
AMP = gettext_noop("参照发展援助管理平台 AMP 的提醒规则")
TIBET = gettext_noop("西藏 2023 年公开的开工要求")
EIGHTY = gettext_noop("两个 80%% 的要求")
ARTICLE_22 = gettext_noop("政府投资条例第二十二条")
ARTICLE_23 = gettext_noop("政府投资条例第二十三条")
ARTICLE_24 = gettext_noop("政府投资条例第二十四条")
ARTICLE_25 = gettext_noop("政府投资条例第二十五条")
ACCOUNTS = gettext_noop("财建〔2016〕503号")

CHECK_LEDGER = gettext_noop("核对账目；记错的冲正。")
UPDATE_STAGE = gettext_noop("更新项目阶段；不能按期的，提出调整。")

PROJECT_RULES: tuple[Rule[ProjectCase], ...] = (
    Rule(
        gettext_noop("3 月 1 日前没有完成招标"), gettext_noop("应在 %(due)s 前完成招标，现在还没有。"),
        gettext_noop("定出招标时间表；已经完成的，更新项目阶段。"), gettext_noop("项目进入“待开工”或以后的阶段。"),
        "tender_late", checks.tender_late, Severity.CAUTION, ProjectPermission.MOVE, TIBET,
    ),
    Rule(
        gettext_noop("计划开工日已过，没有开工"),
        gettext_noop("计划 %(planned)s 开工，按海拔的施工季最晚 %(due)s，还没有开工。"), UPDATE_STAGE,
        gettext_noop("项目开工，或计划开工日经调整改到以后。"),
        "start_passed", passed(NOT_STARTED, planned="planned_start_on", due="start_due_on"),
        Severity.SERIOUS, ProjectPermission.MOVE, AUDITS,
    ),
    Rule(
        gettext_noop("计划完工日已过，没有完工"), gettext_noop("计划 %(planned)s 完工，还没有完工。"), UPDATE_STAGE,
        gettext_noop("项目完工或停工，或计划完工日经调整改到以后。"),
        "finish_passed", passed(TO_FINISH, planned="planned_finish_on"),
        Severity.SERIOUS, ProjectPermission.MOVE, ARTICLE_24,
    ),
    Rule(
        gettext_noop("%(limit)s 天没有更新"), gettext_noop("从 %(updated)s 起，阶段、进度和资金都没有变动。"),
        gettext_noop("到现场看一看，报一次进度。"), gettext_noop("报了进度、动了阶段或发生了支付。"),
        "no_update", passed(TO_FINISH, updated="updated_on"), Severity.CAUTION, ProjectPermission.MOVE, AMP, limit=90,
    ),
    Rule(
        gettext_noop("停工没有预计复工日"), gettext_noop("%(stopped)s 停工，没有写预计哪天复工。"),
        gettext_noop("查明停工原因，定下复工日期；复工后更新阶段。"), gettext_noop("项目复工或取消。"),
        "suspended_without_restart", checks.suspended_without_restart,
        Severity.CAUTION, ProjectPermission.MOVE, PRACTICE,
    ),
    Rule(
        gettext_noop("预计复工日已过，没有复工"), gettext_noop("预计 %(expected)s 复工，还没有复工。"),
        gettext_noop("组织复工并更新阶段；还不能复工的，写明原因和新的日期。"), gettext_noop("项目复工或取消。"),
        "restart_overdue", passed({Stage.SUSPENDED}, expected="restart_expected_on"),
        Severity.SERIOUS, ProjectPermission.MOVE, PRACTICE,
    ),
    Rule(
        gettext_noop("停工已占用施工季超过 %(limit)s 天"),
        gettext_noop("%(stopped)s 停工，冬季停工期不算，已有 %(limit)s 天以上能施工而没有施工。"),
        gettext_noop("组织复工；不再建设的，提出取消或调整。"), gettext_noop("项目复工或取消。"),
        "suspended_in_season", checks.suspended_in_season,
        Severity.SERIOUS, ProjectPermission.MOVE, ARTICLE_24, limit=30,
    ),
    Rule(
        gettext_noop("完工 %(limit)s 天没有验收"), gettext_noop("%(finished)s 完工，还没有验收。"),
        gettext_noop("组织竣工验收，上传验收报告。"), gettext_noop("项目通过验收。"),
        "acceptance_overdue", passed({Stage.COMPLETED}, finished="finished_on"),
        Severity.CAUTION, ProjectPermission.MOVE, ARTICLE_25, limit=90,
    ),
    Rule(
        gettext_noop("竣工财务决算逾期"),
        gettext_noop("决算应在 %(due)s 前批复（完工后三个月，已算延期），还没有批复。"),
        gettext_noop("编报决算；在期限内的，可以申请延期一次。"), gettext_noop("登记了决算批复，或批准了延期。"),
        "settlement_overdue", checks.settlement_overdue, Severity.SERIOUS, ProjectPermission.MANAGE, ACCOUNTS,
    ),
    Rule(
        gettext_noop("结余 %(limit)s 天没有交回"), gettext_noop("决算 %(settled)s 批复，结余 %(surplus)s 还没有交回。"),
        gettext_noop("从项目的资金里交回结余，并记账。"), gettext_noop("结余已交回并记账。"),
        "surplus_not_returned", checks.surplus_not_returned,
        Severity.SERIOUS, FundPermission.POST, ARTICLE_25, limit=90,
    ),
    Rule(
        gettext_noop("决算以后没有按期移交"), gettext_noop("应在 %(due)s 前移交（验收后三个月），还没有移交。"),
        gettext_noop("签移交清单，登记接收管护单位，再更新阶段。"), gettext_noop("项目完成移交。"),
        "handover_overdue", passed({Stage.SETTLED}, due="transfer_due_on"),
        Severity.CAUTION, ProjectPermission.MANAGE, PRACTICE,
    ),
    Rule(
        gettext_noop("到位 %(limit)s 天没有核拨"),
        gettext_noop("到位 %(limit)s 天以上的资金里，还有 %(amount)s 没有核拨。"),
        gettext_noop("办理核拨；项目用不上的，提出调整。"), gettext_noop("这部分资金已核拨。"),
        "funds_unallotted", some("amount", "idle_unallotted_fen"),
        Severity.CAUTION, FundPermission.POST, AUDITS, limit=UNALLOTTED_DAYS,
    ),
    Rule(
        gettext_noop("核拨 %(limit)s 天没有支付"),
        gettext_noop("核拨 %(limit)s 天以上的资金里，还有 %(amount)s 没有支付。"),
        gettext_noop("按进度支付；项目停滞的，查明原因。"), gettext_noop("这部分资金已支付或作为结余交回。"),
        "funds_unpaid", some("amount", "idle_unpaid_fen"),
        Severity.CAUTION, FundPermission.POST, AMP, limit=UNPAID_DAYS,
    ),
    Rule(
        gettext_noop("没有开工就有支付"), gettext_noop("项目还没有开工，已支付 %(paid)s。"),
        gettext_noop("说明是前期费用还是预付款；已开工的，更新阶段。"),
        gettext_noop("项目开工，支付冲正，或办公室认可说明。"),
        "paid_before_start", some("paid", "paid_fen", NOT_STARTED),
        Severity.CAUTION, FundPermission.POST, AMP, by_words=True,
    ),
    Rule(
        gettext_noop("资金没有到位就开工"),
        gettext_noop("已安排 %(plan)s，一分没有到位，项目已经开工，可能由施工单位垫资。"),
        gettext_noop("查明是否垫资；催办资金到位，或停工待款。"), gettext_noop("有资金到位。"),
        "started_without_funds", checks.started_without_funds, Severity.SERIOUS, ProjectPermission.MANAGE, ARTICLE_22,
    ),
    Rule(
        gettext_noop("核拨超过安排的资金"), gettext_noop("有的资金安排核拨多了 %(above)s。"),
        gettext_noop("核对账目，多核拨的冲正；确有需要的，提出资金调整。"),
        gettext_noop("核拨回到安排以内，或办公室认可说明。"),
        "allotted_above_plan", some("above", "above_plan_fen"),
        Severity.SERIOUS, FundPermission.POST, AUDITS, by_words=True,
    ),
    Rule(
        gettext_noop("核拨超过到位的资金"), gettext_noop("有的资金安排核拨比到位多 %(above)s，占用了别的项目的钱。"),
        gettext_noop("催办到位；记错项目的，冲正后重记。"), gettext_noop("到位跟上核拨，或办公室认可说明。"),
        "allotted_above_arrived", some("above", "above_arrived_fen"),
        Severity.CAUTION, FundPermission.POST, AUDITS, by_words=True,
    ),
    Rule(
        gettext_noop("核拨超过总投资"), gettext_noop("各笔安排共核拨 %(allotted)s，总投资只有 %(total)s。"),
        gettext_noop("核对账目，多核拨的冲正；概算确要增加的，提出调整。"),
        gettext_noop("核拨回到总投资以内，或概算经调整增加。"),
        "allotted_above_total", above("allotted", "total"), Severity.SERIOUS, FundPermission.POST, ARTICLE_23,
    ),
    Rule(
        gettext_noop("支付比进度快 %(limit)s 个百分点以上"),
        gettext_noop("已支付安排资金的 %(paid)s%%，进度只有 %(progress)s%%。"),
        gettext_noop("核对进度和合同的付款条件；进度报得少了，补报。"),
        gettext_noop("进度跟上支付，或办公室认可说明。"),
        "paid_ahead", checks.paid_ahead, Severity.CAUTION, ProjectPermission.MOVE, AUDITS, limit=30, by_words=True,
    ),
    Rule(
        gettext_noop("支付超过合同金额"), gettext_noop("已支付 %(paid)s，登记的合同共 %(contracts)s。"),
        gettext_noop("补登合同，或说明合同以外的费用。"), gettext_noop("补登了合同，支付冲正，或办公室认可说明。"),
        "paid_above_contracts", above("paid", "contracts"),
        Severity.CAUTION, ProjectPermission.MOVE, AUDITS, by_words=True,
    ),
    Rule(
        gettext_noop("合同金额超过总投资"), gettext_noop("登记的合同共 %(contracts)s，总投资 %(total)s。"),
        gettext_noop("核对合同；确需增加投资的，提出概算调整。"), gettext_noop("总投资经调整不少于合同金额。"),
        "contracts_above_total", above("contracts", "total"), Severity.SERIOUS, ProjectPermission.MANAGE, ARTICLE_23,
    ),
    Rule(
        gettext_noop("完成投资超过总投资"), gettext_noop("完成投资 %(completed)s，总投资 %(total)s，超过概算。"),
        gettext_noop("核对数字；确实超概算的，报原审批部门调整。"), gettext_noop("数字更正，或总投资经调整增加。"),
        "investment_above_total", above("completed", "total"), Severity.SERIOUS, ProjectPermission.MANAGE, ARTICLE_23,
    ),
    Rule(
        gettext_noop("安排资金超过应援助的数"), gettext_noop("已安排 %(plan)s，总投资减去其他来源只有 %(aid)s。"),
        gettext_noop("核对总投资和其他来源；多安排的，提出调剂。"), gettext_noop("总投资、其他来源或安排改到一致。"),
        "lines_above_aid", checks.lines_above_aid, Severity.CAUTION, ProjectPermission.MANAGE, AUDITS,
    ),
    Rule(
        gettext_noop("超出限额"), gettext_noop("%(excesses)s。"),
        gettext_noop("核对金额，记错的更正；确有需要的，提出概算或资金调整，登记其他资金。"),
        gettext_noop("金额回到限额以内，或办公室认可说明。"),
        "money_beyond", checks.money_beyond, Severity.CAUTION, ProjectPermission.MANAGE, AUDITS, by_words=True,
    ),
    Rule(
        gettext_noop("没有位置也没有海拔"), gettext_noop("没有登记建设地点，也没有海拔，算不出施工季。"),
        gettext_noop("在项目页补上地点或海拔。"), gettext_noop("登记了地点或海拔。"),
        "altitude_missing", checks.altitude_missing, Severity.NOTICE, ProjectPermission.MANAGE, PRACTICE,
    ),
    Rule(
        gettext_noop("没有业主单位"), gettext_noop("项目已经建成，没有登记业主单位，不知道交给谁。"),
        gettext_noop("在项目页补上业主单位。"), gettext_noop("登记了业主单位。"),
        "owner_missing", checks.owner_missing, Severity.NOTICE, ProjectPermission.MANAGE, PRACTICE,
    ),
    Rule(
        gettext_noop("同县有同名项目"), gettext_noop("本县还有 %(number)s 个同名项目，可能重复登记。"),
        gettext_noop("核对是不是同一个项目；分期的，在名称里写明期次。"),
        gettext_noop("改名或取消了一个，或办公室认可说明。"),
        "duplicate_name", checks.duplicate_name, Severity.NOTICE, ProjectPermission.MANAGE, PRACTICE, by_words=True,
    ),
)  # fmt: skip

YEAR_RULES: tuple[Rule[YearCase], ...] = (
    Rule(
        gettext_noop("民生占比低于 %(limit)s%%"),
        gettext_noop("年度计划安排的资金里，民生占比 %(percent)s%%，还差 %(missing)s。"),
        gettext_noop("在资金页试算，把资金调剂到民生项目。"), gettext_noop("民生占比回到 %(limit)s%%。"),
        "livelihood_below", below("livelihood"),
        Severity.SERIOUS, ProgrammePermission.MANAGE, EIGHTY, limit=FLOOR_PERCENT,
    ),
    Rule(
        gettext_noop("民生占比离 80%% 不到 %(limit)s 个百分点"),
        gettext_noop("年度计划安排的资金里，民生占比 %(percent)s%%，只能再调出 %(room)s。"),
        gettext_noop("调出民生资金前先试算。"),
        gettext_noop("民生占比高出 %(limit)s 个百分点，或跌到 80%% 以下（另有预警）。"),
        "livelihood_near", checks.livelihood_near, Severity.NOTICE, ProgrammePermission.MANAGE, EIGHTY, limit=2,
    ),
    Rule(
        gettext_noop("基层占比低于 %(limit)s%%"),
        gettext_noop("年度计划安排的资金里，用于县及以下基层的占 %(percent)s%%，还差 %(missing)s。"),
        gettext_noop("在资金页试算，把资金调剂到县及以下。"), gettext_noop("基层占比回到 %(limit)s%%。"),
        "grassroots_below", below("grassroots"),
        Severity.SERIOUS, ProgrammePermission.MANAGE, EIGHTY, limit=FLOOR_PERCENT,
    ),
    Rule(
        gettext_noop("到位率落后于时间进度"),
        gettext_noop("全年已过 %(months)s 个月，到位率 %(rate)s%%，落后时间进度 %(limit)s 个百分点以上。"),
        gettext_noop("向支援方催办资金，或说明拨付安排。"), gettext_noop("到位率跟上时间进度。"),
        "arrival_behind", checks.arrival_behind, Severity.CAUTION, ProgrammePermission.MANAGE, PRACTICE, limit=10,
    ),
    Rule(
        gettext_noop("一季度支付不到 %(limit)s%%"),
        gettext_noop("一季度已过，年度计划只支付了 %(rate)s%%，要求一季度不少于 %(limit)s%%。"),
        gettext_noop("查看哪些项目核拨以后没有支付，逐个催办。"), gettext_noop("支付达到年度计划的 %(limit)s%%。"),
        "first_quarter_spending", checks.first_quarter_spending,
        Severity.CAUTION, ProgrammePermission.MANAGE, TIBET, limit=30,
    ),
    Rule(
        gettext_noop("到了 %(limit)s 月还有预备费"), gettext_noop("预备费还有 %(reserve)s 没有动用，年底可能结存。"),
        gettext_noop("安排到急需的项目，或写明结转。"), gettext_noop("预备费动用完，或办公室认可说明。"),
        "reserve_unused", checks.reserve_unused,
        Severity.NOTICE, ProgrammePermission.MANAGE, PRACTICE, limit=11, by_words=True,
    ),
    Rule(
        gettext_noop("安排超出计划（已扣预备费）"),
        gettext_noop("年度计划扣除预备费以后不够安排，共超 %(over)s，按资金来源：%(sources)s。"),
        gettext_noop("核对各项目的安排；多了的调减，确需的动用预备费或调整计划。"),
        gettext_noop("安排回到计划以内，动用了预备费，计划追加了，或办公室认可说明。"),
        "lines_beyond_plan", checks.lines_beyond_plan,
        Severity.CAUTION, ProgrammePermission.MANAGE, AUDITS, by_words=True,
    ),
)  # fmt: skip

TASK_RULES: tuple[Rule[TaskCase], ...] = (
    Rule(
        gettext_noop("任务逾期"), gettext_noop("应由“%(group)s”在 %(due)s 前完成，还没有完成。"),
        gettext_noop("填报进展；不再做的，改为取消；明年接着做的，结转。"), gettext_noop("任务完成、取消或结转。"),
        "task_overdue", checks.task_overdue, Severity.CAUTION, ProgrammePermission.REPORT_TASK, PRACTICE,
    ),
)  # fmt: skip

KINDS: Mapping[SubjectKind, tuple[Rule[Any], ...]] = {
    SubjectKind.PROJECT: PROJECT_RULES,
    SubjectKind.YEAR: YEAR_RULES,
    SubjectKind.TASK: TASK_RULES,
}
CATALOGUE: Mapping[str, Rule[Any]] = {rule.key: rule for rules in KINDS.values() for rule in rules}
ENDED_BY_WORDS = tuple(rule.key for rule in CATALOGUE.values() if rule.by_words)
ACTED_ON_UNDER: Mapping[str, tuple[str, ...]] = {
    permission: tuple(rule.key for rule in CATALOGUE.values() if rule.acts == permission)
    for permission in dict.fromkeys(rule.acts for rule in CATALOGUE.values())
}


def keys_of(severity: Severity) -> tuple[str, ...]:
    """The keys of the rules of that severity."""
    return tuple(rule.key for rule in CATALOGUE.values() if rule.severity == severity)
