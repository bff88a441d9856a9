# SPDX-License-Identifier: Apache-2.0
"""The empty table for importing projects: drop-downs, text columns, notes, one sample row that is never imported."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter

from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.core.selectors.programmes import get_programme, list_fund_sources
from shanhai.planning.programmes.money.selectors.classifications import list_categories
from shanhai.planning.programmes.plans.selectors import list_yearly_plans
from shanhai.planning.projects.imports.rules.columns import (
    DATE_FIELDS,
    HEADERS,
    MONEY_FIELDS,
    REQUIRED,
)
from shanhai.planning.projects.imports.rules.sheet import SAMPLE
from shanhai.registers.places.selectors.divisions import list_counties_of

FIRST_ROW, LAST_ROW = 3, 5002
TITLE = "项目表 · 单位见列名 · 带 * 的必填 · 第 4 行是示例，导入时跳过"
BRACKETS = {
    **dict.fromkeys(MONEY_FIELDS, "（万元）"),
    "livelihood_percent": "（%）",
    "progress_percent": "（%）",
    "altitude_m": "（米）",
}
NOTES = (
    ("项目编号", "每个编号一行。编号在本对口支援项目内不重复，按文本填写，长数字不会丢失后几位。"),
    ("县(市)", "填全称，或国家标准 GB/T 2260 的六位代码。必须在受援地之内。"),
    ("金额", "单位万元，最多六位小数（精确到分）。到位、核拨、支付、完成投资都填累计数，不填当月数。"),
    ("减少", "累计数比账上少时不能导入：请先在资金页冲正多记的账。"),
    ("阶段", "只能往前走。没有这一列时，按实际开工、实际完工、验收日期判断。"),
    ("日期", "写成 2026-03-01。实际日期不能晚于今天。"),
    ("民生比例", "0 到 100 的整数；空着时按类别的默认比例。"),
    ("受益层级、实施层级", "州、县、乡、村。空着时新项目按县级计。"),
    ("年度", "资金出自哪一年的计划；空着时按今年。"),
    ("合计行", "可以有。导入时只核对，不当作项目。"),
    ("重复导入", "同一份表导入两次，第二次什么都不变。"),
)
_TEXT = ("code", "name")


@dataclass(frozen=True, slots=True)
class _Formats:
    title: Any
    header: Any
    text: Any
    money: Any
    day: Any
    sample: Any
    sample_day: Any


def import_template(*, viewer: Actor, programme: str) -> bytes:
    """A workbook for the programme's projects, with its counties, categories and fund sources to choose from.

    Raises NotVisible for a programme the viewer may not see.
    """
    found = get_programme(viewer=viewer, code=programme)
    counties = [division.name for division in list_counties_of(found.recipient.code)]
    categories = [item.name for item in list_categories(viewer=viewer, on=found.ends_on)]
    sources = [source.name for source in list_fund_sources(viewer=viewer, programme=programme)]
    planned = [plan.year for plan in list_yearly_plans(viewer=viewer, programme=programme)]
    year = max(planned, default=found.starts_on.year)
    choices: dict[str, Sequence[str]] = {
        "place": counties,
        "category": categories,
        "delivery": ("交钥匙", "交支票"),
        "novelty": ("新建", "续建"),
        "cross_year": ("是", "否"),
        "capital": ("固投", "非固投"),
        "stage": ("前期准备", "招投标", "待开工", "已开工", "停工", "完工", "验收", "竣工决算", "移交", "取消"),
        "fund_source": sources,
        "year": [str(number) for number in range(found.starts_on.year, found.ends_on.year + 1)],
        "beneficiary_level": ("州", "县", "乡", "村"),
        "implementer_level": ("州", "县", "乡", "村"),
    }
    sample = _sample(year, {name: values[0] for name, values in choices.items() if values})
    return _workbook(choices, sample)


def _sample(year: int, first: Mapping[str, str]) -> dict[str, Any]:
    return {
        **first,
        "code": f"{SAMPLE}-001",
        "name": "示例：某县中心小学教学楼",
        "stage": "已开工",
        "cross_year": "否",
        "beneficiary_level": "乡",
        "implementer_level": "县",
        "year": year,
        "total_investment": 320,
        "amount": 300,
        "other_sources": 20,
        "arrived": 180,
        "allotted": 150,
        "paid": 90.5,
        "completed_investment": 120,
        "progress_percent": 40,
        "livelihood_percent": 100,
        "planned_start_on": date(year, 4, 1),
        "planned_finish_on": date(year, 11, 30),
        "started_on": date(year, 4, 12),
        "altitude_m": 3500,
    }


def _workbook(choices: Mapping[str, Sequence[str]], sample: Mapping[str, Any]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet, notes, options = (book.add_worksheet(name) for name in ("项目", "填写说明", "选项"))
        formats = _formats(book)
        sheet.write_string(0, 0, TITLE, formats.title)
        for column, (name, headers) in enumerate(HEADERS.items()):
            star = "*" if name in REQUIRED or name == "delivery" else ""
            sheet.write_string(2, column, f"{headers[0]}{star}{BRACKETS.get(name, '')}", formats.header)
            sheet.set_column(column, column, 30 if name == "name" else 14, _format_of(name, formats))
            _write_sample(sheet, column, sample.get(name), formats)
            if choices.get(name):
                options.write_column(0, column, choices[name])
                _limit(sheet, column, len(choices[name]))
        sheet.freeze_panes(FIRST_ROW, 2)
        notes.set_column(0, 0, 22)
        notes.set_column(1, 1, 90)
        for row, note in enumerate(NOTES):
            notes.write_row(row, 0, note)
        options.hide()
    return buffer.getvalue()


def _formats(book: Any) -> _Formats:
    shaded = {"bg_color": "#f2f2f2", "italic": True}
    return _Formats(
        title=book.add_format({"bold": True}),
        header=book.add_format({"bold": True, "text_wrap": True, "border": 1, "valign": "top"}),
        text=book.add_format({"num_format": "@"}),
        money=book.add_format({"num_format": "#,##0.00####"}),
        day=book.add_format({"num_format": "yyyy-mm-dd"}),
        sample=book.add_format(shaded),
        sample_day=book.add_format({**shaded, "num_format": "yyyy-mm-dd"}),
    )


def _format_of(name: str, formats: _Formats) -> Any:
    if name in _TEXT:
        return formats.text
    if name in MONEY_FIELDS:
        return formats.money
    return formats.day if name in DATE_FIELDS else None


def _write_sample(sheet: Any, column: int, value: Any, formats: _Formats) -> None:
    if isinstance(value, date):
        sheet.write_datetime(FIRST_ROW, column, value, formats.sample_day)
    elif isinstance(value, str):
        sheet.write_string(FIRST_ROW, column, value, formats.sample)
    elif value is not None:
        sheet.write_number(FIRST_ROW, column, value, formats.sample)


def _limit(sheet: Any, column: int, count: int) -> None:
    letter = xlsxwriter.utility.xl_col_to_name(column)
    sheet.data_validation(
        FIRST_ROW,
        column,
        LAST_ROW,
        column,
        {
            "validate": "list",
            "source": f"=选项!${letter}$1:${letter}${count}",
            "error_title": "请从列表中选择",
            "error_message": "这一格只能填列表里的内容。",
        },
    )
