# SPDX-License-Identifier: Apache-2.0
"""Kernel values in words, in the active language. Plain text only; the tags put markup around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, gettext_noop, pgettext

from shanhai.kernel import clock
from shanhai.kernel.messages import Message
from shanhai.kernel.money import CURRENCY, Money, rounded, rounded_in
from shanhai.kernel.registry import registries
from shanhai.kernel.shares import Share
from shanhai.kernel.units import UNITS, WAN_YUAN, YUAN, Dimension, Quantity, Unit, in_unit, scale_for

NOTHING = "—"
# In 万元 an amount is shown in steps of so many fen.
SHOWN = 10_000
# English counts in thousands, so 万 and 亿 are no help to its readers.
MILLION_YUAN = Unit("million_yuan", gettext_noop("百万元"), Dimension.MONEY, Decimal(100_000_000))
BILLION_YUAN = Unit("billion_yuan", gettext_noop("十亿元"), Dimension.MONEY, Decimal(100_000_000_000))


@dataclass(frozen=True, slots=True)
class Words:
    """A value as it is written: the number, its unit, and the exact form where that says more."""

    number: str
    unit: str = ""
    exact: str = ""

    def __str__(self) -> str:
        joint = "" if self.unit == "%" else " "
        return f"{self.number}{joint}{self.unit}" if self.unit else self.number


def number(value: Decimal | int, places: int | None = None) -> str:
    """A number with thousands separators; ``places`` fixes the decimals, None keeps those it has."""
    if places is not None:
        return f"{rounded(Decimal(value), places):,.{places}f}"
    text = f"{Decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def hundredths(value: int) -> str:
    """A number of hundredths with thousands separators and both decimals."""
    whole, part = divmod(abs(value), 100)
    return f"{'-' if value < 0 else ''}{whole:,}.{part:02d}"


def _natural_unit(amount: Money) -> Unit:
    if (get_language() or "").startswith("zh"):
        return scale_for(amount)
    for unit in (BILLION_YUAN, MILLION_YUAN):
        if abs(amount.fen) >= unit.factor:
            return unit
    return YUAN


def money(amount: Money, unit: Unit | None = None, places: int = 2) -> Words:
    """An amount in the unit its readers would use, or in ``unit``; exact in yuan. A whole 万元 shows no decimals."""
    yuan = hundredths(amount.fen)
    if amount.currency != CURRENCY:
        return Words(yuan, amount.currency, f"{yuan} {amount.currency}")
    exact = f"{yuan} {gettext(YUAN.symbol)}"
    if unit is WAN_YUAN and places == 2:
        return Words(hundredths(rounded_in(amount.fen, SHOWN)), gettext(unit.symbol), exact)
    chosen = unit or _natural_unit(amount)
    value = in_unit(amount, chosen, places)
    whole = value == value.to_integral_value() and chosen.key in {"yuan", "wan_yuan"} and unit is None
    return Words(number(value, 0 if whole else places), gettext(chosen.symbol), exact)


def rounding_note(*columns: tuple[Iterable[Money], Money]) -> str:
    """What is said below a table in 万元 where a total is not what the amounts above it, as they are shown, come to.

    ``columns`` are amounts and their total, exact; "" where all add up, or something else than rounding stands between.
    """
    for parts, whole in columns:
        fen = [one.fen for one in parts]
        if sum(fen) == whole.fen and sum(rounded_in(one, SHOWN) for one in fen) != rounded_in(whole.fen, SHOWN):
            return gettext("各数四舍五入到 0.01 万元，合计按准确的数加，和上面各行相加略有出入；打印出来的准确到分。")
    return ""


def quantity(value: Quantity) -> Words:
    """A count or a measure with its unit."""
    return Words(number(value.number), gettext(value.unit.symbol))


def share(value: Share, places: int = 1) -> Words:
    """A share in percent; exact as the division it is."""
    percent = value.percent(places)
    if percent is None:
        return Words(NOTHING, "", gettext("分母为零，没有比率。"))
    return Words(number(percent, places), "%", division(value))


def division(value: Share) -> str:
    """The share as a division with its base by name: 6.48 亿元 ÷ 年度计划 7.20 亿元."""
    return gettext("%(part)s ÷ %(base)s %(whole)s") % {
        "part": measure(value.part),
        "base": say(value.base.name),
        "whole": measure(value.whole),
    }


def measure(value: Money | Quantity | Share | None) -> Words:
    """Any value of a figure in words."""
    if isinstance(value, Money):
        return money(value)
    if isinstance(value, Quantity):
        return quantity(value)
    if isinstance(value, Share):
        return share(value)
    return Words(NOTHING)


def day(value: date, form: str = "iso") -> str:
    """A day: "iso" 2026-11-22, "short" 11月22日, "long" 2026年11月22日 星期日. An instant gives its day in Shanghai."""
    if isinstance(value, datetime):
        value = clock.local_date(value)
    if form == "short":
        return date_format(value, pgettext("date format", "n月j日"))
    if form == "long":
        return date_format(value, pgettext("date format", "Y年n月j日 l"))
    return value.isoformat()


def moment(value: datetime) -> str:
    """An instant as the wall clock in Shanghai shows it, to the minute."""
    return f"{clock.local(value):%Y-%m-%d %H:%M}"


def named(thing: Any) -> str:
    """The name of a place or a programme in the reader's language, where it has one in that."""
    return name_of(str(thing.name), getattr(thing, "name_en", ""))


def name_of(name: str, name_en: str) -> str:
    """The one of two names that is in the reader's language, where there are two."""
    return name_en if name_en and (get_language() or "").startswith("en") else name


def unit_name(unit: Unit | str) -> str:
    """A unit, or the key of one, in words."""
    return gettext(UNITS[unit].symbol if isinstance(unit, str) else unit.symbol)


def spoken(value: Any) -> Any:
    """A parameter of a sentence in words; anything that is no kernel value stays as it is."""
    if isinstance(value, Message):
        return say(value)
    if isinstance(value, Money | Quantity | Share):
        return str(measure(value))
    if isinstance(value, Unit):
        return unit_name(value)
    if isinstance(value, tuple):
        return gettext("、").join(str(spoken(one)) for one in value)
    if isinstance(value, StrEnum):
        return _word_of(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return number(value) if isinstance(value, Decimal) else value


def _word_of(member: StrEnum) -> str:
    known = (words for area in registries.areas for of_field in area.words.values() for words in of_field)
    return word(next((words[member] for words in known if type(next(iter(words))) is type(member)), member.value))


def word(said: Any) -> str:
    """A word of an enumeration, with or without its mark, in the active language."""
    return say(said[-1] if isinstance(said, tuple) else said)


def label(text: str) -> str:
    """Words that stand by themselves: in the active language, beginning with a capital where it has them."""
    return capfirst(gettext(text)) if text else ""


def say(message: Message | str) -> str:
    """A message in the active language, its parameters in words."""
    if not isinstance(message, Message):
        return gettext(str(message)) if message else ""
    text = gettext(message.text)
    return text % {key: spoken(value) for key, value in message.params.items()} if message.params else text
