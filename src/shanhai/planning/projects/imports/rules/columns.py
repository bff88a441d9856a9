# SPDX-License-Identifier: Apache-2.0
"""Which column of a sheet holds what: headers in Chinese or English, with the unit of an amount in brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from shanhai.kernel.units import WAN_YUAN, YI_YUAN, YUAN, Unit

MONEY_FIELDS = ("total_investment", "amount", "other_sources", "arrived", "allotted", "paid", "completed_investment")
DATE_FIELDS = ("planned_start_on", "planned_finish_on", "started_on", "finished_on", "accepted_on")
REQUIRED = ("code", "name", "place", "amount")

# The first name of each field is the one in the template and in problems.
HEADERS: dict[str, tuple[str, ...]] = {
    "code": ("项目编号", "项目代码", "项目编码", "编号", "project code", "project number"),
    "name": ("项目名称", "名称", "项目", "工程名称", "project", "project name"),
    "place": (
        "县(市)", "县市", "市县", "县市区", "区县", "县区", "县名", "县域", "受援县", "受援县市", "所在县", "所在县市",
        "所在地", "项目所在地", "建设地点", "区划代码", "行政区划", "行政区划代码", "county", "county code", "division",
    ),
    "category": ("类别", "项目类别", "项目类型", "类型", "类别名称"),
    "delivery": ("建设方式", "实施方式", "交钥匙/交支票", "delivery mode"),
    "novelty": ("新建/续建", "新续建", "建设性质", "项目性质", "new/continuing"),
    "cross_year": ("跨年", "是否跨年", "跨年项目", "是否跨年度"),
    "capital": ("固投/非固投", "固投", "是否固投", "固投非固投"),
    "stage": ("阶段", "项目阶段", "建设阶段", "当前阶段", "进展阶段", "项目状态", "status"),
    "year": ("年度", "计划年度", "计划年份", "年份", "plan year"),
    "fund_source": ("资金来源", "来源", "source", "funding source"),
    "total_investment": ("总投资", "项目总投资", "计划总投资", "计划投资", "投资总额", "total"),
    "amount": (
        "援助资金", "援助资金计划", "援藏资金", "援疆资金", "援建资金", "支援资金", "对口支援资金", "帮扶资金",
        "计划资金", "计划安排", "年度计划", "计划", "planned", "planned aid", "aid", "aid amount", "aid funds",
    ),
    "other_sources": ("其他资金", "其它资金", "配套资金", "自筹资金", "other funds", "other"),
    "arrived": ("到位", "到位资金", "资金到位", "funds arrived"),
    "allotted": ("核拨", "核拨资金", "拨付", "拨付资金", "funds allotted"),
    "paid": ("支付", "支付资金", "资金支付", "funds paid"),
    "completed_investment": ("完成投资", "投资完成", "invested"),
    "progress_percent": ("形象进度", "进度", "progress"),
    "livelihood_percent": ("民生比例", "民生占比", "民生", "livelihood", "livelihood share"),
    "beneficiary_level": ("受益层级", "受益级次"),
    "implementer_level": ("实施层级", "实施单位层级"),
    "planned_start_on": ("计划开工", "planned start"),
    "planned_finish_on": ("计划完工", "计划竣工", "planned finish"),
    "started_on": ("实际开工", "开工", "started", "actual start"),
    "finished_on": ("实际完工", "实际竣工", "完工", "竣工", "finished", "actual finish"),
    "accepted_on": ("验收日期", "验收", "竣工验收", "accepted", "acceptance"),
    "altitude_m": ("海拔", "海拔高度", "altitude"),
}  # fmt: skip
# What every table has and nobody needs to be told of.
_PASSED_OVER = frozenset({"序号", "备注", "说明", "原因", "reason", "no.", "no", "note", "notes", "remark", "remarks"})

_UNITS: dict[str, Unit] = {
    "元": YUAN, "人民币元": YUAN, "yuan": YUAN, "cny": YUAN, "rmb": YUAN,
    "万元": WAN_YUAN, "万": WAN_YUAN, "人民币万元": WAN_YUAN, "wanyuan": WAN_YUAN, "10kyuan": WAN_YUAN,
    "10kcny": WAN_YUAN, "10,000yuan": WAN_YUAN, "cny10,000": WAN_YUAN, "10,000cny": WAN_YUAN,
    "亿元": YI_YUAN, "亿": YI_YUAN, "100myuan": YI_YUAN, "100mcny": YI_YUAN,
}  # fmt: skip
_BRACKET = re.compile(r"\(([^()]*)\)")
_DECLARED = re.compile(r"(?:单位|unit)\s*[:：]?\s*([^\s,，;；、()（）]+(?: yuan| cny)?)", re.IGNORECASE)
_THIS_PERIOD = ("本月", "当月", "本季", "本期", "this month")


def plain(text: object) -> str:
    """A header as it is compared: half width, lower case, without spaces, strokes and what stands in brackets."""
    return re.sub(r"[\s/_\-*·:]+", "", _BRACKET.sub("", _half_width(text)))


def _half_width(text: object) -> str:
    return unicodedata.normalize("NFKC", "" if text is None else str(text)).lower().strip()


_FIELD_OF = {plain(name): key for key, names in HEADERS.items() for name in (key, *names)}
# 累计到位资金额 is 到位资金, 开工时间 is 开工.
_BEFORE = re.compile(r"^(?:累计|已|项目)")
_AFTER = (re.compile(r"(?:额|数|情况|日期|时间|on|date)$"), re.compile(r"金额$"))


def field_of(header: str) -> str | None:
    """The field that a header names, or None."""
    text = plain(header)
    forms = [text, _BEFORE.sub("", text)]
    forms += [after.sub("", form) for form in forms for after in _AFTER]
    return next((_FIELD_OF[form] for form in forms if form in _FIELD_OF), None)


@dataclass(frozen=True, slots=True)
class Column:
    """One column that was recognised: its place in the row (from 0), its field, the header as written, its unit."""

    index: int
    field: str
    header: str
    unit: Unit | None = None
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a sheet by field; headers nobody knows, and fields that two columns claim."""

    by_field: dict[str, Column] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    repeated: tuple[Column, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Required fields without a column."""
        return tuple(name for name in REQUIRED if name not in self.by_field)


def unit_in(header: object) -> Unit | None:
    """The unit of money that a header names in brackets, or None."""
    for inside in _BRACKET.findall(_half_width(header)):
        for part in (inside, *re.split(r"[:,，、;]", inside)):
            unit = _UNITS.get(re.sub(r"\s+|^单位|:", "", part))
            if unit is not None:
                return unit
    return None


def declared_unit(cells: Sequence[object]) -> Unit | None:
    """The unit that a line above the table declares for all its amounts (单位：万元), or None."""
    for cell in cells:
        match = _DECLARED.search(_half_width(cell))
        if match:
            unit = _UNITS.get(match[1].replace(" ", ""))
            if unit is not None:
                return unit
    return None


def read_columns(header: Sequence[object], default: Unit | None = None) -> Columns:
    """Recognise the columns of a header row; ``default`` is the unit declared above the table.

    A column of this month's amounts is passed over: what is recorded is cumulative.
    """
    found: dict[str, Column] = {}
    unknown, repeated = [], []
    for index, cell in enumerate(header):
        text = _half_width(cell)
        if not text:
            continue
        name = None if any(word in text for word in _THIS_PERIOD) else field_of(text)
        if name is None:
            unknown += [] if plain(text) in _PASSED_OVER else [str(cell).strip()]
            continue
        unit = (unit_in(text) or default) if name in MONEY_FIELDS else None
        column = Column(index, name, str(cell).strip(), unit, percent="%" in text or "百分" in text)
        if name in found:
            repeated.append(column)
        else:
            found[name] = column
    return Columns(found, tuple(unknown), tuple(repeated))


def is_project_header(header: Sequence[object]) -> bool:
    """Whether a row heads a table of projects: it names a column for the name and one for the code or the amount."""
    found = read_columns(header).by_field
    return "name" in found and bool({"code", "amount"} & set(found)) and len(found) >= 3
