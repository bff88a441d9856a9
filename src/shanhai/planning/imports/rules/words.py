# SPDX-License-Identifier: Apache-2.0
"""What a table is compared with, and what the words of a row mean there: its county, category, fund source and year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shanhai.kernel.messages import gettext_noop, message
from shanhai.planning.projects.bulk.values import Stored, StoredProject
from shanhai.registers.tables.rules.table import Table, TableRow


@dataclass(frozen=True, slots=True)
class Ground:
    """What is stored of the programme, and what words mean in it.

    ``places`` maps what the table writes to the codes of divisions in the recipient that it may mean, ``place_names``
    those codes to names, ``former`` has the words for divisions that others followed, ``elsewhere`` the words for
    others to their names; ``categories`` maps codes and names to (code, default livelihood percent); ``sources`` maps
    codes and names to codes. ``year`` is meant where a row says none; ``may_post`` is whether money may be recorded.
    """

    stored: Stored
    recipient_name: str
    first_year: int
    last_year: int
    year: int
    places: Mapping[str, tuple[str, ...]]
    place_names: Mapping[str, str]
    elsewhere: Mapping[str, str]
    categories: Mapping[str, tuple[str, int]]
    sources: Mapping[str, str]
    five_year_plan: int = 0
    former: frozenset[str] = field(default_factory=frozenset)
    may_post: bool = True


@dataclass(frozen=True, slots=True)
class Named:
    """Codes of the county, the category and the fund source, and the year of the plan.

    ``undated`` when the row says no year, and the project has its lines in other years than this one.
    """

    place: str
    category: str
    source: str
    year: int
    undated: bool = False


# What the person answers when a table without a year speaks of projects with lines in other years.
OWN_YEAR = "own"
_NEEDED = ("code", "name", "amount")


def named(table: Table, row: TableRow, ground: Ground, found: StoredProject | None, year: str) -> Named | None:
    """What the row names; None when the row has a problem by now, or something required is missing.

    ``year`` is how the person answered for rows without one.
    """
    values = row.values
    for name in _NEEDED:
        if name not in values:
            require(table, row, name)
    if found is None and "delivery" not in values:
        require(table, row, "delivery")
    chosen, undated = _year(table, row, ground, found, year)
    result = Named(
        place=_place(table, row, ground, found) or "",
        category=_category(table, row, ground, found) or "",
        source=_source(table, row, ground, found, chosen) or "",
        year=chosen,
        undated=undated,
    )
    # What stands in no column has its problem at the header.
    whole = all(name in values for name in _NEEDED) and (found is not None or "delivery" in values)
    return result if whole and row.row not in table.faulty else None


def require(table: Table, row: TableRow, name: str) -> None:
    """Note that a field is missing, unless its column is or what stands there has its problem already."""
    if (row.row, name) in table.told or not (table.has(name, row.row) or not table.kind.field(name).required):
        return
    text = gettext_noop("“%(column)s”没有填。请补上。")
    table.problem(row.row, name, f"{name}_missing", message(text, column=table.header_of(name, row.row)))


def _place(table: Table, row: TableRow, ground: Ground, found: StoredProject | None) -> str | None:
    text = row.values.get("place")
    if text is None:
        if found is None:
            require(table, row, "place")
        return found.facts.place if found else None
    codes = ground.places.get(text, ())
    if len(codes) == 1:
        if text in ground.former:
            sentence = gettext_noop("“%(text)s”是变更前的区划，按现在的%(place)s（%(code)s）登记。")
            params = {"text": text, "place": ground.place_names[codes[0]], "code": codes[0]}
            table.problem(row.row, "place", "place_followed", message(sentence, **params), blocking=False)
        return codes[0]
    if codes:
        sentence = gettext_noop("“%(text)s”可能是%(places)s。请填全称或六位代码。")
        places = tuple(ground.place_names[code] for code in codes)
        table.problem(row.row, "place", "place_ambiguous", message(sentence, text=text, places=places))
    elif text in ground.elsewhere:
        sentence = gettext_noop("%(place)s 不在受援地 %(recipient)s 之内。请核对县（市），或换一个对口支援项目。")
        params = {"place": ground.elsewhere[text], "recipient": ground.recipient_name}
        table.problem(row.row, "place", "place_outside", message(sentence, **params))
    else:
        sentence = gettext_noop(
            "没有叫“%(text)s”的县（市），也没有这个区划代码。请填全称或六位代码，例如 %(example)s。"
        )
        example = next((name for name in ground.place_names.values() if name != ground.recipient_name), "")
        table.problem(row.row, "place", "unknown_division", message(sentence, text=text, example=f"“{example}”"))
    return None


def _category(table: Table, row: TableRow, ground: Ground, found: StoredProject | None) -> str | None:
    text = row.values.get("category")
    if text is None:
        return found.facts.category if found else ""
    category = ground.categories.get(text)
    if category is None and found is not None and text == found.facts.category:
        return found.facts.category
    if category is None:
        sentence = gettext_noop("不认识类别“%(text)s”。请填：%(known)s。")
        names = tuple(name for name in ground.categories if not name.isascii())
        table.problem(row.row, "category", "unknown_category", message(sentence, text=text, known=names))
    return category[0] if category else None


def _year(table: Table, row: TableRow, ground: Ground, found: StoredProject | None, answer: str) -> tuple[int, bool]:
    stated = row.values.get("year")
    undated = stated is None and found is not None and bool(found.lines) and ground.year not in found.years
    year: int = ground.year if stated is None else stated
    if found is not None and undated:
        if answer.isdigit():
            year = int(answer)
        elif len(found.years) == 1:
            (year,) = found.years
        elif answer == OWN_YEAR:
            text = gettext_noop("这个项目有 %(years)s 年的安排，表里没有写年度。请加上“年度”一列。")
            years = tuple(sorted(found.years))
            table.problem(row.row, "year", "year_ambiguous", message(text, years=years))
    if not ground.first_year <= year <= ground.last_year:
        text = gettext_noop("%(year)s 年不在这项对口支援的期限内（%(first)s 至 %(last)s 年）。请核对年度。")
        params = {"year": str(year), "first": str(ground.first_year), "last": str(ground.last_year)}
        table.problem(row.row, "year", "year_outside", message(text, **params))
    return year, undated


def _source(table: Table, row: TableRow, ground: Ground, found: StoredProject | None, year: int) -> str | None:
    text = row.values.get("fund_source")
    if text is not None and text in ground.sources:
        return ground.sources[text]
    codes = tuple(dict.fromkeys(ground.sources.values()))
    if text is not None:
        sentence = gettext_noop("没有登记资金来源“%(text)s”。请填：%(known)s；或请办公室先登记。")
        names = tuple(name for name in ground.sources if name not in codes) or codes
        table.problem(row.row, "fund_source", "unknown_fund_source", message(sentence, text=text, known=names))
        return None
    of_year = [key[1] for key in (found.lines if found else ()) if key[0] == year]
    if len(of_year) == 1:
        return of_year[0]
    if len(codes) != 1:
        sentence = gettext_noop("这项对口支援有 %(count)s 个资金来源，要填“资金来源”一列。")
        table.problem(row.row, "fund_source", "fund_source_missing", message(sentence, count=len(codes)))
        return None
    return codes[0]
