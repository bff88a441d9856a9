# SPDX-License-Identifier: Apache-2.0
"""Figures as they are taken for a bulletin and kept with it, as plain JSON: of the registry, of counties, of projects.

Each has a ``ref`` by which the bulletin names it: "3" is the third of the registry, "c2-4" the fourth column of the
second county, "p7-1" the first of the seventh project; "c0-4" stands for all counties together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from shanhai.kernel.figures import EvidencePage, EvidenceRow, Figure, Source, Strength
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.plain import from_plain, to_plain
from shanhai.kernel.shares import Base, Measure, Share, number_of
from shanhai.kernel.units import PERCENT, PROJECT, YUAN, Quantity, Unit

_REF = re.compile(r"(?:(\d{1,4})|([cp])(\d{1,5})-(\d))")


@dataclass(frozen=True, slots=True)
class Column:
    """A measure of a project or of a county: what it is called and how it is made."""

    key: str
    label: Message
    formula: Message
    unit: Unit


COUNT = Column(
    "count",
    message(gettext_noop("项目数")),
    message(gettext_noop("已登记的项目，不含已取消的")),
    PROJECT,
)
AMOUNTS = tuple(
    Column(key, message(label), message(formula), YUAN)
    for key, label, formula in (
        ("plan", gettext_noop("安排"), gettext_noop("各笔资金安排之和")),
        ("arrived", gettext_noop("到位"), gettext_noop("各笔到位之和，扣除冲正")),
        ("allotted", gettext_noop("核拨"), gettext_noop("各笔核拨之和，扣除冲正")),
        ("paid", gettext_noop("支付"), gettext_noop("各笔支付之和，扣除冲正")),
    )
)
# Of these only the last value is kept, as projects report it: they are of no day.
INVESTED = tuple(
    Column(key, message(label), message(formula), YUAN)
    for key, label, formula in (
        ("total", gettext_noop("总投资"), gettext_noop("项目的总投资，不含已取消的，按取数时登记的")),
        ("completed", gettext_noop("完成投资"), gettext_noop("项目填报的完成投资，不含已取消的，按取数时登记的")),
    )
)
RATES = (
    Column("arrival_rate", message(gettext_noop("到位率")), message(gettext_noop("到位 ÷ 安排")), PERCENT),
    Column("payment_rate", message(gettext_noop("支付率")), message(gettext_noop("支付 ÷ 到位")), PERCENT),
)
_OF = {"arrival_rate": ("arrived", "plan"), "payment_rate": ("paid", "arrived")}
MONEY = (*AMOUNTS, *INVESTED)
COLUMNS: dict[str, tuple[Column, ...]] = {
    "c": (COUNT, *AMOUNTS, *RATES, *INVESTED),
    "p": (*AMOUNTS, *RATES, *INVESTED),
}
NAMES = {column.key: column.label for column in AMOUNTS}
TOTAL = message(gettext_noop("合计"))
OF_PROJECTS = message(gettext_noop("计入的各个项目"))
NO_SHARE = message(gettext_noop("分母为零，没有比率。"))


# What is told of a project's works beside amounts.
WORKS = (
    "nature", "altitude", "planned_start_on", "planned_finish_on", "started_on", "finished_on",
    "numbers", "percent", "words", "stop", "restart_expected_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A county or a project: ``words`` are its other cells, ``fen`` its amounts, ``count`` how many projects it is.

    ``works`` are the cells of a project's works, by the names of ``WORKS``; days as ISO, "" for what is not known.
    """

    name: str
    url: str = ""
    place: str = ""
    words: tuple[str, ...] = ()
    count: int = 0
    fen: tuple[int, ...] = (0,) * 6
    works: tuple[str, ...] = ()

    def measure(self, column: Column, currency: str) -> Measure | Share:
        """What the row has in a column."""
        amounts = {one.key: Money(fen, currency) for one, fen in zip(MONEY, self.fen, strict=True)}
        if column.key in _OF:
            part, whole = _OF[column.key]
            return Share(amounts[part], amounts[whole], Base(whole, NAMES[whole]))
        return Quantity(Decimal(self.count), PROJECT) if column is COUNT else amounts[column.key]


def together(rows: Sequence[Row], name: str = "", place: str = "") -> Row:
    """Rows added up."""
    fen = tuple(sum(row.fen[at] for row in rows) for at in range(len(MONEY)))
    return Row(name, place=place, count=sum(row.count for row in rows), fen=fen)


@dataclass(frozen=True, slots=True)
class Taken:
    """All that was taken as of a day. ``evidence`` has the rows of the registry's figures, by key, once frozen.

    ``last`` are the values of the period before by key, and ``last_title`` says of which bulletin; ``named`` are the
    titles of what was taken beside.
    """

    as_of: date
    currency: str
    figures: Mapping[str, Figure]
    families: Mapping[str, tuple[str, ...]]
    projects: tuple[Row, ...] = ()
    left_out: int = 0
    last: Mapping[str, Measure | Share] = field(default_factory=dict)
    last_title: str = ""
    evidence: Mapping[str, Mapping[str, EvidencePage]] = field(default_factory=dict)

    @property
    def counties(self) -> tuple[Row, ...]:
        """The projects of each county added up, in the order of the codes."""
        by_place: dict[str, list[Row]] = {}
        for row in self.projects:
            by_place.setdefault(row.place, []).append(row)
        return tuple(together(rows, rows[0].words[1], place) for place, rows in sorted(by_place.items()))

    def rows(self, table: str) -> tuple[Row, ...]:
        """The rows of a table ("c" or "p") from 1, all together at 0."""
        rows = self.counties if table == "c" else self.projects
        return (together(rows, str(TOTAL)), *rows)

    def ref_of(self, key: str) -> str:
        """How the bulletin names a figure of the registry."""
        return str([*self.figures].index(key) + 1)

    def figure(self, ref: str) -> Figure | None:
        """The figure of that name with its whole proof; None where the bulletin has none so named."""
        found = _REF.fullmatch(ref)
        if found is None:
            return None
        if found[1]:
            place = int(found[1])
            return [*self.figures.values()][place - 1] if 0 < place <= len(self.figures) else None
        row, column = self._cell(found[2], int(found[3]), int(found[4]))
        if row is None or column is None:
            return None
        value = row.measure(column, self.currency)
        empty = isinstance(value, Share) and value.ratio is None
        return Figure(
            key=ref,
            label=message(gettext_noop("%(row)s：%(column)s"), row=row.name, column=column.label),
            value=None if empty else value,
            unit=column.unit,
            formula=column.formula,
            as_of=self.as_of,
            strength=Strength.NONE if empty else Strength.FORM,
            gap=NO_SHARE if empty else None,
        )

    def pages(self, ref: str) -> dict[str, EvidencePage]:
        """The rows behind a figure as they were kept: by "part", and "whole" of a share."""
        found = _REF.fullmatch(ref)
        figure = self.figure(ref)
        if found is None or figure is None or figure.value is None:
            return {}
        if found[1]:
            return dict(self.evidence.get(figure.key, {}))
        row, column = self._cell(found[2], int(found[3]), int(found[4]))
        assert row is not None
        assert column is not None
        behind = [row] if found[2] == "p" and int(found[3]) else self._projects_of(row)
        keys = _OF.get(column.key, (column.key,))
        return {
            name: _page(behind, next(one for one in COLUMNS["c"] if one.key == key), self.currency)
            for name, key in zip(("part", "whole"), keys, strict=False)
        }

    def _projects_of(self, county: Row) -> list[Row]:
        return [one for one in self.projects if county.place in ("", one.place)]

    def _cell(self, table: str, row: int, column: int) -> tuple[Row | None, Column | None]:
        rows, columns = self.rows(table), COLUMNS[table]
        return (rows[row] if row < len(rows) else None), (columns[column - 1] if 0 < column <= len(columns) else None)


def _page(rows: Sequence[Row], column: Column, currency: str) -> EvidencePage:
    measured = [(row, row.measure(column, currency)) for row in rows]
    shown = [(row, value) for row, value in measured if not isinstance(value, Share) and number_of(value)]
    behind = tuple(
        EvidenceRow(row.name, value, Strength.FORM, source=Source(row.name, row.url)) for row, value in shown
    )
    total = together(rows).measure(column, currency)
    return EvidencePage(OF_PROJECTS, behind, len(behind), None if isinstance(total, Share) else total)


def to_kept(taken: Taken) -> dict[str, Any]:
    """What was taken as JSON."""
    return {
        "as_of": taken.as_of.isoformat(),
        "currency": taken.currency,
        # A list: PostgreSQL orders the keys of what it keeps, and figures are named by their places.
        "figures": [to_plain(one) for one in taken.figures.values()],
        "families": {key: list(keys) for key, keys in taken.families.items()},
        "projects": [
            [one.name, one.url, one.place, one.words, one.count, one.fen, one.works] for one in taken.projects
        ],
        "left_out": taken.left_out,
        "last": {key: to_plain(one) for key, one in taken.last.items()},
        "last_title": taken.last_title,
        "evidence": {
            key: {part: to_plain(page) for part, page in pages.items()} for key, pages in taken.evidence.items()
        },
    }


def from_kept(kept: Mapping[str, Any]) -> Taken:
    """What ``to_kept`` made plain."""
    return Taken(
        date.fromisoformat(kept["as_of"]),
        kept["currency"],
        {one.key: one for one in map(from_plain, kept["figures"])},
        {key: tuple(keys) for key, keys in kept["families"].items()},
        tuple(
            Row(name, url, place, tuple(words), count, tuple(fen), tuple(works))
            for name, url, place, words, count, fen, works in kept["projects"]
        ),
        kept["left_out"],
        {key: from_plain(one) for key, one in kept["last"].items()},
        kept["last_title"],
        {key: {part: from_plain(page) for part, page in pages.items()} for key, pages in kept["evidence"].items()},
    )


def differing(kept: Taken, now: Taken) -> Iterator[tuple[str, Figure, Measure | Share | None]]:
    """Of each figure that is not the same any more: its name, the figure as kept, and its value now (None for none)."""
    for key, figure in kept.figures.items():
        value = now.figures[key].value if key in now.figures else None
        if value != figure.value:
            yield kept.ref_of(key), figure, value
    rows = {row.url: row for row in now.projects}
    for at, row in enumerate(kept.projects, start=1):
        for number, column in enumerate(AMOUNTS, start=1):
            was, is_now = row.measure(column, kept.currency), rows.get(row.url, Row("")).measure(column, now.currency)
            own = kept.figure(f"p{at}-{number}") if was != is_now else None
            if own is not None:
                yield own.key, own, is_now
