# SPDX-License-Identifier: Apache-2.0
"""Reading one cell: words for stages and kinds, dates, percentages, codes that a spreadsheet has destroyed.

Every reader answers the value, or raises CellNotUnderstood with a sentence that says what to write instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.kernel.units import MONEY_UNITS, Unit, money_in, parse_money
from shanhai.planning.projects.states import Delivery, Level, Novelty, Stage

E = TypeVar("E", bound=StrEnum)


class CellNotUnderstood(BadInput):
    """A cell that does not hold what its column is for; ``reason`` is the code of the problem."""

    code = "projects.cell_not_understood"

    def __init__(self, reason: str, text: str, /, **params: object) -> None:
        super().__init__(text, **params)
        self.reason = reason


STAGES: Mapping[str, Stage] = {
    "前期": Stage.PREPARATION, "前期准备": Stage.PREPARATION, "前期工作": Stage.PREPARATION,
    "未开工": Stage.PREPARATION,
    "招投标": Stage.TENDERING, "招投标中": Stage.TENDERING, "招标": Stage.TENDERING, "正在招投标": Stage.TENDERING,
    "待开工": Stage.READY, "资金到位即可实施": Stage.READY, "资金到位后可立即实施": Stage.READY,
    "已开工": Stage.UNDER_WAY, "开工": Stage.UNDER_WAY, "在建": Stage.UNDER_WAY, "施工": Stage.UNDER_WAY,
    "复工": Stage.UNDER_WAY, "已复工": Stage.UNDER_WAY, "实施中": Stage.UNDER_WAY, "under way": Stage.UNDER_WAY,
    "停工": Stage.SUSPENDED, "冬歇": Stage.SUSPENDED, "冬季停工": Stage.SUSPENDED, "暂停": Stage.SUSPENDED,
    "完工": Stage.COMPLETED, "已完工": Stage.COMPLETED, "竣工": Stage.COMPLETED,
    "验收": Stage.ACCEPTED, "已验收": Stage.ACCEPTED, "竣工验收": Stage.ACCEPTED,
    "决算": Stage.SETTLED, "竣工决算": Stage.SETTLED, "已决算": Stage.SETTLED, "结算": Stage.SETTLED,
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
_YES = {"是", "跨年", "固投", "有", "y", "yes", "true", "1", "√", "✓", "capital"}
_NO = {"否", "不跨年", "非固投", "无", "n", "no", "false", "0", "×", "非", "non-capital"}
_DESTROYED = re.compile(r"^\d(\.\d+)?e\+?\d+$", re.IGNORECASE)
_DAY = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*(?:[-/.月]\s*(\d{1,2})\s*日?|月)?$")
_EXCEL_EPOCH = date(1899, 12, 30)
# A double keeps fifteen digits: a longer number has lost its tail in the spreadsheet.
_EXACT = 10**15


def text_of(cell: object) -> str:
    """The cell as trimmed text in half width; a whole number without ``.0``."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        cell = int(cell)
    return unicodedata.normalize("NFKC", str(cell)).strip()


def word(cell: object, words: Mapping[str, E], kind: type[E]) -> E:
    """One of a fixed set of words: in Chinese, or the stored word itself."""
    text = text_of(cell).lower()
    found = words.get(text)
    if found is not None:
        return found
    try:
        return kind(text.replace(" ", "_"))
    except ValueError:
        known = "、".join(dict.fromkeys(next(key for key in words if words[key] == item) for item in words.values()))
        raise CellNotUnderstood(
            "unknown_word", gettext_noop("不认识“%(text)s”。请填：%(known)s。"), text=text_of(cell)[:40], known=known
        ) from None


def yes_or_no(cell: object) -> bool:
    """是 or 否, in the usual spellings."""
    text = text_of(cell).lower()
    if text in _YES or text in _NO:
        return text in _YES
    raise CellNotUnderstood("unknown_word", gettext_noop("不认识“%(text)s”。请填“是”或“否”。"), text=text[:40])


def code(cell: object) -> str:
    """An identifier; one that a spreadsheet turned into a rounded number is refused, since its tail is lost."""
    text = text_of(cell)
    if _DESTROYED.match(text) or (isinstance(cell, int | float) and abs(cell) >= _EXACT):
        raise CellNotUnderstood(
            "id_destroyed",
            gettext_noop("编号 %(text)s 被表格软件当成了数字，后几位已经丢失。请把这一列设为“文本”，再从原件填一遍。"),
            text=text,
        )
    if len(text) > 40:
        raise CellNotUnderstood("too_long", gettext_noop("编号有 %(count)s 个字，最多 40 个。"), count=len(text))
    return text


def day(cell: object) -> date:
    """A date: a date cell, 2026-03-01, 2026/3/1, 2026.3.1, 2026年3月1日, 2026年3月, or a spreadsheet's day number."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell)
    if isinstance(cell, int | float) and 20_000 <= cell <= 80_000:
        return _EXCEL_EPOCH + timedelta(days=int(cell))
    # In a text table the day number is text, too; no other date has five digits.
    if re.fullmatch(r"[2-7]\d{4}", text):
        return _EXCEL_EPOCH + timedelta(days=int(text))
    match = _DAY.match(text.removesuffix(" 00:00:00"))
    if match:
        try:
            return date(int(match[1]), int(match[2]), int(match[3] or 1))
        except ValueError:
            pass
    raise CellNotUnderstood(
        "impossible_date",
        gettext_noop("“%(text)s”不是日期，或者没有这一天。请写成 2026-03-01。"),
        text=text[:40],
    )


def amount(cell: object, unit: Unit | None) -> Money:
    """An amount in ``unit``, or in the unit the cell itself names. Never negative, exact to the fen."""
    text = text_of(cell)
    named = any(text.endswith(name) for name in MONEY_UNITS)
    if unit is None and not named:
        raise CellNotUnderstood(
            "unit_undeclared",
            gettext_noop("这一列没有写单位。请在列名后写“（万元）”或“（元）”，或在表头上方写“单位：万元”。"),
        )
    try:
        if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool) and unit is not None:
            found = money_in(_whole_fen(Decimal(str(cell)), unit), unit)
        elif unit is not None:
            found = parse_money(text, unit)
        else:
            found = parse_money(text)
    except (BadInput, InvalidOperation, ValueError, OverflowError):
        raise CellNotUnderstood(
            "not_an_amount", gettext_noop("“%(text)s”不是金额，或者小于一分。请只填数字。"), text=text[:40]
        ) from None
    if found.fen < 0:
        raise CellNotUnderstood(
            "negative", gettext_noop("金额不能是负数（%(text)s）。要冲减已记的账，请用“冲正”。"), text=text[:40]
        )
    return found


def _whole_fen(number: Decimal, unit: Unit) -> Decimal:
    """``number`` with the dust of binary fractions (0.30000000000000004) brushed off; real parts of a fen remain."""
    fen = number * unit.factor
    nearest = fen.to_integral_value()
    return nearest / unit.factor if abs(fen - nearest) < Decimal("0.001") else number


def percentage(cell: object, *, declared: bool) -> int:
    """A whole percentage: 80%, 80, or 0.8 as a spreadsheet stores 80 %; ``declared`` when the header says percent."""
    text = text_of(cell).lower()
    if text in {"是", "否"}:
        return 100 if text == "是" else 0
    try:
        number = Decimal(text.removesuffix("%").strip())
    except InvalidOperation:
        number = Decimal("nan")
    if number.is_finite() and not text.endswith("%") and 0 < number <= 1 and not (declared and number == 1):
        number *= 100
    nearest = number.to_integral_value() if number.is_finite() else number
    if not number.is_finite() or not 0 <= number <= 100 or abs(number - nearest) > Decimal("0.000001"):
        raise CellNotUnderstood(
            "not_a_percentage", gettext_noop("“%(text)s”不是 0 到 100 的整数百分比。"), text=text[:40]
        )
    return int(nearest)


def whole_number(cell: object, *, low: int, high: int) -> int:
    """A whole number between ``low`` and ``high``."""
    text = text_of(cell).removesuffix("年").removesuffix("米").removesuffix("m").strip()
    if re.fullmatch(r"-?\d{1,9}", text) and low <= int(text) <= high:
        return int(text)
    raise CellNotUnderstood(
        "not_a_number",
        gettext_noop("“%(text)s”不是 %(low)s 到 %(high)s 之间的整数。"),
        text=text[:40],
        low=low,
        high=high,
    )
