# SPDX-License-Identifier: Apache-2.0
"""The empty table for importing projects: drop-downs, text columns, notes, one sample row that is never imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.core.selectors.programmes import get_programme, list_fund_sources
from shanhai.planning.programmes.money.selectors.classifications import list_categories
from shanhai.planning.projects.imports.rules.fields import FIELDS
from shanhai.registers.places.selectors import list_counties_of
from shanhai.registers.tables.selectors.writing import write_template

TITLE = "项目表 · 单位见列名 · 带 * 的必填 · 第 4 行是示例，导入时跳过"
NOTES = (
    ("项目编号", "编号在本对口支援项目内不重复，按文本填写，长数字不会丢失后几位。"),
    ("一行", "一个项目一行；有几个年度或几个资金来源的，一笔安排一行，其余各格写得一样。"),
    ("县(市)", "填全称，或国家标准 GB/T 2260 的六位代码。必须在受援地之内。"),
    ("金额", "单位万元，最多六位小数（精确到分）。到位、核拨、支付、完成投资都填累计数，不填当月数。"),
    ("减少", "累计数比账上少时不能导入：请先在资金页冲正多记的账。"),
    ("阶段", "一次只能往前走一步，要过的关口和看板上一样。没有这一列时，按实际开工、实际完工、验收日期判断。"),
    ("日期", "写成 2026-03-01。实际日期不能晚于今天。"),
    ("民生比例", "0 到 100 的整数；空着时按类别的默认比例。"),
    ("受益层级、实施层级", "州、县、乡、村。空着时新项目按县级计。"),
    ("年度", "资金出自哪一年的计划；空着时按今年。"),
    ("合计行", "可以有。导入时只核对，不当作项目。"),
    ("重复导入", "同一份表导入两次，第二次什么都不变。"),
)


def import_template(*, viewer: Actor, programme: str) -> bytes:
    """A workbook for the programme's projects, with its counties, categories and fund sources to choose from.

    Raises NotVisible for a programme the viewer may not see.
    """
    found = get_programme(viewer=viewer, code=programme)
    counties = [division.name for division in list_counties_of(found.recipient.code)]
    categories = [item.name for item in list_categories(viewer=viewer, on=found.ends_on)]
    sources = [source.name for source in list_fund_sources(viewer=viewer, programme=programme)]
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
    fields = [
        replace(one, example=choices[one.key][0]) if choices.get(one.key) and one.example is None else one
        for one in FIELDS
    ]
    return write_template(tab="项目", title=TITLE, fields=fields, choices=choices, notes=NOTES)
