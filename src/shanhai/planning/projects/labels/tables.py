# SPDX-License-Identifier: Apache-2.0
"""The table of projects: its columns, in Chinese or English, and the words its cells use."""

from __future__ import annotations

from collections.abc import Mapping

from shanhai.kernel.messages import gettext_noop, message
from shanhai.planning.projects.states import Delivery, Level, Novelty, Stage
from shanhai.registers.tables.rules import cells
from shanhai.registers.tables.values import Field, Holds, TableKind

STAGES: Mapping[str, Stage] = {
    "前期准备": Stage.PREPARATION, "前期": Stage.PREPARATION, "前期工作": Stage.PREPARATION,
    "未开工": Stage.PREPARATION,
    "招投标": Stage.TENDERING, "招投标中": Stage.TENDERING, "招标": Stage.TENDERING, "正在招投标": Stage.TENDERING,
    "待开工": Stage.READY, "资金到位即可实施": Stage.READY, "资金到位后可立即实施": Stage.READY,
    "已开工": Stage.UNDER_WAY, "开工": Stage.UNDER_WAY, "在建": Stage.UNDER_WAY, "施工": Stage.UNDER_WAY,
    "复工": Stage.UNDER_WAY, "已复工": Stage.UNDER_WAY, "实施中": Stage.UNDER_WAY, "under way": Stage.UNDER_WAY,
    "停工": Stage.SUSPENDED, "冬歇": Stage.SUSPENDED, "冬季停工": Stage.SUSPENDED, "暂停": Stage.SUSPENDED,
    "完工": Stage.COMPLETED, "已完工": Stage.COMPLETED, "竣工": Stage.COMPLETED,
    "验收": Stage.ACCEPTED, "已验收": Stage.ACCEPTED, "竣工验收": Stage.ACCEPTED,
    "竣工决算": Stage.SETTLED, "决算": Stage.SETTLED, "已决算": Stage.SETTLED, "结算": Stage.SETTLED,
    "移交": Stage.HANDED_OVER, "已移交": Stage.HANDED_OVER, "handed over": Stage.HANDED_OVER,
    "取消": Stage.CANCELLED, "已取消": Stage.CANCELLED,
}  # fmt: skip
DELIVERIES: Mapping[str, Delivery] = {
    "交钥匙": Delivery.TURNKEY, "交钥匙工程": Delivery.TURNKEY, "交支票": Delivery.CHEQUE,
    "交支票工程": Delivery.CHEQUE, "check": Delivery.CHEQUE,
}  # fmt: skip
NOVELTIES: Mapping[str, Novelty] = {
    "新建": Novelty.NEW, "新开工": Novelty.NEW, "续建": Novelty.CONTINUING, "结转": Novelty.CONTINUING
}  # fmt: skip
LEVELS: Mapping[str, Level] = {
    "州": Level.PREFECTURE, "地": Level.PREFECTURE, "市": Level.PREFECTURE, "州级": Level.PREFECTURE,
    "市级": Level.PREFECTURE, "地市级": Level.PREFECTURE, "地级": Level.PREFECTURE, "州市级": Level.PREFECTURE,
    "县": Level.COUNTY, "县级": Level.COUNTY, "区县级": Level.COUNTY,
    "乡": Level.TOWNSHIP, "镇": Level.TOWNSHIP, "乡镇": Level.TOWNSHIP, "乡级": Level.TOWNSHIP,
    "乡镇级": Level.TOWNSHIP,
    "村": Level.VILLAGE, "村级": Level.VILLAGE, "村社区": Level.VILLAGE,
}  # fmt: skip
WAN, PERCENT = "（万元）", "（%）"


def _money(key: str, *headers: str, example: object = None, required: bool = False) -> Field:
    return Field(key, headers, Holds.MONEY, bracket=WAN, required=required, example=example)


def _day(key: str, *headers: str) -> Field:
    return Field(key, headers, Holds.DAY)


_OFFERED_LEVELS = ("州", "县", "乡", "村")

FIELDS = (
    Field(
        "code", ("项目编号", "项目代码", "项目编码", "编号", "project code", "project number"), Holds.CODE, cells.code,
        required=True, identity=True, example="示例-001",
    ),
    Field(
        "name", ("项目名称", "名称", "项目", "工程名称", "project", "project name"), Holds.TEXT, cells.text(400),
        required=True, width=30, example="示例：某县中心小学教学楼",
    ),
    Field(
        "place",
        (
            "县(市)", "县市", "市县", "县市区", "区县", "县区", "县名", "县域", "受援县", "受援县市", "所在县",
            "所在县市", "所在地", "项目所在地", "建设地点", "区划代码", "行政区划", "行政区划代码", "county",
            "county code", "division",
        ),
        Holds.TEXT, cells.text(60), required=True,
    ),
    Field("category", ("类别", "项目类别", "项目类型", "类型", "类别名称"), Holds.TEXT, cells.text(60)),
    Field(
        "delivery", ("建设方式", "实施方式", "交钥匙/交支票", "delivery mode"), Holds.WORD,
        cells.word(DELIVERIES, Delivery), starred=True, choices=("交钥匙", "交支票"),
    ),
    Field(
        "novelty", ("新建/续建", "新续建", "建设性质", "项目性质", "new/continuing"), Holds.WORD,
        cells.word(NOVELTIES, Novelty), choices=("新建", "续建"),
    ),
    Field(
        "cross_year", ("跨年", "是否跨年", "跨年项目", "是否跨年度"), Holds.WORD, cells.yes_or_no, example="否",
        choices=("是", "否"),
    ),
    Field(
        "capital", ("固投/非固投", "固投", "是否固投", "固投非固投"), Holds.WORD, cells.yes_or_no,
        choices=("固投", "非固投"),
    ),
    Field(
        "stage", ("阶段", "项目阶段", "建设阶段", "当前阶段", "进展阶段", "项目状态", "status"), Holds.WORD,
        cells.word(STAGES, Stage), example="前期准备",
        choices=("前期准备", "招投标", "待开工", "已开工", "停工", "完工", "验收", "竣工决算", "移交", "取消"),
    ),
    Field(
        "year", ("年度", "计划年度", "计划年份", "年份", "plan year"), Holds.NUMBER, cells.whole_number(1990, 2100)
    ),
    Field("fund_source", ("资金来源", "来源", "source", "funding source"), Holds.TEXT, cells.text(100)),
    _money("total_investment", "总投资", "项目总投资", "计划总投资", "计划投资", "投资总额", "total", example=320),
    _money(
        "amount", "援助资金", "援助资金计划", "援藏资金", "援疆资金", "援建资金", "支援资金", "对口支援资金",
        "帮扶资金", "计划资金", "计划安排", "年度计划", "计划", "planned", "planned aid", "aid", "aid amount",
        "aid funds",
        example=300, required=True,
    ),
    _money("other_sources", "其他资金", "其它资金", "配套资金", "自筹资金", "other funds", "other", example=20),
    _money("arrived", "到位", "到位资金", "资金到位", "funds arrived"),
    _money("allotted", "核拨", "核拨资金", "拨付", "拨付资金", "funds allotted"),
    _money("paid", "支付", "支付资金", "资金支付", "funds paid"),
    _money("completed_investment", "完成投资", "投资完成", "invested"),
    Field("progress_percent", ("形象进度", "进度", "progress"), Holds.PERCENT, bracket=PERCENT),
    Field(
        "livelihood_percent", ("民生比例", "民生占比", "民生", "livelihood", "livelihood share"), Holds.PERCENT,
        bracket=PERCENT, example=100,
    ),
    Field(
        "beneficiary_level", ("受益层级", "受益级次"), Holds.WORD, cells.word(LEVELS, Level), example="乡",
        choices=_OFFERED_LEVELS,
    ),
    Field(
        "implementer_level", ("实施层级", "实施单位层级"), Holds.WORD, cells.word(LEVELS, Level), example="县",
        choices=_OFFERED_LEVELS,
    ),
    _day("planned_start_on", "计划开工", "planned start"),
    _day("planned_finish_on", "计划完工", "计划竣工", "planned finish"),
    _day("started_on", "实际开工", "开工", "started", "actual start"),
    _day("finished_on", "实际完工", "实际竣工", "完工", "竣工", "finished", "actual finish"),
    _day("accepted_on", "验收日期", "验收", "竣工验收", "accepted", "acceptance"),
    Field(
        "altitude_m", ("海拔", "海拔高度", "altitude"), Holds.NUMBER, cells.whole_number(-200, 9000), bracket="（米）",
        example=3500,
    ),
)  # fmt: skip

PROJECTS = TableKind(
    "projects",
    message(gettext_noop("项目表")),
    FIELDS,
    # The name, and the code or the amount: a table of counties has neither.
    tells=lambda keys: "name" in keys and bool({"code", "amount"} & set(keys)) and len(keys) >= 3,
    passed_over=frozenset(
        {"序号", "备注", "说明", "原因", "reason", "no.", "no", "note", "notes", "remark", "remarks"}
    ),
    # What is recorded is cumulative.
    left_out=("本月", "当月", "本季", "本期", "this month"),
    asks_for="“项目编号”“项目名称”“县(市)”“援助资金（万元）”",
)
DATE_FIELDS = PROJECTS.having(Holds.DAY)
