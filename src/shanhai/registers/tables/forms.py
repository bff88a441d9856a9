# SPDX-License-Identifier: Apache-2.0
"""Amounts, numbers and days as forms and commands take them: by the readers of cells, no laxer than a table."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.formats import say
from shanhai.base.forms import refused
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.kernel.numerals import CommaAmbiguous, NotANumber, read_number
from shanhai.kernel.units import WAN_YUAN, Unit, parse_money
from shanhai.registers.tables.rules import cells

Choices = Callable[[], Iterable[tuple[str, str]]]
_CODE = re.compile(r"[0-9]{6}")


def read_amount(text: str, unit: Unit) -> Money:
    """The amount, in ``unit`` unless the text says its own. Raises ValidationError in the reader's words."""
    try:
        return parse_money(text, unit)
    except BadInput as error:
        raise refused(error) from error


class MoneyField(forms.CharField):
    """An amount, in 万元 unless the text says its unit; answers Money, or None where nothing was typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, **{"help_text": _("单位万元，例如 312.5；也可以写 3125000元。"), **kwargs})
        self.widget.attrs["inputmode"] = "decimal"

    def clean(self, value: Any) -> Any:
        """The amount. Raises ValidationError in the words of the reading of money."""
        text = super().clean(value)
        return read_amount(text, WAN_YUAN) if text else None


def typed(amount: Money, unit: Unit = WAN_YUAN) -> str:
    """An amount as one would type it into a MoneyField: exact, in 万元 or another unit."""
    text = f"{Decimal(amount.fen) / unit.factor:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class NumberField(forms.CharField):
    """A number that is not negative, with or without separators of thousands; answers Decimal, or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=24, **kwargs)
        self.widget.attrs["inputmode"] = "decimal"

    def clean(self, value: Any) -> Decimal | None:
        """The number. Raises ValidationError for what is none, with both readings where a comma has two."""
        text = super().clean(value)
        if not text:
            return None
        try:
            found = read_number(text)
        except CommaAmbiguous as error:
            raise refused(error) from error
        except NotANumber:
            found = Decimal(-1)
        if found < 0:
            raise forms.ValidationError(gettext("“%(text)s”不是数。请填数字，例如 1200 或 12.5。") % {"text": text})
        return found


class _ReadField(forms.Field):
    """A field whose text is read as a cell of a table is; what a browser's own control sends is read likewise."""

    def read(self, text: str) -> Any:
        """The value that a field makes of its text; here the text. Raises BadInput."""
        return text

    def to_python(self, value: Any) -> Any:
        """The value, or None where nothing was typed. Raises ValidationError in the reader's words."""
        if value in self.empty_values:
            return None
        try:
            return self.read(str(value))
        except BadInput as error:
            raise refused(error) from error


class DayField(_ReadField, forms.DateField):
    """A day, chosen from the browser's calendar or typed: 2026-03-01, 2026.3.1, 2026年3月1日."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs})

    def read(self, text: str) -> date:
        """The day."""
        return cells.day(text)


def day_option(text: str) -> date:
    """A day as the option of a command, for its ``type``. Raises ArgumentTypeError in the reader's words."""
    try:
        return cells.day(text)
    except BadInput as error:
        raise ArgumentTypeError(say(error.message)) from error


class WholeField(_ReadField, forms.IntegerField):
    """A whole number within its bounds: 1,200 or １２００."""

    def read(self, text: str) -> int:
        """The number."""
        found = cells.number(text)
        if found != found.to_integral_value():
            raise BadInput(gettext_noop("“%(text)s”不是整数。个数请填整数。"), text=text[:40])
        return int(found)


class PercentField(WholeField):
    """A whole percentage within its bounds: 80 or 80%. No fraction, which a person may mean as 0.8 % or as 80 %."""

    def read(self, text: str) -> int:
        """The percentage."""
        return super().read(cells.text_of(text).removesuffix("%"))


class RealField(forms.CharField):
    """A number as a cell of a table is read: 1,200 or −0.5; None where nothing was typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": 30, **kwargs})
        self.widget.attrs["inputmode"] = "decimal"

    def clean(self, value: Any) -> float | None:
        """The number. Raises ValidationError."""
        text = super().clean(value).replace("−", "-")
        try:
            return float(cells.number(text)) if text else None
        except BadInput as error:
            raise refused(error) from error


class MomentField(forms.DateTimeField):
    """An hour and minute of a day in Shanghai, chosen from the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        super().__init__(widget=widget, **kwargs)


class LateChoiceField(forms.ChoiceField):
    """A choice whose list is read only to be drawn: whether it is one, the service says; answers a UUID or None."""

    def valid_value(self, value: Any) -> bool:
        """Any that looks like one of them."""
        try:
            return bool(UUID(str(value)))
        except ValueError:
            return False

    def clean(self, value: Any) -> UUID | None:
        """The uuid. Raises ValidationError."""
        found = super().clean(value)
        return UUID(found) if found else None


class SomeField(forms.MultipleChoiceField):
    """Several of a list, each with a box to tick; answers UUIDs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.CheckboxSelectMultiple, **kwargs)

    def clean(self, value: Any) -> list[UUID]:
        """The uuids. Raises ValidationError for one that is not offered."""
        return [UUID(one) for one in super().clean(value)]


class LatePlaceField(forms.ChoiceField):
    """A county whose list is read only to be drawn: whether it is one, the service says; answers its code or ""."""

    def valid_value(self, value: Any) -> bool:
        """Any that looks like a code."""
        return bool(_CODE.fullmatch(str(value)))


# Before a list of which something is chosen, or nothing: never what happens to stand first.
UNCHOSEN = ("", "—")


def offer(
    form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]] | Choices, *, first: tuple[str, str] | None = None
) -> None:
    """Let the field ``name`` choose among ``choices``, after ``first``; what can be called is read when it is drawn."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    before = [] if first is None else [first]
    field.choices = (lambda: [*before, *choices()]) if callable(choices) else [*before, *choices]
