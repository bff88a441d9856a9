# SPDX-License-Identifier: Apache-2.0
"""Finds the quantities of a text: numbers with their units, in whatever numerals, each with what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from shanhai.insight.evidence.texts.rules import numerals
from shanhai.insight.evidence.texts.rules.context import Context
from shanhai.insight.evidence.texts.rules.labels import LABEL, in_name
from shanhai.insight.evidence.texts.rules.numerals import Value, tidy
from shanhai.insight.evidence.texts.rules.runs import Places
from shanhai.insight.evidence.texts.rules.tables import Cell, cells_of
from shanhai.insight.evidence.texts.rules.units import ARABIC_ONLY, COUNTERS, UNIT, base_of
from shanhai.insight.evidence.texts.values import Bound, Claim, Reading

# 一 is an article nearly always, and the most frequent of all.
_START = re.compile(
    "[0-9二三四五六七八九十百千万亿两几数第]|一(?=[零十百千万亿九]|倍|元|亩|公里|公斤|吨|小时|年半|个月半|个半|半|成|年(?:以上|多|左右|之内|以内))|半(?=数)|(?<![唯统万同单专])一(?=两)"
)
_RUN = re.compile("[0-9]+|[零一二三四五六七八九十百千万亿两几数]+|.", re.DOTALL)
_BLANK = rf"(?:[ ]{{1,2}}|{numerals.NEW_LINE})?+"
_FOLK = "群众|人民(?!币)|百姓|农牧民|村民|居民|学生|师生|党员|干部|职工|患者|游客|儿女|同胞"
_QUANTITY = re.compile(
    rf"(?P<one>{numerals.NUMBER})(?:(?P<first>(?:{UNIT})?)\s?(?:--|[-~至到])\s?(?P<sign>[-+])?(?P<two>{numerals.NUMBER}))?"
    rf"{_BLANK}(?P<unit>{UNIT})(?P<half>半(?![年数天径])|)(?P<after>(?:[多余](?![个种项元家样方点数媒])|有余)?\s?[及(]?含?\)?(?:以上|以下|以内|之内|左右|上下)|内(?![容部需地外设陆])|[多余](?=[的，。、；,;\s]|时间)|有余|)"
    rf"|(?P<share>百分之|千分之)(?P<of>{numerals.NUMBER})(?:[至到-](?:百分之|千分之)?(?P<to>{numerals.NUMBER}))?(?P<beyond>以上|以下|以内|左右|)"
    r"|(?P<parts>[二三四五六七八九十]|[0-9]{1,2})分之(?P<some>[一二三四五六七八九两]|[0-9]{1,2})(?P<past>以上|以下|左右|)"
    r"|(?P<tenths>[一二两三四五六七八九])成(?P<odd>[一二三四五六七八九半]?)(?P<yet>多|以上|以下|左右|)(?![立员果为功效就本长分品熟型套都因绩语份片了交规色衣]|年人)"
    r"|(?P<of_all>一半|半数)(?P<than>以上|以下|左右|多|)"
    r"|(?P<of_ten>[二两三四五六七八九十])大(?=[\u4e00-\u9fff])(?!学|会|数|型|量|多|小|厅|桥|坝|队|洋|家|人|类|吨|于|步|班子|报告|米|元|山|河|江)"
    rf"|(?P<bare>(?:(?=[0-9]){numerals.NUMBER}|{numerals.CHINESE}(?<=[百千万亿]){numerals.MORE}(?={_FOLK})))(?<=[百千万亿多余])(?P<then>以上|以下|以内|左右|)"
    rf"|(?P<sum>{numerals.DIGITS})"
)  # fmt: skip
_AFTER = {
    **dict.fromkeys(("以上", "多", "余", "有余"), Bound.AT_LEAST),
    **dict.fromkeys(("以下", "以内", "之内", "内"), Bound.AT_MOST),
    **dict.fromkeys(("左右", "上下"), Bound.ABOUT),
}
_BEFORE = re.compile(
    r"(?:(?P<at_most>≤|小于等于|不超过|不多于|不高于|不超|最多|至多|不大于)|(?P<at_least>≥|大于等于|不少于|不低于|不小于|至少|最少|不下|(?<![以之网线路])上)"
    r"|(?P<below><|不足|不到|未满|不满|接近|将近|低于|少于|小于|(?<![最附靠邻就远亲相])近)|(?P<above>>|超过|超出|突破|高于|大于|多于|不止|(?<![高])超|逾|过)"
    r"|(?P<about>大约|约为|大概|(?<![签预节履集合公条特邀制违续解守失])约))(?:了|到|人民币)?\s?$"
)
# Most numbers have no such word before them, and are told by one look.
_ENDS_A_BOUND = frozenset("过多高超大少于低小下足到满近逾破止约为概上了币出 ≤≥<>")
_MARKS = re.compile("[，。；、\n]")
# What stands in the next line of a table is no unit of the last number of this one.
_ROW = re.compile(r"[\t|]|[ ]{3}")
_OF_A_SHARE = frozenset("占的足了到少降")
_DEGREES = re.compile(r"[东西]经|[南北]纬|[经纬]度")
# 高一3班 is the name of a class; 培训班十二期 counts, 第十二期 and 十二期工程 do not.
_CLASS, _COUNTING = frozenset("级)高初一二三四五六"), frozenset("班训办了计共")
_YEAR = re.compile(r"\.(?:19|20)[0-9]{2}$")
_BARE = re.compile("[百千万亿]+")
_LASTING = frozenset(["年", "个月", "天", "日", "小时", "分钟", "工作日", "周"])
_MONEY_WORDS = re.compile(r"资金|投资|元|款|产值|收入|销售|经费|金额|补助|支出|预算|捐|货值|税")
_PEOPLE_WORDS = re.compile(r"人|群众|游客|学生|农牧民|职工|干部|人口")


class _Found(NamedTuple):
    start: int
    end: int
    value: Decimal
    unit: str
    bound: Bound
    upper: Decimal | None = None
    step: Decimal = Decimal(1)


def extract(text: str, reading: Reading | None = None, *, places: Collection[str] = ()) -> tuple[Claim, ...]:
    """The quantities that a text states, in its order; what ``labels`` passes over is none.

    Offsets are into ``text``. With its ``reading``, what was cut there states nothing. ``places`` are names known
    beyond those that end in 省, 州, 县 and the like. The span is the number with its unit; words that bound it (近,
    以上) stand outside. A number that touches a lost character is not read.
    """
    copy = text if reading is None else reading.text
    plain = numerals.plain(copy)
    context = Context(copy, plain, places)
    claims = [_claim(context, one) for one in _quantities(plain) if not context.touches_damage(one.start, one.end)]
    if rows := [_of_cell(context, one) for one in cells_of(plain) if not context.touches_damage(one.start, one.end)]:
        claims = sorted([*claims, *rows], key=lambda one: one.start)
    return tuple(claims) if reading is None else _to_original(claims, text, reading)


def _quantities(plain: str) -> Iterator[_Found]:
    at, search = 0, _START.search
    while start := search(plain, at):
        begin = start.start()
        if label := LABEL.match(plain, begin):
            at = label.end()
            continue
        quantity = _QUANTITY.match(plain, begin)
        one = _read(plain, quantity) if quantity else None
        if one is None:
            at = _RUN.match(plain, begin).end()  # type: ignore[union-attr]
            if quantity and quantity.lastgroup != "sum":
                at = max(at, quantity.end("one") if quantity["one"] else at)
            continue
        at = max(one.end, begin + 1)
        yield one


def _read(plain: str, found: re.Match[str]) -> _Found | None:
    if found["unit"]:
        return _with_unit(plain, found)
    if found["share"]:
        return _percent(plain, found)
    if found["parts"]:
        return _fraction(plain, found)
    if found["tenths"]:
        return _tenths(plain, found)
    if found["of_all"]:
        return _half(plain, found)
    if found["of_ten"]:
        start, end = found.start("of_ten"), found.end("of_ten") + 1
        value = numerals.read(found["of_ten"])
        if value is None or found["of_ten"] == "二" or in_name(plain, start, end, slogan=True):
            return None
        return _Found(start, end, value[0], "个", Bound.EXACT)
    return _without_unit(plain, found)


def _with_unit(plain: str, found: re.Match[str]) -> _Found | None:
    written, two, named, half, after = found.group("one", "two", "unit", "half", "after")
    start, end, unit = found.start("one"), found.end("half" if half else "unit"), base_of(named)
    value = numerals.read(written)
    if two is not None:
        return _range(plain, found, unit, end)
    start, value = _list_mark(plain, start, written, unit, value)
    if value is None or not _counts(plain, start, end, written, unit):
        return None
    if half or named.startswith("个半"):
        value = (tidy(value[0] + Decimal("0.5")), None, Decimal("0.5"))
    return _found(plain, start, end, written, value, unit, after.strip())


def _range(plain: str, found: re.Match[str], unit: str, end: int) -> _Found | None:
    start, low, high = found.start("one"), numerals.read(found["one"]), numerals.read(found["two"])
    if low and high and unit == "℃":
        low, high, start = _below_zero(plain, start, low, high, minus=found["sign"] == "-")
    changes = found["first"] and plain[start - 1 : start] in ("从", "由")
    if found["first"] and (base_of(found["first"]) != unit or changes):
        # Two quantities beside one another; the second is found by itself.
        unit, end = base_of(found["first"]), found.end("first")
        fits = low and _counts(plain, start, end, found["one"], unit)
        return _found(plain, start, end, found["one"], low, unit, "") if low and fits else None
    if low is None or high is None:
        return None
    times = _times(found["two"])
    if not found["first"] and found["one"][-1].isdigit() and low[0] < high[0] / times:
        low = (tidy(low[0] * times), None, tidy(low[2] * times))
    if low[0] >= high[0]:
        start = found.start("two")
        return (
            _found(plain, start, end, found["two"], high, unit, found["after"])
            if _counts(plain, start, end, found["two"], unit)
            else None
        )
    if not _counts(plain, start, end, found["two"], unit):
        return None
    return _Found(start, end, low[0], unit, Bound.RANGE, high[0], min(low[2], high[2]))


def _below_zero(plain: str, start: int, low: Value, high: Value, *, minus: bool) -> tuple[Value, Value, int]:
    """-5～-2℃, -40℃～+60℃, 零下5至2℃: a range of degrees with its signs."""
    if sign := _sign(plain, start, "℃"):
        start, low = start - sign, (-low[0], None, low[2])
    return low, (-high[0], None, high[2]) if minus else high, start


def _times(written: str) -> Decimal:
    value = Decimal(1)
    for mark in reversed(written):
        if mark not in "百千万亿":
            break
        value *= {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8}[mark]
    return value


def _list_mark(plain: str, start: int, written: str, unit: str, value: Value | None) -> tuple[int, Value | None]:
    """1.3个县 at the head of a line is item 1 with three counties: nothing counted has a decimal point."""
    mark, blank, rest = written.partition(" ")
    if blank and rest[:1].isdigit() and " " not in rest and not plain[plain.rfind("\n", 0, start) + 1 : start].strip():
        return start + len(mark) + 1, numerals.read(rest)
    mark, point, rest = written.partition(".")
    numbered = point and unit in COUNTERS and rest.isdigit() and len(mark) < 3
    if numbered and not plain[plain.rfind("\n", 0, start) + 1 : start].strip():
        return start + len(mark) + 1, numerals.read(rest)
    return start, value


def _counts(plain: str, start: int, end: int, written: str, unit: str) -> bool:
    """Whether a number with this unit is a quantity, and no name, ordinal or way of speaking."""
    before = plain[start - 1 : start]
    if "\n" in plain[start:end] and _ROW.search(plain, plain.rfind("\n", 0, start) + 1, start):
        return False
    if before in ("零", "±") or (unit == "年" and _YEAR.search(written)):
        return False
    if (unit == "度" and _DEGREES.search(plain, max(0, start - 4), start)) or (unit == "班" and before in _CLASS):
        return False
    if before.isascii() and (before.isalpha() or before == "_"):
        return False
    if written[0].isdigit():
        if written[0] == "0" and written[1:2].isdigit():
            return False
        small = False
    else:
        small = not any(mark in "百千万亿" for mark in written)
        counting = unit == "期" and before in _COUNTING
        if (small and unit in ARABIC_ONLY and not counting) or written == "二":
            return False
        if _BARE.fullmatch(written) and not _bounded(plain, start, written):
            return False
    if (
        unit in COUNTERS
        and written.isdigit()
        and " " in plain[start:end]
        and not plain[plain.rfind("\n", 0, start) + 1 : start].strip()
    ):
        return False
    return not in_name(plain, start, end, slogan=unit in COUNTERS or small)


def _found(plain: str, start: int, end: int, written: str, value: Value, unit: str, after: str) -> _Found:
    low, high, step = value
    if sign := _sign(plain, start, unit):
        start, low = start - sign, -low
    bound = Bound.RANGE if high is not None else _bound(plain, start, written, after, unit)
    return _Found(start, end, low, unit, bound, high, step)


def _sign(plain: str, start: int, unit: str) -> int:
    """How many characters before ``start`` say that the number is below zero."""
    if unit == "℃" and plain[max(0, start - 2) : start] == "零下":
        return 2
    if plain[start - 1 : start] != "-":
        return 0
    before = plain[start - 2 : start - 1] if start > 1 else ""
    sign = not before or before in " \t(|:：\n，增减为是" or (unit in ("%", "元", "℃") and not before.isascii())
    return 1 if sign else 0


def _bounded(plain: str, start: int, written: str) -> Bound | None:
    if plain[start - 1 : start] not in _ENDS_A_BOUND:
        return None
    before = _BEFORE.search(plain, max(0, start - 6), start)
    # 上百, 过千: before a number that says how many hundreds the same is another word.
    if before is None or (before[0].strip() in ("上", "过") and written[:1] not in ("百", "千", "万", "亿")):
        return None
    return Bound(before.lastgroup or Bound.EXACT)


def _bound(plain: str, start: int, written: str, after: str, unit: str = "") -> Bound:
    if before := _bounded(plain, start, written):
        return before
    if after and (after != "内" or unit in _LASTING):
        return _AFTER[after if after in _AFTER else after[-2:].strip()]
    if "来" in written:
        return Bound.ABOUT
    return Bound.AT_LEAST if set(written) & set("余多几") else Bound.EXACT


def _percent(plain: str, found: re.Match[str]) -> _Found | None:
    low, unit = numerals.read(found["of"]), "%" if found["share"] == "百分之" else "‰"
    start, end = found.start("share"), found.end("to") if found["to"] else found.end("of")
    high = numerals.read(found["to"]) if found["to"] else None
    if low is None:
        return None
    if high:
        return _Found(start, end, low[0], unit, Bound.RANGE, high[0], low[2])
    return _found(plain, start, end, found["of"], low, unit, found["beyond"])


def _fraction(plain: str, found: re.Match[str]) -> _Found | None:
    whole, some = numerals.read(found["parts"]), numerals.read(found["some"])
    if not whole or not some or not whole[0] or some[0] > whole[0]:
        return None
    share = some[0] * 100 / whole[0]
    exact = share == share.quantize(Decimal("0.01"))
    start, end = found.start("parts"), found.end("some")
    bound = _bound(plain, start, "", found["past"])
    if bound is Bound.EXACT and not exact:
        bound = Bound.ABOUT
    return _Found(start, end, tidy(share.quantize(Decimal("0.01"))), "%", bound, None, Decimal("0.01"))


def _tenths(plain: str, found: re.Match[str]) -> _Found | None:
    tens, odd = numerals.read(found["tenths"]), found["odd"]
    if tens is None or (found["tenths"] == "一" and odd in ("", "半")):
        return None
    value = tens[0] * 10 + (5 if odd == "半" else (numerals.read(odd) or (0,))[0] if odd else 0)
    start, end = found.start("tenths"), found.end("odd")
    return _Found(start, end, value, "%", _bound(plain, start, "", found["yet"]), None, Decimal(1 if odd else 10))


def _half(plain: str, found: re.Match[str]) -> _Found | None:
    """一半以上, 不到一半, 占一半; half of a thing (一半是海水) is a way of speaking."""
    start, end = found.span("of_all")
    bound = _bound(plain, start, "", found["than"])
    if bound is Bound.EXACT and plain[start - 1 : start] not in _OF_A_SHARE:
        return None
    return _Found(start, end, Decimal(50), "%", bound, None, Decimal(10))


def _without_unit(plain: str, found: re.Match[str]) -> _Found | None:
    """3.5万 and ¥1,200: the words around say of what, or nothing does."""
    kind = "bare" if found["bare"] else "sum"
    start, end = found.span(kind)
    money = plain[start - 1 : start] == "¥"
    if kind == "sum" and not money:
        return None
    value = numerals.read(found[kind])
    if value is None or not _counts(plain, start, end, found[kind], ""):
        return None
    clause = _MARKS.split(plain[max(0, start - 12) : start])[-1]
    after = _MARKS.split(plain[end : end + 6])[0]
    unit = "元" if money or _MONEY_WORDS.search(clause) else "人" if _PEOPLE_WORDS.search(after + clause) else ""
    return _found(plain, start, end, found[kind], value, unit, (found["then"] or "") if kind == "bare" else "")


def _claim(context: Context, one: _Found) -> Claim:
    start, end = one.start, one.end
    sentence = context.sentence(start, end)
    period, place = context.names(start)
    subject = context.subject(sentence, start, end, counts=one.unit in COUNTERS)
    return Claim(
        one.value, one.unit, one.bound, context.text[start:end], start, end, sentence, upper=one.upper, step=one.step,
        subject=subject, period=period, place=place, damaged=context.is_damaged(sentence),
    )  # fmt: skip


def _of_cell(context: Context, one: Cell) -> Claim:
    line = context.line(one.start, one.end)
    said = context.text[one.start : one.end]
    value, step = tidy(one.value), tidy(one.step)
    return Claim(
        value, one.unit, Bound.EXACT, said, one.start, one.end, line, step=step, subject=one.subject,
        period=one.period, place=one.place, damaged=context.is_damaged(line),
    )  # fmt: skip


def _to_original(claims: list[Claim], text: str, reading: Reading) -> tuple[Claim, ...]:
    places = Places(reading.runs)
    found = []
    for one in claims:
        where, said = places.span(one.start, one.end), places.span(one.sentence.start, one.sentence.end)
        if where and said:
            written = text[where.start : where.end]
            found.append(replace(one, start=where.start, end=where.end, text=written, sentence=said))
    return tuple(found)
