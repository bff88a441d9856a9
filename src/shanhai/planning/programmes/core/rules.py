# SPDX-License-Identifier: Apache-2.0
"""What a text, a code, a day and an amount must be before they are written down; a figure as plain values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from shanhai.kernel.corrections import corrected
from shanhai.kernel.errors import BadInput, Conflict, Faults
from shanhai.kernel.figures import Figure
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.numerals import same_code
from shanhai.kernel.shares import Share
from shanhai.kernel.units import UNITS, Quantity, in_unit
from shanhai.planning.programmes.values import PROVENANCES, measured, shortest

# Addresses hang below /programmes/: a programme of such a code could not be opened.
RESERVED = frozenset({"new", "tasks", "campaigns"})
TARGET_NAME = message(gettext_noop("目标名称"))
FIRST_YEAR, LAST_YEAR = 1978, 2100
ONE_LINE = 200
_LARGEST = Decimal(10) ** 15

_CODE = re.compile(r"[a-z0-9][a-z0-9-]*")


def checked_text(text: str, what: Message, most: int, *, optional: bool = False) -> str:
    """``text`` without outer spaces; what holds at most 200 letters is one line, its breaks are blanks.

    Raises BadInput when it is empty (unless ``optional``) or too long.
    """
    clean = " ".join(text.split()) if most <= ONE_LINE else text.strip()
    if not clean and not optional:
        raise BadInput(gettext_noop("“%(what)s”没有填。请填写后再保存。"), "programmes.text_not_accepted", what=what)
    # PostgreSQL cannot store NUL, and no database a lone surrogate, which a broken encoding leaves behind.
    broken = "\x00" in clean or any("\ud800" <= character <= "\udfff" for character in clean)
    if len(clean) > most or broken:
        raise BadInput(
            gettext_noop("“%(what)s”不能保存：它超过 %(most)s 个字，或含有不能保存的字符。请改正后再保存。"),
            "programmes.text_not_accepted",
            what=what,
            most=most,
        )
    return clean


def checked_code(code: str, what: Message) -> str:
    """``code`` as it is. Raises BadInput unless it is 1 to 40 small letters, digits and inner hyphens."""
    if len(code) > 40 or not _CODE.fullmatch(code):
        raise BadInput(
            gettext_noop("“%(what)s”只能用小写字母、数字和连字符，最多 40 个，现在是“%(code)s”。"),
            "programmes.code_not_accepted",
            what=what,
            code=code[:60],
        )
    return code


def checked_programme_code(code: str, what: Message) -> str:
    """``code`` as it is. Raises BadInput as ``checked_code``, and for a word that addresses need."""
    checked_code(code, what)
    if code in RESERVED:
        raise BadInput(
            gettext_noop("编号不能用“%(code)s”，系统要用它作网址。请换一个编号。"),
            "programmes.code_reserved",
            code=code,
        )
    return code


def twin(name: str, others: Iterable[str]) -> str | None:
    """The one of ``others`` that is ``name`` but for case, width and blanks, which two people may write differently."""
    return next((other for other in others if same_code(other) == same_code(name)), None)


def check_term(starts_on: date, ends_on: date) -> None:
    """Raise BadInput for days out of order, or outside the years that can be planned."""
    check_days(starts_on, ends_on)
    if starts_on.year < FIRST_YEAR or ends_on.year > LAST_YEAR:
        raise BadInput(
            gettext_noop("期限应在 %(first)s 至 %(last)s 年之内。请改正日期。"),
            "programmes.term_not_possible",
            first=str(FIRST_YEAR),
            last=str(LAST_YEAR),
        )


def check_days(starts_on: date, ends_on: date) -> None:
    """Raise BadInput when the last day comes before the first."""
    if ends_on < starts_on:
        raise BadInput(
            gettext_noop("结束日期 %(ends_on)s 早于开始日期 %(starts_on)s。请改正其中一个。"),
            "programmes.dates_out_of_order",
            starts_on=starts_on.isoformat(),
            ends_on=ends_on.isoformat(),
        )


def check_day(on: date, first: date, today: date) -> None:
    """Raise BadInput for a day before the programme starts, or still to come."""
    if not first <= on <= today:
        raise BadInput(
            gettext_noop("日期应在 %(first)s 至 %(last)s 之间。"),
            "programmes.day_not_possible",
            first=first.isoformat(),
            last=today.isoformat(),
        )


def check_task_days(campaign_starts_on: date, starts_on: date | None, due_on: date | None) -> None:
    """Raise BadInput when a task would be due before it starts, or before its campaign does."""
    first = max(starts_on, campaign_starts_on) if starts_on else campaign_starts_on
    if due_on is not None and due_on < first:
        raise BadInput(
            gettext_noop("期限 %(due_on)s 早于开始日期 %(starts_on)s。请改正其中一个。"),
            "programmes.due_before_start",
            due_on=due_on.isoformat(),
            starts_on=first.isoformat(),
        )


def check_amount(amount: Money, currency: str, *, zero: bool = False) -> None:
    """Raise BadInput unless ``amount`` is positive (or zero, where that is allowed) and in ``currency``."""
    if amount.currency != currency:
        raise BadInput(
            gettext_noop("这项对口支援用 %(currency)s 记账，不能记 %(other)s。请换算后再填。"),
            "programmes.amount_not_accepted",
            currency=currency,
            other=amount.currency,
        )
    if amount.fen < 0 or (amount.fen == 0 and not zero):
        raise BadInput(
            gettext_noop("金额 %(amount)s 元不对：应大于零。"),
            "programmes.amount_not_accepted",
            amount=f"{amount.yuan:,.2f}",
        )


def check_reserve(amount: Money, reserve: Money, source: str) -> None:
    """Raise BadInput when a fund source would keep back more than it gives."""
    if reserve > amount:
        raise BadInput(
            gettext_noop("“%(source)s”的预备费 %(reserve)s 元多于计划 %(amount)s 元。请改正其中一个。"),
            "programmes.reserve_over_amount",
            source=source[:60],
            reserve=f"{reserve.yuan:,.2f}",
            amount=f"{amount.yuan:,.2f}",
        )


def checked_target(
    *,
    name: str,
    unit: str,
    amount: Decimal,
    by_year: Mapping[int, Decimal],
    years: tuple[date, date],
    others: Iterable[str],
) -> str:
    """The name of a target, all of which can be so. Raises BadInput, and Conflict for the name of one of ``others``."""
    faults = Faults()
    with faults.of("name"):
        name = checked_text(name, TARGET_NAME, 100)
        if standing := twin(name, others):
            raise Conflict(
                gettext_noop("已经有目标“%(name)s”了。请换一个名称，或在它下面填报。"),
                "programmes.target_already_there",
                name=standing,
            )
    with faults.of("unit"):
        if unit not in UNITS:
            raise BadInput(
                gettext_noop("单位“%(unit)s”不认识。请从列表里选。"), "programmes.target_not_accepted", unit=unit[:20]
            )
        with faults.of("amount"):
            check_target_number(amount, unit, positive=True)
        for year, part in by_year.items():
            with faults.of(f"plan-{year}"):
                check_year(year, *years)
                check_target_number(part, unit)
    faults.tell()
    # Only of numbers that are ones.
    with faults.of("amount"):
        check_target_years(by_year, amount, *years)
    faults.tell()
    return name


def target_changes(
    stands: Mapping[str, str],
    *,
    name: str,
    amount: Decimal,
    by_year: Mapping[int, Decimal],
    seen: Mapping[str, object] | None,
) -> dict[str, object]:
    """What a correction changes of a target that ``stands`` so. Raises Conflict as ``kernel.corrections`` does."""
    new = {"name": name, "amount": shortest(amount)}
    new |= {f"plan-{year}": shortest(part) for year, part in by_year.items()}
    keys = dict.fromkeys([*stands, *new])
    found = corrected({key: stands.get(key, "0") for key in keys}, {key: new.get(key, "0") for key in keys}, seen)
    planned = {key.removeprefix("plan-"): pair for key, pair in found.items() if key.startswith("plan-")}
    changes: dict[str, object] = {key: pair for key, pair in found.items() if not key.startswith("plan-")}
    if planned:
        changes["by_year"] = [{year: pair[side] for year, pair in planned.items()} for side in (0, 1)]
    return changes


def check_target_number(amount: Decimal, unit: str, *, positive: bool = False) -> None:
    """Raise BadInput unless a target can be ``amount`` of the unit: at most four decimals, not negative."""
    text = ""
    if amount.is_finite() and amount >= _LARGEST:
        text = gettext_noop("目标的数 %(amount)s 太大，记不下。请换一个更大的单位。")
    elif not amount.is_finite() or amount < 0 or (positive and not amount):
        text = gettext_noop("目标的数 %(amount)s 不对：应大于零。请改正后再保存。")
    elif amount != round(amount, 4):
        text = gettext_noop("%(amount)s 的小数太长，最多四位。请换一个单位。")
    if text:
        raise BadInput(text, "programmes.target_not_accepted", amount=str(amount)[:40])
    measured(amount, unit)


def check_target_years(planned: Mapping[int, Decimal], amount: Decimal, starts_on: date, ends_on: date) -> None:
    """Raise BadInput when the years together are more than the five-year target, or less though each has its number."""
    total, text = sum(planned.values(), Decimal(0)), ""
    if total > amount:
        text = gettext_noop("各年合计 %(total)s，超过五年目标 %(amount)s。请改小各年的数，或改大五年目标。")
    elif total < amount and set(planned) >= set(range(starts_on.year, ends_on.year + 1)):
        text = gettext_noop("各年都填了，合计 %(total)s，不到五年目标 %(amount)s。请补足，或把还没定的年份留空。")
    if text:
        raise BadInput(text, "programmes.target_years_differ", total=f"{total:f}", amount=f"{amount:f}")


def check_year(year: int, starts_on: date, ends_on: date) -> None:
    """Raise BadInput unless the programme runs in ``year``."""
    if not starts_on.year <= year <= ends_on.year:
        raise BadInput(
            gettext_noop("%(year)s 年不在这项对口支援的期限内（%(first)s 至 %(last)s 年）。请换一个年份。"),
            "programmes.year_outside",
            year=str(year),
            first=str(starts_on.year),
            last=str(ends_on.year),
        )


def checked_provenance(provenance: str) -> str:
    """``provenance`` as it is. Raises BadInput for one that is not known."""
    if provenance not in PROVENANCES:
        raise BadInput(
            gettext_noop("来源标记“%(provenance)s”不认识。"),
            "programmes.provenance_unknown",
            provenance=provenance[:60],
        )
    return provenance


def plain_value(figure: Figure) -> str | None:
    """The value in the figure's unit as a decimal string, never a float; None for a gap.

    Money is exact to the fen in 元 and rounded to two decimals in a larger unit; a share is its percentage with two
    decimals; a count or measure is printed as it is.
    """
    value = figure.value
    if isinstance(value, Money):
        return str(in_unit(value, figure.unit))
    if isinstance(value, Share):
        return _percent(value)
    return None if value is None else _number(value)


def plain_figure(figure: Figure) -> dict[str, Any]:
    """The figure as JSON-ready values: see ``plain_value``; ``unit`` and ``base`` are keys, sentences are Chinese."""
    return {
        "key": figure.key,
        "label": str(figure.label),
        "value": plain_value(figure),
        "unit": figure.unit.key,
        "base": figure.base,
        "formula": str(figure.formula),
        "as_of": figure.as_of.isoformat(),
        "strength": figure.strength.value,
        "flags": [str(flag) for flag in figure.flags],
        "gap": None if figure.gap is None else str(figure.gap),
        "other_bases": {share.base.key: _percent(share) for share in figure.other_bases},
        "provenance": figure.provenance,
    }


def _percent(share: Share) -> str | None:
    percent = share.percent(2)
    return None if percent is None else str(percent)


def _number(quantity: Quantity) -> str:
    whole = quantity.number == quantity.number.to_integral_value()
    return f"{quantity.number.quantize(Decimal(1)) if whole else quantity.number.normalize():f}"
