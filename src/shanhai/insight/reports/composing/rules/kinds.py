# SPDX-License-Identifier: Apache-2.0
"""What each kind of bulletin reports on: its days, and the sections that a draft begins with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from shanhai.insight.reports.values import Block, BulletinKind
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

# Figures that open a draft, by how they are joined into its first sentence; those without a value are left out.
OPENING = (
    ("project_count", "共有项目{%s}"), ("plan_issued", "下达计划{%s}"), ("funds_arrived", "到位资金{%s}"),
    ("arrival_rate", "到位率{%s}"), ("funds_allotted", "核拨资金{%s}"), ("funds_paid", "支付资金{%s}"),
    ("payment_rate", "支付率{%s}"), ("start_rate", "开工率{%s}"), ("completion_rate", "完工率{%s}"),
)  # fmt: skip
_FORM = (
    ("总体情况", Block.TOTALS),
    ("分县（市）情况", Block.COUNTIES),
    ("项目进展", Block.PROJECTS),
    ("建设工期和投资", Block.WORKS),
    ("形象进度和停工", Block.PROGRESS),
    ("非项目工作", Block.OTHER),
    ("存在的问题和下步打算", Block.NONE),
)
SECTIONS: dict[BulletinKind, tuple[tuple[str, Block], ...]] = {
    BulletinKind.MONTH: _FORM,
    BulletinKind.QUARTER: _FORM,
    BulletinKind.CAMPAIGN: (
        ("总体进展", Block.CAMPAIGN),
        ("主要做法和成效", Block.NONE),
        ("下步打算", Block.NONE),
    ),
    BulletinKind.BATCH: (
        ("三年来的总体情况", Block.TOTALS),
        ("分县（市）情况", Block.COUNTIES),
        ("非项目工作", Block.OTHER),
        ("主要做法和成效", Block.NONE),
        ("体会和建议", Block.NONE),
    ),
    BulletinKind.PROJECT: (
        ("项目概况", Block.PROJECTS),
        ("建设和资金情况", Block.WORKS),
        ("形象进度和停工", Block.PROGRESS),
        ("成效和管护", Block.NONE),
    ),
}
# The families of figures that a block shows, each figure a row.
FAMILIES: dict[Block, tuple[str, ...]] = {
    Block.TOTALS: ("funds", "projects"),
    Block.CAMPAIGN: ("campaigns",),
    Block.OTHER: ("targets", "mentions"),
}
# What a month's form asks for of work beside projects, of which nothing is kept here.
NOT_KEPT = (
    gettext_noop("在岗和休假人员"),
    gettext_noop("结对和互访"),
    gettext_noop("消费帮扶的品种和渠道"),
    gettext_noop("就业"),
    gettext_noop("捐赠"),
    gettext_noop("引进企业和投资"),
)


def period_of(kind: BulletinKind, *, year: int | None, number: int | None) -> tuple[date, date]:
    """The first and the last day of a month or a quarter; of a campaign, a month of it. Raises BadInput.

    >>> period_of(BulletinKind.QUARTER, year=2026, number=1)
    (datetime.date(2026, 1, 1), datetime.date(2026, 3, 31))
    """
    if year is None or not 1978 <= year <= 2100:
        raise BadInput(gettext_noop("请填年份，例如 2026。"), "reports.period_not_accepted", field="year")
    most, months = (4, 3) if kind is BulletinKind.QUARTER else (12, 1)
    if number is None or not 1 <= number <= most:
        text = gettext_noop("请填第几个月或季度：月份填 1 到 12，季度填 1 到 4。")
        raise BadInput(text, "reports.period_not_accepted", field="number")
    first, after = (number - 1) * months + 1, number * months + 1
    return date(year, first, 1), date(year + (after > 12), (after - 1) % 12 + 1, 1) - timedelta(days=1)


def opening(names: Mapping[str, str], cut_off: date) -> str:
    """The first sentence of a form, with the figures of ``names`` (by key) cited in it by name; "" without any."""
    said = [words % names[key] for key, words in OPENING if key in names]
    day = f"{cut_off.year}年{cut_off.month}月{cut_off.day}日"
    return f"截至{day}，{'，'.join(said)}。" if said else ""


def numeral(number: int) -> str:
    """A number from 1 to 99 as headings count.

    >>> [numeral(one) for one in (1, 10, 11, 20, 21)]
    ['一', '十', '十一', '二十', '二十一']
    """
    signs = " 一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return f"{signs[tens] if tens > 1 else ''}{'十' if tens else ''}{signs[ones]}".strip()
