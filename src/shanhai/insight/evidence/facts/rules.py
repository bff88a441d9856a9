# SPDX-License-Identifier: Apache-2.0
"""Periods as people write them, values in an indicator's unit, which facts agree, which indicator a claim may be of."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from shanhai.insight.evidence.rules import fits
from shanhai.insight.evidence.values import Bound, Meant
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.numerals import half_width
from shanhai.kernel.units import UNITS, Dimension, Quantity, Unit

Days = tuple[date, date]
_YEAR = r"((?:19|20|21)\d\d)年?"
_FORMS = {
    "year": re.compile(_YEAR),
    "month": re.compile(_YEAR + r"[-./]?(1[0-2]|0?[1-9])月?"),
    "quarter": re.compile(_YEAR + r"[-./]?(?:[Qq]|第?)([1-4一二三四])(?:季度?)?"),
    "half": re.compile(_YEAR + r"[-./]?(?:[Hh]([12])|([上下])半年)"),
    "day": re.compile(r"(?:截至)?" + _YEAR + r"[-./]?(1[0-2]|0?[1-9])[-./月](3[01]|[12]\d|0?[1-9])日?"),
    "years": re.compile(_YEAR + r"\s*(?:[-—–~～至到]{1,2})\s*" + _YEAR),
}
_QUARTERS = {**{str(number): number for number in range(1, 5)}, **dict(zip("一二三四", range(1, 5), strict=True))}
_BY_SYMBOL = {unit.symbol: unit for unit in reversed(UNITS.values())}
# Words for the same thing that a text may count.
_SAME = {"名": "人", "位": "人", "公斤": "千克", "个项目": "个项目", "个": "个"}
_WORD = re.compile(r"[\u4e00-\u9fff]{2}")


def read_period(text: str) -> Days:
    """The first and the last day of a period as it is written: a year, a month, a quarter, a day, a span of years.

    Raises BadInput.

    >>> read_period("2022年") == read_period("2022") == (date(2022, 1, 1), date(2022, 12, 31))
    True
    >>> read_period("2022-02")[1], read_period("2022Q4")[0], read_period("2021—2025")[1]
    (datetime.date(2022, 2, 28), datetime.date(2022, 10, 1), datetime.date(2025, 12, 31))
    >>> read_period("2022年上半年") == read_period("2022H1") == (date(2022, 1, 1), date(2022, 6, 30))
    True
    """
    clean = half_width(text).replace(" ", "")
    found = next(((kind, match) for kind, form in _FORMS.items() if (match := form.fullmatch(clean))), None)
    try:
        if found is not None:
            kind, match = found
            return _days(kind, match)
    except ValueError:
        pass
    sentence = gettext_noop(
        "“%(text)s”不是时期。请写成 2022、2022-03、2022Q1、2022H1（上半年）、2022-03-31 或 2021–2025。"
    )
    raise BadInput(sentence, "evidence.period_not_understood", text=text[:40])


def _days(kind: str, match: re.Match[str]) -> Days:
    year = int(match[1])
    if kind == "day":
        on = date(year, int(match[2]), int(match[3]))
        return on, on
    if kind == "years":
        if int(match[2]) < year:
            raise ValueError
        return date(year, 1, 1), date(int(match[2]), 12, 31)
    first, months = 1, 12
    if kind == "month":
        first, months = int(match[2]), 1
    if kind == "quarter":
        first, months = _QUARTERS[match[2]] * 3 - 2, 3
    if kind == "half":
        first, months = (1 if "1" in match.groups() or "上" in match.groups() else 7), 6
    last = first + months - 1
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def written_period(starts_on: date, ends_on: date) -> str:
    """A period as ``read_period`` reads it; two days where it is none of these.

    >>> [written_period(*read_period(one)) for one in ("2022", "2022-03", "2022Q1", "2022-03-31", "2021–2025")]
    ['2022', '2022-03', '2022Q1', '2022-03-31', '2021–2025']
    >>> written_period(*read_period("2022年下半年"))
    '2022H2'
    """
    if starts_on == ends_on:
        return starts_on.isoformat()
    following = ends_on + timedelta(1)
    if starts_on.day == 1 and following.day == 1:
        months = (following.year - starts_on.year) * 12 + following.month - starts_on.month
        if months == 1:
            return f"{starts_on:%Y-%m}"
        if months == 3 and starts_on.month % 3 == 1:
            return f"{starts_on.year}Q{starts_on.month // 3 + 1}"
        if months == 6 and starts_on.month in (1, 7):
            return f"{starts_on.year}H{starts_on.month // 7 + 1}"
        if months == 12 and starts_on.month == 1:
            return str(starts_on.year)
        if months % 12 == 0 and starts_on.month == 1:
            return f"{starts_on.year}–{ends_on.year}"
    return f"{starts_on.isoformat()} – {ends_on.isoformat()}"


def guessed_period(text: str, published_on: date) -> str:
    """The period that a claim seems to be of, to be confirmed; "" where its text does not name one of those forms.

    >>> guessed_period("2022年以来", date(2023, 4, 14)), guessed_period("去年", date(2023, 4, 14))
    ('2022', '2022')
    >>> guessed_period("今年上半年", date(2023, 8, 1)), guessed_period("下半年", date(2023, 12, 30))
    ('2023H1', '2023H2')
    >>> guessed_period("截至目前", date(2023, 4, 14)), guessed_period("", date(2023, 4, 14))
    ('2023-04-14', '')
    """
    clean = half_width(text).replace(" ", "")
    for word, year in (("今年", 0), ("本年", 0), ("去年", -1), ("上年", -1)):
        if clean.startswith(word):
            clean = f"{published_on.year + year}年{clean[len(word) :]}"
    if clean.startswith(("上半年", "下半年")):
        clean = f"{published_on.year}年{clean}"
    if "目前" in clean or "至今" in clean:
        return published_on.isoformat()
    for kind in ("years", "day", "month", "quarter", "half", "year"):
        if match := _FORMS[kind].search(clean):
            try:
                return written_period(*_days(kind, match))
            except ValueError:
                continue
    return ""


def converted(meant: Meant, step: Decimal, unit: str) -> tuple[Meant, Decimal]:
    """What a claim means in ``unit`` (a key of UNITS), with the step of its last digit. Raises BadInput.

    What has no unit of ours is counted in 个; a unit of another kind is refused.
    """
    wanted, written = UNITS[unit], _SAME.get(meant.unit, meant.unit)
    known = _BY_SYMBOL.get(written)
    if not _may_be(written, known, wanted):
        text = gettext_noop("这个数的单位是“%(stated)s”，指标的单位是“%(wanted)s”。请换指标，或在更正里改单位。")
        raise BadInput(text, "evidence.unit_of_another_kind", stated=meant.unit or "—", wanted=wanted)
    factor = known if known is not None and known.dimension == wanted.dimension else wanted

    def turned(number: Decimal) -> Decimal:
        return Quantity(number, factor).to(wanted).number

    value, upper = turned(meant.value), None if meant.upper is None else turned(meant.upper)
    if not fits(value) or not fits(upper):
        text = gettext_noop("换算成“%(unit)s”以后这个数记不下。请换一个单位小一些的指标。")
        raise BadInput(text, "evidence.number_not_kept", unit=wanted)
    # A count to the last one is no rounding.
    counted = wanted.dimension == Dimension.COUNT and step == 1 and meant.bound == Bound.EXACT
    return Meant(value, wanted.key, meant.bound, upper), Decimal(0) if counted else turned(step)


def _may_be(written: str, known: Unit | None, wanted: Unit) -> bool:
    if known is None or known.dimension == Dimension.COUNT:
        named = "个" if wanted.symbol == "个项目" else wanted.symbol
        return wanted.dimension == Dimension.COUNT and (written in {named, wanted.symbol} or wanted.key == "piece")
    return known.dimension == wanted.dimension


def reach(meant: Meant, step: Decimal) -> tuple[Decimal, Decimal]:
    """The least and the greatest number that a stated one may stand for."""
    half, far = step / 2, Decimal("Infinity")
    low, high = meant.value, meant.value if meant.upper is None else meant.upper
    if meant.bound in (Bound.AT_LEAST, Bound.ABOVE):
        return low - half, far
    if meant.bound in (Bound.BELOW, Bound.AT_MOST):
        return -far, high + half
    wide = step if meant.bound == Bound.ABOUT else half
    return low - wide, high + wide


def disagree(stated: Sequence[tuple[Decimal, Decimal]]) -> bool:
    """Whether no number lies within all of what is stated (as ``reach`` says).

    >>> disagree([(Decimal("179.5"), Decimal("180.5")), (Decimal("179.86"), Decimal("179.86"))])
    False
    """
    return bool(stated) and max(low for low, _high in stated) > min(high for _low, high in stated)


def suggested(subject: str, unit: str, indicators: Iterable[tuple[str, str, str]]) -> str:
    """The code of the indicator that a claim seems to be of, "" for none: (code, name, key of its unit) of each.

    Its unit must fit, and most of its name stand in the claim's subject; of two that fit alike neither is suggested.
    """
    ranked: list[tuple[Decimal, str]] = []
    for code, name, key in indicators:
        pairs = {name[at : at + 2] for at in range(len(name) - 1) if _WORD.fullmatch(name[at : at + 2])}
        shared = sum(pair in subject for pair in pairs)
        if pairs and shared * 2 >= len(pairs) and _may_be(_SAME.get(unit, unit), _BY_SYMBOL.get(unit), UNITS[key]):
            ranked.append((Decimal(shared) / len(pairs), code))
    ranked.sort(reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return ""
    return ranked[0][1]
