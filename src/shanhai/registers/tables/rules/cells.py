# SPDX-License-Identifier: Apache-2.0
"""Reading one cell: text, numbers, amounts with their unit, days, percentages, codes, and words of a fixed set.

Every reader answers the value, or raises CellNotUnderstood with a sentence that says what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.kernel.numerals import CommaAmbiguous, half_width, is_nil, read_number
from shanhai.kernel.units import MONEY_UNITS, Unit, money_in, parse_money
from shanhai.registers.tables.values import Faulty, Shown

E = TypeVar("E", bound=StrEnum)

LONGEST_CODE = 40
_YES = {"是", "跨年", "固投", "有", "y", "yes", "true", "1", "√", "✓", "capital"}
_NO = {"否", "不跨年", "非固投", "无", "n", "no", "false", "0", "×", "非", "non-capital"}
_DESTROYED = re.compile(r"^\d(\.\d+)?e\+?\d+$", re.IGNORECASE)
_DAY = re.compile(r"^(\d{4})\s*([-/.年])\s*(\d{1,2})\s*(?:[-/.月]\s*(\d{1,2})\s*日?|月)?$")
_LINES = re.compile(r"\s*[\r\n]+\s*")
_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_EXCEL_EPOCH = date(1899, 12, 30)
# A double keeps fifteen digits: a longer number has lost its tail in the spreadsheet.
_EXACT = 10**15


class CellNotUnderstood(BadInput):
    """A cell that does not hold what its column is for; ``reason`` is the code of the problem."""

    code = "tables.cell_not_understood"

    def __init__(self, reason: str, text: str, /, **params: Any) -> None:
        super().__init__(text, **params)
        self.reason = reason


def text_of(cell: object) -> str:
    """The cell as trimmed text in half width, a whole number without ``.0``, a line break as a blank.

    Between two Chinese characters a line break is nothing: 康定⏎市 is 康定市.
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = half_width(cell)
        return _CHINESE.sub("", _LINES.sub(" ", text)) if "\n" in text or "\r" in text else text
    if isinstance(cell, Shown):
        return cell.shown
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    return str(cell)


def says_nothing(cell: object) -> bool:
    """Whether a cell is empty or holds a mark for nothing (——, /, 无)."""
    return cell is None or (isinstance(cell, str) and is_nil(cell))


def require_value(cell: object) -> None:
    """Raise CellNotUnderstood for an error of the spreadsheet and for a formula that was never calculated."""
    if isinstance(cell, Faulty):
        if cell.shown:
            raise CellNotUnderstood(
                "cell_error", gettext_noop("这一格是错误值 %(shown)s。请改正公式或填上数。"), shown=cell.shown
            )
        raise CellNotUnderstood(
            "not_calculated",
            gettext_noop("这一格的公式没有算出结果。请用表格软件打开，重新计算并保存，或直接填数。"),
        )


def text(most: int) -> Callable[[object], str]:
    """A reader of text of at most ``most`` characters; what is longer is cut."""
    return lambda cell: text_of(cell)[:most]


def word(words: Mapping[str, E], kind: type[E]) -> Callable[[object], E]:
    """A reader of one of a fixed set of words: in Chinese, or the stored word itself."""

    def read(cell: object) -> E:
        said = text_of(cell).lower()
        found = words.get(said)
        if found is not None:
            return found
        try:
            return kind(said.replace(" ", "_"))
        except ValueError:
            known = dict.fromkeys(next(key for key in words if words[key] == item) for item in words.values())
            raise CellNotUnderstood(
                "unknown_word",
                gettext_noop("不认识“%(text)s”。请填：%(known)s。"),
                text=text_of(cell)[:40],
                known=tuple(f"“{one}”" for one in known),
            ) from None

    return read


def yes_or_no(cell: object) -> bool:
    """是 or 否, in the usual spellings."""
    said = text_of(cell).lower()
    if said in _YES or said in _NO:
        return said in _YES
    raise CellNotUnderstood("unknown_word", gettext_noop("不认识“%(text)s”。请填“是”或“否”。"), text=said[:40])


def code(cell: object) -> str:
    """An identifier; one that a spreadsheet turned into a rounded number is refused, since its tail is lost."""
    said = text_of(cell)
    if _DESTROYED.match(said) or (isinstance(cell, int | float) and abs(cell) >= _EXACT):
        raise CellNotUnderstood(
            "id_destroyed",
            gettext_noop("编号 %(text)s 被表格软件当成了数字，后几位已经丢失。请把这一列设为“文本”，再从原件填一遍。"),
            text=said,
        )
    if len(said) > LONGEST_CODE:
        raise CellNotUnderstood("too_long", gettext_noop("编号有 %(count)s 个字，最多 40 个。"), count=len(said))
    return said


def day(cell: object, *, two_digits: bool = False) -> date:
    """A date: a date cell, 2026-03-01, 2026/3/1, 2026.3.1, 2026年3月1日, 2026年3月, or a spreadsheet's day number.

    A month alone is its first day. ``2026.1`` may be January or October: it is read where the cell shows it with two
    digits, or where ``two_digits`` says that the column writes its months so, and refused elsewhere.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    said = text_of(cell)
    if isinstance(cell, int | float) and not isinstance(cell, Shown) and 20_000 <= cell <= 80_000:
        return _EXCEL_EPOCH + timedelta(days=int(cell))
    # In a text table the day number is text, too; no other date has five digits.
    if re.fullmatch(r"[2-7][0-9]{4}", said):
        return _EXCEL_EPOCH + timedelta(days=int(said))
    match = _DAY.match(said.removesuffix(" 00:00:00"))
    month = match[3] if match else ""
    if match and match[2] == "." and match[4] is None and month == "1":
        if not two_digits:
            raise CellNotUnderstood(
                "month_ambiguous",
                gettext_noop(
                    "“%(text)s”可能是 1 月，也可能是 10 月（末尾的 0 没有保存）。请写成 %(year)s-10 或完整日期。"
                ),
                text=said,
                year=match[1],
            )
        month = "10"
    if match:
        try:
            return date(int(match[1]), int(month), int(match[4] or 1))
        except ValueError:
            pass
    raise CellNotUnderstood(
        "impossible_date", gettext_noop("“%(text)s”不是日期，或者没有这一天。请写成 2026-03-01。"), text=said[:40]
    )


def writes_two_digits(cell: object) -> bool:
    """Whether a cell shows that its column writes months with two digits: 2026.03, 2026.10."""
    return bool(re.fullmatch(r"(?:19|20)[0-9]{2}\.(?:0[1-9]|1[0-2])", text_of(cell)))


def number(cell: object) -> Decimal:
    """A number, exact as it is written."""
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return Decimal(str(float(cell) if isinstance(cell, Shown) else cell))
    try:
        return read_number(text_of(cell))
    except CommaAmbiguous as doubt:
        raise CellNotUnderstood("comma_ambiguous", doubt.message.text, **doubt.message.params) from None
    except BadInput as fault:
        raise CellNotUnderstood("not_a_number", fault.message.text, **fault.message.params) from None


def amount(cell: object, unit: Unit | None) -> Money:
    """An amount in ``unit``, or in the unit the cell itself names. Never negative, exact to the fen."""
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool) and unit is not None:
        said = ""
    else:
        said = text_of(cell)
    if unit is None and not said.endswith(tuple(MONEY_UNITS)):
        raise CellNotUnderstood(
            "unit_undeclared",
            gettext_noop("这一列没有写单位。请在列名后写“（万元）”或“（元）”，或在表头上方写“单位：万元”。"),
        )
    try:
        if said == "" and unit is not None and not isinstance(cell, str):
            found = money_in(_whole_fen(number(cell), unit), unit)
        else:
            found = parse_money(said, unit) if unit is not None else parse_money(said)
    except CommaAmbiguous as doubt:
        raise CellNotUnderstood("comma_ambiguous", doubt.message.text, **doubt.message.params) from None
    except (BadInput, InvalidOperation, ValueError, OverflowError):
        raise CellNotUnderstood(
            "not_an_amount", gettext_noop("“%(text)s”不是金额，或者小于一分。请只填数字。"), text=text_of(cell)[:40]
        ) from None
    if found.fen < 0:
        raise CellNotUnderstood(
            "negative",
            gettext_noop("金额不能是负数（%(text)s）。要冲减已记的账，请用“冲正”。"),
            text=text_of(cell)[:40],
        )
    return found


def _whole_fen(found: Decimal, unit: Unit) -> Decimal:
    """``found`` with the dust of binary fractions (0.30000000000000004) brushed off; real parts of a fen remain."""
    fen = found * unit.factor
    nearest = fen.to_integral_value()
    return nearest / unit.factor if abs(fen - nearest) < Decimal("0.001") else found


def percentage(cell: object, *, declared: bool) -> int:
    """A whole percentage: 80%, 80, or 0.8 as a spreadsheet stores 80 %; ``declared`` when the header says percent."""
    said = text_of(cell).lower()
    if said in {"是", "否"}:
        return 100 if said == "是" else 0
    signed = said.endswith("%")
    try:
        found = number(said.removesuffix("%") if signed or isinstance(cell, str) else cell)
    except CellNotUnderstood as fault:
        if fault.reason == "comma_ambiguous":
            raise
        found = Decimal("nan")
    if found.is_finite() and not signed and 0 < found <= 1 and not (declared and found == 1):
        found *= 100
    nearest = found.to_integral_value() if found.is_finite() else found
    if not found.is_finite() or not 0 <= found <= 100 or abs(found - nearest) > Decimal("0.000001"):
        raise CellNotUnderstood(
            "not_a_percentage", gettext_noop("“%(text)s”不是 0 到 100 的整数百分比。"), text=said[:40]
        )
    return int(nearest)


def whole_number(low: int, high: int) -> Callable[[object], int]:
    """A reader of a whole number between ``low`` and ``high``, behind which 年 or 米 may stand."""

    def read(cell: object) -> int:
        said = text_of(cell).removesuffix("年").removesuffix("米").removesuffix("m").strip()
        if re.fullmatch(r"-?[0-9]{1,9}", said) and low <= int(said) <= high:
            return int(said)
        raise CellNotUnderstood(
            "not_a_number",
            gettext_noop("“%(text)s”不是 %(low)s 到 %(high)s 之间的整数。"),
            text=said[:40],
            low=low,
            high=high,
        )

    return read
