# SPDX-License-Identifier: Apache-2.0
"""The forms of the money of lines: what has arrived, and what moving some of it would do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base import formats
from shanhai.base.forms import AnsweringForm, SavingForm
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.money import Money
from shanhai.kernel.units import WAN_YUAN, YUAN
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.plans import selectors as plans
from shanhai.planning.projects.core.forms import words
from shanhai.planning.projects.labels import LEVELS
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.states import Level
from shanhai.registers.tables.forms import DayField, PercentField, offer, read_amount

UNITS = {"wan_yuan": WAN_YUAN, "yuan": YUAN}
NEW = "new"


class AmountForm(forms.Form):
    """An amount in a unit of one's choice; cleaned, it is Money."""

    amount = forms.CharField(label=_("金额"), max_length=30, help_text=_("例如 312.5；也可以写 312.5万元。"))
    unit = forms.ChoiceField(label=_("金额单位"), choices=[("wan_yuan", _("万元")), ("yuan", _("元"))])

    def clean_amount(self) -> Money:
        """The amount in its unit."""
        return read_amount(self.cleaned_data["amount"], UNITS.get(self.data.get("unit", ""), YUAN))


class NumberedForm(AmountForm, AnsweringForm):
    """An amount from a voucher."""

    ANSWERS: ClassVar = {"apart": "ledger.possible_twin"}

    on = DayField(label=_("凭证日期"))
    number = forms.CharField(label=_("凭证号"), max_length=60, help_text=_("同一个凭证号只记一次。"))
    memo = forms.CharField(label=_("摘要"), max_length=200, required=False)
    file = forms.FileField(label=_("附件"), required=False, help_text=_("凭证的扫描件：PDF、图片、Word 或表格。"))
    apart = forms.BooleanField(label=_("确实是不同的（编号相近时勾选）"), required=False)


class ArrivalForm(NumberedForm):
    """Money that has come in, for all projects of a year or for chosen ones."""

    def clean_projects(self) -> tuple[str, ...]:
        """The codes, each once."""
        return tuple(dict.fromkeys(re.findall(r"[^\s,，、;；]+", self.cleaned_data["projects"])))

    year = forms.TypedChoiceField(label=_("哪一年的计划"), coerce=int)
    fund_source = forms.ChoiceField(label=_("资金来源"))
    on = DayField(label=_("到账日期"))
    projects = forms.CharField(
        label=_("只给这些项目"),
        max_length=2000,
        required=False,
        help_text=_("项目编号，用空格或顿号隔开；空着就给这一年还等着钱的全部项目。按各自还差多少分。"),
    )
    field_order = ("year", "fund_source", "amount", "unit", "on", "number", "projects")

    def __init__(self, *args: Any, sources: Iterable[tuple[str, str]], years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "fund_source", sources)
        offer(self, "year", [(str(year), str(year)) for year in years])


class ShiftForm(AmountForm, SavingForm):
    """How much of what a voucher brought for which line goes to another project, and why."""

    line = forms.TypedChoiceField(label=_("从哪一笔转出"), coerce=ids.parse_id)
    project = forms.CharField(
        label=_("转给哪个项目"),
        max_length=60,
        help_text=_("项目编号；要是同一年度计划、同一资金来源还等着钱的项目。"),
    )
    because = forms.CharField(label=_("为什么改"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ("line", "project", "amount", "unit", "because")

    def clean(self) -> dict[str, Any]:
        """What was typed; the unit is in the amount."""
        given = super().clean() or self.cleaned_data
        return {name: one for name, one in given.items() if name != "unit"}

    def __init__(self, *args: Any, lines: Iterable[tuple[AllocationLine, Money]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "line", [(str(line.uuid), f"{line.project} · {formats.money(had)}") for line, had in lines])


class WhatIfForm(AmountForm):
    """From which line, to which one or to a new one with which tags, and how much."""

    source = forms.ChoiceField(label=_("从哪一笔转出"))
    target = forms.ChoiceField(label=_("转到哪一笔"))
    percent = PercentField(label=_("新安排的民生比例（%）"), min_value=0, max_value=100, initial=0)
    level = words(_("新安排的受益层级"), Level, LEVELS)
    field_order = ("source", "target", "percent", "level")

    def __init__(self, *args: Any, lines: Sequence[AllocationLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(line.uuid), f"{line.project} · {line.words} · {formats.money(line.amount)}") for line in lines]
        offer(self, "source", choices)
        offer(self, "target", [(NEW, gettext("一笔新的安排")), *choices])
        for name in ("percent", "level"):
            self.fields[name].required = self.data.get("target") == NEW


def arrival_form(*, viewer: Actor, programme: str, on: date, given: Any = None, files: Any = None) -> ArrivalForm:
    """The form of an arrival with the programme's sources and years: empty, or as ``given``. Raises NotVisible."""
    sources = programmes.list_fund_sources(viewer=viewer, programme=programme)
    years = plans.list_yearly_plans(viewer=viewer, programme=programme)
    return ArrivalForm(
        given,
        files,
        initial={"on": on},
        sources=[(one.code, formats.named(one)) for one in sources],
        years=[plan.year for plan in years],
    )
