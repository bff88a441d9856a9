# SPDX-License-Identifier: Apache-2.0
"""What people type about yearly plans and the targets of the five-year plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.formats import named
from shanhai.base.forms import CorrectingForm, SavingForm
from shanhai.kernel.money import MAX_FEN, Money
from shanhai.kernel.units import UNITS, WAN_YUAN, in_unit
from shanhai.planning.programmes.models import FundSource, PlanAmount
from shanhai.planning.programmes.values import SourceAmount
from shanhai.registers.tables.forms import DayField, MoneyField, NumberField, offer, typed


class AmountsForm(SavingForm):
    """What a year's plan takes from each fund source, and how much of that it keeps in reserve."""

    def __init__(
        self,
        *args: Any,
        sources: Iterable[FundSource],
        amounts: Iterable[PlanAmount] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sources = tuple(sources)
        standing = {line.fund_source_id: line for line in amounts}
        for source in self.sources:
            stands = standing.get(source.pk)
            amount, reserve = (typed(stands.amount), typed(stands.reserve)) if stands else (None, None)
            self.fields[f"amount-{source.code}"] = MoneyField(
                label=_("计划额（万元）"), required=False, initial=amount, help_text=""
            )
            self.fields[f"reserve-{source.code}"] = MoneyField(
                label=_("其中预备费（万元）"), required=False, initial=reserve, help_text=""
            )

    def clean(self) -> dict[str, Any]:
        """The amounts that were understood; a source without one gives nothing. Refuse a reserve of nothing."""
        given = super().clean() or self.cleaned_data
        amounts = []
        for source in self.sources:
            amount, reserve = given.pop(f"amount-{source.code}", None), given.pop(f"reserve-{source.code}", None)
            if amount is not None:
                amounts.append(SourceAmount(source.code, amount, reserve or Money.zero()))
            if reserve and not amount and not self.has_error(f"amount-{source.code}"):
                self.add_error(f"reserve-{source.code}", gettext("先填计划额，再填其中的预备费。"))
        return {**given, "amounts": amounts}

    def rows(self) -> Iterator[tuple[FundSource, BoundField, BoundField]]:
        """Each fund source with its two fields."""
        for source in self.sources:
            yield source, self[f"amount-{source.code}"], self[f"reserve-{source.code}"]


class NewPlanForm(AmountsForm):
    """A year that has no plan yet, and its amounts."""

    year = forms.TypedChoiceField(label=_("年度"), coerce=int)

    def __init__(self, *args: Any, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "year", [(year, str(year)) for year in years])


class IssueForm(SavingForm):
    """Issuing a plan: the day, and that its sum was looked at. ``seen_fen`` is the sum that was shown."""

    on = DayField(label=_("下达日期"), help_text=_("资金按这一天所在的年份统计。"))
    because = forms.CharField(label=_("文号或说明"), required=False, max_length=500)
    checked = forms.BooleanField()
    seen_fen = forms.IntegerField(min_value=0, max_value=MAX_FEN, widget=forms.HiddenInput)

    def __init__(self, *args: Any, total: Money, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_fen"].initial = total.fen
        self.fields["checked"].label = gettext("已核对：合计 %(wan)s 万元，即 %(yuan)s 元") % {
            "wan": f"{in_unit(total, WAN_YUAN):,.2f}",
            "yuan": f"{total.yuan:,.2f}",
        }

    def ask_again(self, total: Money) -> None:
        """Show the sum as it stands now, to be looked at again."""
        kept = {key: value for key, value in self.data.items() if key != "checked"}
        self.data = {**kept, "seen_fen": str(total.fen)}


class CloseForm(SavingForm):
    """Why, or with what paper, a plan is closed."""

    because = forms.CharField(label=_("文号或说明"), required=False, max_length=500)
    checked = forms.BooleanField(label=_("确认结束，以后不能再打开"))


def _chosen(value: str) -> tuple[str, Money]:
    """The code of the source, and the reserve that was shown."""
    code, _sep, fen = value.rpartition(":")
    return code, Money(int(fen))


class ReleaseForm(SavingForm):
    """Releasing some of the reserve of one source; ``reserves`` are the lines of those that keep some."""

    source = forms.TypedChoiceField(label=_("从哪个来源的预备费"), coerce=_chosen)
    amount = MoneyField(label=_("动用金额（万元）"))
    on = DayField(label=_("动用日期"))
    because = forms.CharField(label=_("为什么动用，用到哪里"), max_length=400)
    checked = forms.BooleanField(label=_("已核对：动用后进入可以安排和到位的资金，不能退回预备费"))

    def __init__(self, *args: Any, reserves: Iterable[PlanAmount], **kw: Any):
        super().__init__(*args, **kw)
        offered = []
        for line in reserves:
            # What was shown goes along, so that who comes second does not release what has gone.
            words = {"name": named(line.fund_source), "wan": f"{in_unit(line.reserve, WAN_YUAN):,.2f}"}
            offered.append(
                (f"{line.fund_source.code}:{line.reserve_fen}", gettext("%(name)s，留有 %(wan)s 万元") % words)
            )
        offer(self, "source", offered)


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


class TargetCorrectionForm(CorrectingForm, TargetForm):
    """What of a target may be corrected; its unit, in which was reported, stays."""

    because = forms.CharField(label=_("为什么改"), max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["unit"]


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
