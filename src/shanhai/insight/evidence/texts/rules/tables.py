# SPDX-License-Identifier: Apache-2.0
"""Tables that stand in a text as lines: cells parted by tabs, strokes or blanks, units in the header."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from shanhai.insight.evidence.texts.rules.units import factor_in

_LINE = re.compile(r"[^\n]+|\n{2,}")
_PARTED = re.compile(r"[\t|]|[ ]{2,}")
RULE = re.compile(r"[\s|:+=-]+")
NUMBER = re.compile(r"-?(?:[0-9]{1,3}(?:[,，][0-9]{3})+|[0-9]{1,15})(?:\.[0-9]{1,8})?")
_UNIT_BEHIND = re.compile(r"(.*?)[(/](?:单位:?)?([^()]{1,8})\)?")
_UNIT_ABOVE = re.compile(r"单位[:：]\s*([^\s,，、()]{1,4})")
_MONEY = re.compile(r"计划|安排|完成|结转|资金|投资|金额|预算|支出|收入|拨付|支付|到位|结余|下达|决算|合计")
# Under 单位：万元 these count money.
_OF_MONEY = re.compile(r"[^项户人村校个]*(?:计划|安排|到位|下达|拨付|支付|完成|结转|结余)数")
_NO_QUANTITY = re.compile(r"(?:序号|编号|编码|代码|年份|年度|日期|时间|电话|文号|备注|排名|名次|序)$")
_BY_ENDING = {
    "率": "%",
    "占比": "%",
    "比例": "%",
    "比重": "%",
    "人次": "人次",
    "人数": "人",
    "户数": "户",
    "数": "个",
    "数量": "个",
}
_PLACE = re.compile(r".*[省市州县区乡镇村旗]")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}年?(?:度)?")
TOTAL = re.compile(r"合\s*计|总\s*计|小\s*计|共\s*计|全[州省市县区]")
Head = tuple[str, str, Decimal] | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of a table with what its header and its row say of it; ``step`` is in the base unit as ``value``."""

    start: int
    end: int
    value: Decimal
    step: Decimal
    unit: str
    subject: str
    period: str
    place: str


def cells_of(plain: str) -> Iterator[Cell]:
    """The numbers in the tables of a text (plain characters) whose column says their unit."""
    if "\t" not in plain and "|" not in plain and "   " not in plain:
        return
    header: list[Head] = []
    above: Head = None
    for line in _LINE.finditer(plain):
        said = line[0]
        if found := _UNIT_ABOVE.search(said):
            unit = factor_in(found[1])
            above = ("", unit[1], unit[0]) if unit else None
        cells = parted(said, line.start())
        if len(cells) < 2:
            header = []
            continue
        if RULE.fullmatch(said):
            continue
        numbers = sum(bool(NUMBER.fullmatch(text)) for _start, text in cells)
        if not numbers:
            found_heads = [_head(text, above) for _start, text in cells]
            header = found_heads if any(found_heads) else header
        elif len(header) == len(cells):
            yield from _row(header, cells)


def parted(line: str, at: int) -> list[tuple[int, str]]:
    """The cells of a line that begins ``at``, each with its place; none where the line is no row."""
    if not _PARTED.search(line.strip(" ")):
        return []
    found, start = [], 0
    for mark in [*_PARTED.finditer(line), None]:
        text = line[start : mark.start() if mark else len(line)]
        found.append((at + start + len(text) - len(text.lstrip()), text.strip()))
        start = mark.end() if mark else 0
    if "|" in line or "\t" not in line:
        # A stroke at either end, or blanks that only set the line in.
        found = found[not found[0][1] : len(found) - (not found[-1][1])]
    return found if len(found) > 2 or "\t" in line or "|" in line else []


def _head(text: str, above: Head) -> Head:
    if not text or _NO_QUANTITY.search(text):
        return None
    if (behind := _UNIT_BEHIND.fullmatch(text)) and (unit := factor_in(behind[2].strip())):
        return behind[1].strip(), unit[1], unit[0]
    for ending, base in _BY_ENDING.items():
        if text.endswith(ending) and not (base == "个" and above and _OF_MONEY.fullmatch(text)):
            return text, base, Decimal(1)
    return (text, above[1], above[2]) if above and _MONEY.search(text) else None


def _row(header: list[Head], cells: list[tuple[int, str]]) -> Iterator[Cell]:
    name = next((text for _start, text in cells if text and not NUMBER.fullmatch(text)), "")
    first = cells[0][1]
    year = first if _YEAR.fullmatch(first) else name if _YEAR.fullmatch(name) else ""
    name = "" if name == year or TOTAL.fullmatch(name) or name in {"-", "--", "/"} else name
    place = name if _PLACE.fullmatch(name) else ""
    for head, (start, text) in zip(header, cells, strict=True):
        if head is None or not NUMBER.fullmatch(text):
            continue
        label, unit, times = head
        value = Decimal(text.replace(",", "").replace("，", ""))
        step = Decimal(1).scaleb(min(int(value.as_tuple().exponent), 0)) * times
        subject = label if place or not name else f"{name}{label}"
        yield Cell(start, start + len(text), value * times, step, unit, subject, year, place)
