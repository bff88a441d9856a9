# SPDX-License-Identifier: Apache-2.0
"""Amounts, numbers and days as forms take them: by the readers of cells, so that a page is no laxer than a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.formats import say
from shanhai.kernel.errors import BadInput, Conflict, DomainError, Refused
from shanhai.kernel.money import Money
from shanhai.kernel.numerals import CommaAmbiguous, NotANumber, read_number
from shanhai.kernel.units import WAN_YUAN, Unit, parse_money


def read_amount(text: str, unit: Unit) -> Money:
    """The amount, in ``unit`` unless the text says its own. Raises ValidationError in the reader's words."""
    try:
        return parse_money(text, unit)
    except BadInput as error:
        raise _refused(error) from error


class MoneyField(forms.CharField):
    """An amount, in 万元 unless the text says its unit; answers Money, or None where nothing was typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, **{"help_text": _("单位万元，例如 312.5；也可以写 3125000元。"), **kwargs})
        self.widget.attrs["inputmode"] = "decimal"

    def clean(self, value: Any) -> Any:
        """The amount. Raises ValidationError in the words of the reading of money."""
        text = super().clean(value)
        return read_amount(text, WAN_YUAN) if text else None


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
            raise _refused(error) from error
        except NotANumber:
            found = Decimal(-1)
        if found < 0:
            raise forms.ValidationError(gettext("“%(text)s”不是数。请填数字，例如 1200 或 12.5。") % {"text": text})
        return found


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A day, chosen from the browser's calendar."""
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)


def saved(form: forms.Form, save: Callable[[Mapping[str, Any]], object]) -> bool:
    """Whether what was typed is valid and ``save`` took it; what it refuses is said above the form.

    NotVisible and NotAllowed go on to the page that says so.
    """
    if form.is_valid():
        try:
            save(form.cleaned_data)
        except (BadInput, Conflict, Refused) as error:
            form.add_error(None, _refused(error))
    return form.is_valid()


def _refused(error: DomainError) -> forms.ValidationError:
    return forms.ValidationError(say(error.message))
