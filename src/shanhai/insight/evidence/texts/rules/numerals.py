# SPDX-License-Identifier: Apache-2.0
"""Numerals as Chinese texts write them: arabic, Chinese and mixed, in both scripts and widths, read exactly.

``plain`` gives a text the characters that the patterns know, one for one, so that every offset stays true.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache, lru_cache

from shanhai.kernel.scripts import letters

_WIDE = (
    "０0１1２2３3４4５5６6７7８8９9．.％%〇零○零〜~～~－-−-–-—-―-‐-‑-「“」”『“』”"
    '＂"￥¥＋+／/（(）)＞>＜<≧≥≦≤\u3000 \u00a0 \u2002 \u2003 \u2009 \u202f ｜|圓元'
)

NEW_LINE = r"(?:\r\n|\n|\r)"
_HAN = r"\u4e00-\u9fff"
# A line may end within a number: 17.8 | 7亿, 1 | 598名. One that holds nothing else before it is a column of numbers.
_BROKEN = (
    rf"(?:(?<=[{_HAN}.,][0-9])|(?<=[{_HAN}.,][0-9]{{2}})|(?<=[{_HAN}.,][0-9]{{3}})|(?<=[{_HAN}][0-9]{{4}})){NEW_LINE}"
)
# Twelve digits are more than any report counts; a longer run is a code, and is never tried twice.
DIGITS = (
    r"(?:[0-9]{1,3}(?:(?:[,，]" + NEW_LINE + r"?+| )[0-9](?:" + NEW_LINE + r"?+[0-9]){2}){1,5}+(?![0-9])"
    rf"|[0-9]{{1,15}}+(?![0-9])(?:{_BROKEN}[0-9]{{1,9}}+(?![0-9]))?+)"
    rf"(?:{NEW_LINE}?+\.{NEW_LINE}?+[0-9]{{1,8}}+(?![0-9])(?:{_BROKEN}[0-9]{{1,8}}+(?!\.))?+)?+"
)
_CN = "零一二三四五六七八九"
# 千米, 千克 and 千瓦 are units.
_BIG_MARK = "[百千万亿](?![米克瓦伏卡帕])"
_TIMES = f"(?:{_BIG_MARK}){{1,3}}+"
MORE = f"(?:[多余来](?:{_BIG_MARK}){{0,2}}+|几(?=[百千万亿名个位人所家项次条篇户天年场])[百千万亿]{{0,2}})?+"
CHINESE = f"[{_CN}十百千万亿两]{{1,16}}+(?![{_CN}十百千万亿两])(?:点[{_CN}]{{1,6}}+)?+"
_TIMES_MORE = rf"(?:零?[0-9]{{1,4}}+(?:(?!亿){_BIG_MARK}){{1,2}}+)*+(?:[0-9]{{4}}(?![0-9.年]))?+"
_MIXED = rf"{DIGITS}(?:(?:{_BROKEN}|[ ]{{1,2}})?+{_TIMES}{_TIMES_MORE})?+"
NUMBER = rf"(?:{_MIXED}|{CHINESE}){MORE}"

_DIGITS = {mark: value for value, mark in enumerate(_CN)} | {"两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_BIG = {"万": 10**4, "亿": 10**8}
_PART = re.compile(r"[0-9]+(?:\.[0-9]+)?|.")
# Two digits that follow one another say "from one to the other": 三五个, 七八十人, 十七八岁, 二三十家.
_NEIGHBOURS = re.compile(r"(十|[二三四五六七八九]十)?([一二两三四五六七八])([二三四五六七八九])([十百千]?[万亿]*)")
_PAIRS = ("一二", "一两", "两三", "二三", "三四", "三五", "四五", "五六", "六七", "七八", "八九")


# No number that is kept is as large, and none is written as long.
_TOO_LARGE, _TOO_LONG = Decimal(10) ** 18, 60
Value = tuple[Decimal, Decimal | None, Decimal]


@cache
def _same() -> dict[int, str]:
    return letters() | {ord(a): b for a, b in zip(_WIDE[::2], _WIDE[1::2], strict=True)}


def plain(text: str) -> str:
    """The text in Simplified characters and half width as far as numbers and units need it, of the same length."""
    return text.translate(_same())


def tidy(value: Decimal) -> Decimal:
    """The value without noughts behind the point and without an exponent before it."""
    whole = value.to_integral_value()
    return whole.quantize(Decimal(1)) if value == whole else value.normalize()


@lru_cache(maxsize=8192)
def read(written: str) -> Value | None:
    """The number that ``written`` (plain, without signs) says, its upper end if it is two neighbours, and its step.

    The step is one unit of the last digit written: 17.87亿 is read to the million, 三百二十 to one. None for no number,
    and for one that is larger than any that is kept.
    """
    found = _read(re.sub(r"[\s,，多余来几]", "", written)) if len(written) <= _TOO_LONG else None
    if found is None or max(found[0], found[1] or found[0]) >= _TOO_LARGE:
        return None
    return tidy(found[0]), found[1] and tidy(found[1]), tidy(found[2])


def _read(bare: str) -> Value | None:
    if "点" in bare:
        whole, _, rest = bare.partition("点")
        value = Decimal(".".join((str(_mixed(whole)[0]), "".join(str(_DIGITS[mark]) for mark in rest))))
        return value, None, _step(value)
    if near := _NEIGHBOURS.fullmatch(bare):
        low, high = (read((near[1] or "") + near[n] + near[4]) for n in (2, 3))
        return (low[0], high[0], low[2]) if low and high and near[2] + near[3] in _PAIRS else None
    if bare.isascii():
        value = Decimal(bare)
        return value, None, _step(value)
    if all(mark in _DIGITS for mark in bare):
        return (Decimal(_DIGITS[bare]), None, Decimal(1)) if len(bare) == 1 else None
    return _mixed(bare)


def _mixed(bare: str) -> Value:
    total = section = Decimal(0)
    now: Decimal | None = None
    step = Decimal(1)
    last, big = 1, 0
    for part in _PART.findall(bare):
        if part in _TENS:
            last = _TENS[part]
            section += (Decimal(1) if now is None else now) * last
            step, now = (step if now is not None else Decimal(1)) * last, None
        elif part in _BIG:
            times = _BIG[part]
            section += now or 0
            section = section or Decimal(0 if total else 1)
            total = (total + section) * times if big and times >= big else total + section * times
            step, now, section, last = step * times, None, Decimal(0), times
            big = times
        elif part == "零":
            now, last = None, 1
        else:
            now = Decimal(_DIGITS[part]) if part in _DIGITS else Decimal(part)
            step = Decimal(1) if part in _DIGITS else _step(now)
    if now is not None:
        # 一万二 is 12,000; 一万零二 and 1万2000 say what they mean.
        short = last >= 100 and now < 10 and bare[-1] in _DIGITS
        now *= last // 10 if short else 1
    whole = total + section + (now or 0)
    return whole, None, step if bare[-1] in _BIG or bare[0].isdigit() else Decimal(1)


def _step(value: Decimal) -> Decimal:
    return Decimal(1).scaleb(min(int(value.as_tuple().exponent), 0))
