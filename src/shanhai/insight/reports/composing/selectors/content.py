# SPDX-License-Identifier: Apache-2.0
"""A bulletin as a document: its head, its sections with the figures in their text, its tables. In Chinese, always."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext

from shanhai.base.formats import measure, say
from shanhai.insight.reports import labels
from shanhai.insight.reports.composing.rules.citing import cited, pieces
from shanhai.insight.reports.composing.rules.kinds import FAMILIES, NOT_KEPT, numeral
from shanhai.insight.reports.composing.rules.taking import (
    AMOUNTS,
    COLUMNS,
    INVESTED,
    RATES,
    WORKS,
    Column,
    Row,
    Taken,
)
from shanhai.insight.reports.composing.selectors.taking import LANGUAGE
from shanhai.insight.reports.models import Bulletin, Section
from shanhai.insight.reports.values import AMOUNT, DAY, WHOLE, Block, BulletinKind, Cell, Content, Grid, Head, Part, Run
from shanhai.kernel.errors import BadInput
from shanhai.kernel.figures import Figure
from shanhai.kernel.money import CURRENCY, Money
from shanhai.kernel.shares import Measure, Share
from shanhai.kernel.units import WAN_YUAN, Dimension, Quantity, in_unit

NONE_BEFORE, NOTHING = "上期没有", "—"
# The totals are what the year has moved by the day; the table is what its projects have, from whatever year.
OTHER_BASES = (
    "本表是所列项目到截止日的累计，到位率＝到位÷安排；总体数字按资金发生的时间算，到位率＝到位÷下达计划。两处可以不同。"
)
# Which cell of a row stands below a head.
_CELLS = {
    "编号": "code", "项目": "name", "县（市）": "county", "建设方式": "delivery", "阶段": "stage",
    "性质": "nature", "海拔段": "altitude", "计划开工": "planned_start_on", "计划完工": "planned_finish_on",
    "实际开工": "started_on", "实际完工": "finished_on", "中标、合同编号": "numbers", "形象进度（%）": "percent",
    "进度说明": "words", "停工原因": "stop", "预计复工": "restart_expected_on",
}  # fmt: skip
_PROJECT = (Head("编号", 18), Head("项目", 32))
_DAYS = ("计划开工", "计划完工", "实际开工", "实际完工")
_OF_WORKS = (*_PROJECT, Head("性质", 14), Head("海拔段", 14), *(Head(label, 16, DAY) for label in _DAYS))
_OF_PROGRESS = (
    *_PROJECT,
    Head("中标、合同编号", 24),
    Head("形象进度（%）", 11, WHOLE),
    Head("进度说明", 40),
    Head("停工原因", 15),
    Head("预计复工", 16, DAY),
)
POINTS, WAN = "个百分点", f'{AMOUNT}"万元"'


def compose(*, bulletin: Bulletin, sections: Iterable[Section], taken: Taken, names: dict[str, str]) -> Content:
    """The document as it stands with these figures. ``names`` are those of the people on its way, by reference."""
    with translation.override(LANGUAGE):
        parts = tuple(_part(at, section, taken) for at, section in enumerate(sections, start=1))
        return Content(bulletin.title, _head(bulletin, taken, names), parts, _signed(bulletin))


def _head(bulletin: Bulletin, taken: Taken, names: dict[str, str]) -> tuple[tuple[str, str], ...]:
    said = (
        ("文号", bulletin.document_number),
        ("种类", gettext(labels.KINDS[BulletinKind(bulletin.kind)])),
        ("对口支援", bulletin.programme.name),
        ("报告期", f"{bulletin.starts_on.isoformat()} 至 {bulletin.ends_on.isoformat()}"),
        ("数字截止日", bulletin.cut_off.isoformat()),
        ("填报单位", bulletin.unit),
        ("填报人", names.get(bulletin.written_by, "")),
        ("审核人", names.get(bulletin.checked_by, "")),
        ("批准人", names.get(bulletin.approved_by, "")),
        ("对比", taken.last_title or NONE_BEFORE),
        ("版次", f"第 {bulletin.version} 版" if bulletin.version > 1 else ""),
        ("说明", "演示数据" if bulletin.provenance == "demo" else ""),
    )
    return tuple((label, value) for label, value in said if value)


def _signed(bulletin: Bulletin) -> tuple[str, ...]:
    day = bulletin.cut_off
    return tuple(line for line in (bulletin.unit, f"{day.year}年{day.month}月{day.day}日") if line)


def _part(number: int, section: Section, taken: Taken) -> Part:
    paragraphs = tuple(tuple(_runs(line, taken)) for line in section.text.split("\n") if line.strip())
    return Part(f"{numeral(number)}、{section.heading}", paragraphs, _grid(Block(section.block), taken))


def _runs(line: str, taken: Taken) -> Iterable[Run]:
    for plain, name in pieces(line.strip()):
        if not name:
            yield from [Run(plain)] if plain else []
            continue
        try:
            figure = cited(name, taken.figures)
        except BadInput as error:
            yield Run(f"【{say(error.message)}】")
        else:
            words = measure(figure.value)
            yield Run(f"{words.number}{words.unit}", taken.ref_of(figure.key), words.exact)


def _grid(block: Block, taken: Taken) -> Grid | None:
    if block is Block.COUNTIES:
        return replace(_table("c", taken, (Head("县（市）", 20),), COLUMNS["c"]), note=OTHER_BASES)
    if block is Block.PROJECTS:
        heads = (Head("编号", 18), Head("项目", 36), Head("县（市）", 13), Head("建设方式", 11), Head("阶段", 12))
        return _table("p", taken, heads, (*AMOUNTS, *RATES))
    if block is Block.WORKS:
        return _table("p", taken, _OF_WORKS, INVESTED)
    if block is Block.PROGRESS:
        return _table("p", taken, _OF_PROGRESS, ())
    if block not in FAMILIES:
        return None
    keys = [key for family in FAMILIES[block] for key in taken.families.get(family, ())]
    heads = (
        Head("指标", 30),
        Head("本期", 22, AMOUNT),
        Head("准确数或算式", 46),
        Head("上期", 20, AMOUNT),
        Head("增减", 20, AMOUNT),
    )
    rows = [_line(taken.figures[key], taken) for key in keys]
    if block is Block.OTHER:
        rows += [_missing(gettext(name)) for name in NOT_KEPT]
    return Grid(heads, tuple(rows), note=f"上期：{taken.last_title}。" if taken.last_title else "")


def _missing(name: str) -> tuple[Cell, ...]:
    return Cell(name), Cell("没有登记"), Cell("本系统还没有这一类记录"), Cell(""), Cell("")


def _line(figure: Figure, taken: Taken) -> tuple[Cell, ...]:
    ref, label = taken.ref_of(figure.key), Cell(say(figure.label))
    if figure.value is None:
        return label, Cell("没有数", ref), Cell(say(figure.gap) if figure.gap else ""), Cell(""), Cell("")
    before, now, exact = taken.last.get(figure.key), _value(figure.value, ref), _exact(figure.value)
    if before is None or type(before) is not type(figure.value):
        return label, now, exact, Cell(NONE_BEFORE), Cell("")
    return label, now, exact, _value(before), _difference(figure.value, before)


def _value(value: Measure | Share, ref: str = "") -> Cell:
    words = measure(value)
    number, form = _typed(value)
    return Cell(f"{words.number}{words.unit}", ref, words.exact if ref else "", number, form)


def _exact(value: Measure | Share) -> Cell:
    words = measure(value)
    if not isinstance(value, Money):
        return Cell(words.exact)
    return Cell(words.exact, number=f"{value.fen / Decimal(100):f}", form=f'{AMOUNT}" {words.exact.split()[-1]}"')


def _typed(value: Measure | Share) -> tuple[str, str]:
    """What a spreadsheet holds in a column of all kinds, and how it shows it: money in 万元, shares in percent."""
    if isinstance(value, Share):
        percent = value.percent(4)
        return ("", "") if percent is None else (str(percent / 100), "0.0%")
    if isinstance(value, Money):
        foreign = value.currency != CURRENCY
        return (str(value.fen / Decimal(100)), f'{AMOUNT}" {value.currency}"') if foreign else (_number(value), WAN)
    places = max(-int(value.number.normalize().as_tuple().exponent), 0)
    return str(value.number), f'{WHOLE}{"." if places else ""}{"0" * places}"{say(value.unit.symbol)}"'


def _difference(now: Measure | Share, before: Measure | Share) -> Cell:
    if isinstance(now, Share) and isinstance(before, Share):
        ours, theirs = now.percent(1), before.percent(1)
        if ours is None or theirs is None:
            return Cell(NOTHING)
        sign = "+" if ours > theirs else ""
        return Cell(f"{sign}{ours - theirs}{POINTS}", number=str(ours - theirs), form=_with_sign(f'0.0"{POINTS}"'))
    more: Measure
    if isinstance(now, Money) and isinstance(before, Money):
        more = now - before
        grown = more.fen > 0
    else:
        assert isinstance(now, Quantity)
        assert isinstance(before, Quantity)
        if now.unit != before.unit:
            return Cell(NOTHING)
        more = Quantity(now.number - before.number, now.unit)
        grown = more.number > 0
    cell = _value(more)
    return replace(cell, text=f"{'+' if grown else ''}{cell.text}", form=_with_sign(cell.form))


def _with_sign(form: str) -> str:
    return f"+{form};-{form};{form}"


def _number(value: Measure | Share) -> str:
    """What a spreadsheet holds: amounts in 万元, shares in percent, counts as they are."""
    if isinstance(value, Money):
        return str(Decimal(value.fen) / WAN_YUAN.factor)
    return str(value.percent(4)) if isinstance(value, Share) else str(value.number)


def _table(name: str, taken: Taken, heads: tuple[Head, ...], columns: Sequence[Column]) -> Grid:
    """Counties ("c") or projects ("p") with the words of ``heads`` and the numbers of ``columns``, added up below.

    What is told of works (``_OF_WORKS``, ``_OF_PROGRESS``) is told of projects that are not cancelled.
    """
    unit = {Dimension.MONEY: "（万元）", Dimension.RATIO: "（%）", Dimension.COUNT: "（个）"}
    numbers = tuple(
        Head(
            f"{say(column.label)}{unit[column.unit.dimension]}",
            14,
            WHOLE if column.unit.dimension is Dimension.COUNT else AMOUNT,
        )
        for column in columns
    )
    total, *rows = taken.rows(name)
    made = [
        (*_words(row, heads), *_numbers(name, at, row, taken.currency, columns))
        for at, row in enumerate(rows, start=1)
        if row.count or heads not in (_OF_WORKS, _OF_PROGRESS)
    ]
    last = (
        *(Cell("" if at else "合计") for at in range(len(heads))),
        *_numbers(name, 0, total, taken.currency, columns),
    )
    note = f"还有 {taken.left_out} 个项目没有列出。" if taken.left_out else ""
    return Grid((*heads, *numbers), tuple(made), last if columns else (), note)


def _words(row: Row, heads: Sequence[Head]) -> Iterator[Cell]:
    known = dict(zip(WORKS, row.works, strict=False)) | {"name": row.name, "county": row.name}
    known |= dict(zip(("code", "county", "delivery", "stage"), row.words, strict=False))
    for head in heads:
        said = known[_CELLS[head.label]]
        yield Cell(said, number=said if head.form else "")


def _numbers(name: str, at: int, row: Row, currency: str, columns: Sequence[Column]) -> Iterator[Cell]:
    for number, column in enumerate(COLUMNS[name], start=1):
        value = row.measure(column, currency)
        if column not in columns:
            continue
        if isinstance(value, Share) and value.ratio is None:
            yield Cell(NOTHING)
        else:
            yield Cell(_short(value), f"{name}{at}-{number}", measure(value).exact, _number(value))


def _short(value: Measure | Share) -> str:
    """The number alone, in the unit of the head of its column."""
    if isinstance(value, Money):
        return f"{in_unit(value, WAN_YUAN):,.2f}"
    if isinstance(value, Share):
        return str(value.percent(1))
    return f"{value.number:,}"
