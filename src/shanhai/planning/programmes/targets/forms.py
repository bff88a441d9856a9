# SPDX-License-Identifier: Apache-2.0
"""What people type about the targets of the five-year plan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.kernel.units import UNITS
from shanhai.registers.tables.forms import DayField, NumberField, SavingForm, offer


class TargetForm(SavingForm):
    """A target, its unit, and what each year is to add."""

    name = forms.CharField(label=_("目标名称"), max_length=100)
    unit = forms.ChoiceField(label=_("计量单位"))
    amount = NumberField(label=_("五年目标"))

    def __init__(self, *args: Any, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.years = tuple(years)
        offer(self, "unit", [("", _("请选单位")), *((unit.key, gettext(unit.symbol)) for unit in UNITS.values())])
        for year in self.years:
            label = gettext("%(year)s 年计划") % {"year": year}
            self.fields[f"plan-{year}"] = NumberField(label=label, required=False)

    def planned(self) -> list[BoundField]:
        """The fields of the years."""
        return [self[f"plan-{year}"] for year in self.years]

    def clean(self) -> dict[str, Any]:
        """What was typed, with the numbers of the years together; a year left empty is not planned."""
        given = super().clean() or self.cleaned_data
        found = {year: given.pop(f"plan-{year}", None) for year in self.years}
        return {**given, "by_year": {year: number for year, number in found.items() if number is not None}}


class TargetReportForm(SavingForm):
    """What a year has added, known on a day."""

    year = forms.TypedChoiceField(label=_("哪一年"), coerce=int)
    reached = NumberField(label=_("当年完成"))
    on = DayField(label=_("截至哪一天"))
    note = forms.CharField(label=_("说明"), required=False, max_length=200)

    def __init__(self, *args: Any, years: Iterable[int], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        begun = [year for year in years if year <= today.year]
        offer(self, "year", [(year, str(year)) for year in begun])
        self.fields["year"].initial = begun[-1] if begun else None
        self.fields["on"].initial = today
