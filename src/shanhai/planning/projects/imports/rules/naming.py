# SPDX-License-Identifier: Apache-2.0
"""The words of a row that name other things: its county, category, fund source, and the plan of its year."""

from __future__ import annotations

from dataclasses import dataclass

from shanhai.kernel.messages import gettext_noop, message
from shanhai.planning.projects.imports.rules.known import Known, KnownProject
from shanhai.planning.projects.imports.rules.sheet import Sheet, SheetRow


@dataclass(frozen=True, slots=True)
class Named:
    """Codes of the county, the category and the fund source, and the year of the plan."""

    place: str
    category: str
    source: str
    year: int


def named(sheet: Sheet, row: SheetRow, known: Known, found: KnownProject | None) -> Named | None:
    """What the row names; None when the row has a problem by now, be it that something required is missing."""
    for name in ("code", "name", "amount", *(() if found else ("delivery",))):
        _require(sheet, row, name)
    result = Named(
        place=_place(sheet, row, known, found) or "",
        category=_category(sheet, row, known, found) or "",
        source=_source(sheet, row, known, found) or "",
        year=_year(sheet, row, known),
    )
    return None if row.row in sheet.faulty else result


def _require(sheet: Sheet, row: SheetRow, name: str) -> None:
    # What could not be read, and a column that is not there, have their problem already.
    if name in row.values or (row.row, name) in sheet.told or name in sheet.columns.missing:
        return
    text = gettext_noop("“%(column)s”没有填。请补上。")
    sheet.problem(row.row, name, f"{name}_missing", message(text, column=sheet.header_of(name)))


def _place(sheet: Sheet, row: SheetRow, known: Known, found: KnownProject | None) -> str | None:
    text = row.values.get("place")
    if text is None:
        if found is None:
            _require(sheet, row, "place")
        return found.facts.place if found else None
    code = known.places.get(text)
    if code is None and text in known.elsewhere:
        sentence = gettext_noop("%(place)s 不在受援地 %(recipient)s 之内。请核对县（市），或换一个对口支援项目。")
        params = {"place": known.elsewhere[text], "recipient": known.recipient_name}
        sheet.problem(row.row, "place", "place_outside", message(sentence, **params))
    elif code is None:
        sentence = gettext_noop(
            "没有叫“%(text)s”的县（市），也没有这个区划代码。请填全称或六位代码，例如 %(example)s。"
        )
        example = next((name for name in known.places if not name.isdigit()), known.recipient_name)
        sheet.problem(row.row, "place", "unknown_division", message(sentence, text=text, example=example))
    return code


def _category(sheet: Sheet, row: SheetRow, known: Known, found: KnownProject | None) -> str | None:
    text = row.values.get("category")
    if text is None:
        return found.facts.category if found else ""
    category = known.categories.get(text)
    if category is None:
        sentence = gettext_noop("不认识类别“%(text)s”。请填：%(known)s。")
        names = "、".join(name for name in known.categories if not name.isascii())
        sheet.problem(row.row, "category", "unknown_category", message(sentence, text=text, known=names))
    return category[0] if category else None


def _year(sheet: Sheet, row: SheetRow, known: Known) -> int:
    year: int = row.values.get("year", known.year)
    if not known.first_year <= year <= known.last_year:
        text = gettext_noop("%(year)s 年不在这项对口支援的期限内（%(first)s 至 %(last)s 年）。请核对年度。")
        params = {"year": str(year), "first": str(known.first_year), "last": str(known.last_year)}
        sheet.problem(row.row, "year", "year_outside", message(text, **params))
    return year


def _source(sheet: Sheet, row: SheetRow, known: Known, found: KnownProject | None) -> str | None:
    text = row.values.get("fund_source")
    if text is not None and text in known.sources:
        return known.sources[text]
    codes = tuple(dict.fromkeys(known.sources.values()))
    if text is not None:
        sentence = gettext_noop("没有登记资金来源“%(text)s”。请填：%(known)s；或请办公室先登记。")
        names = "、".join(name for name in known.sources if name not in codes) or "、".join(codes)
        sheet.problem(row.row, "fund_source", "unknown_fund_source", message(sentence, text=text, known=names))
        return None
    of_year = [key[1] for key in (found.lines if found else ()) if key[0] == row.values.get("year", known.year)]
    if len(of_year) == 1:
        return of_year[0]
    if len(codes) != 1:
        sentence = gettext_noop("这项对口支援有 %(count)s 个资金来源，要填“资金来源”一列。")
        sheet.problem(row.row, "fund_source", "fund_source_missing", message(sentence, count=len(codes)))
        return None
    return codes[0]
