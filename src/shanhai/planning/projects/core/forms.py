# SPDX-License-Identifier: Apache-2.0
"""What people type to record a project, and how any form of projects offers words to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import AnsweringForm, CorrectingForm
from shanhai.kernel import ids
from shanhai.planning.projects.labels import DELIVERIES, LEVELS, NOVELTIES
from shanhai.planning.projects.states import Delivery, Level, Novelty
from shanhai.registers.tables.forms import DayField, MoneyField, PercentField, WholeField, offer


def words(
    label: Any, kind: type[StrEnum], named: Mapping[Any, Promise], *before: tuple[str, Promise], **kwargs: Any
) -> forms.TypedChoiceField:
    """A choice among the members of ``kind`` as they are ``named``, after what stands ``before`` them."""
    choices = [*before, *((one.value, name) for one, name in named.items())]
    return forms.TypedChoiceField(label=label, coerce=kind, choices=choices, **kwargs)


class ProjectForm(AnsweringForm):
    """A project as it enters the plan, with the money one year's plan gives it."""

    ANSWERS: ClassVar = {"apart": "projects.possible_twin"}

    code = forms.CharField(label=_("项目编号"), max_length=40)
    apart = forms.BooleanField(label=_("确实是不同的（编号相近时勾选）"), required=False)
    name = forms.CharField(label=_("项目名称"), max_length=200)
    place = forms.ChoiceField(label=_("县（市）"))
    category = forms.ChoiceField(label=_("类别"))
    delivery = words(_("建设方式"), Delivery, DELIVERIES)
    novelty = words(_("新建或续建"), Novelty, NOVELTIES)
    capital = forms.BooleanField(label=_("固定资产投资项目"), required=False, initial=True)
    cross_year = forms.BooleanField(label=_("跨年项目"), required=False)
    altitude_m = WholeField(label=_("海拔（米）"), required=False, min_value=-200, max_value=9000)
    planned_start_on = DayField(label=_("计划开工"), required=False)
    planned_finish_on = DayField(label=_("计划完工"), required=False)
    total_investment = MoneyField(label=_("总投资"))
    other_sources = MoneyField(label=_("其他资金"), required=False)
    year = forms.TypedChoiceField(label=_("年度计划"), coerce=int)
    fund_source = forms.ChoiceField(label=_("资金来源"))
    amount = MoneyField(label=_("援助资金"))
    because = forms.CharField(
        label=_("超出计划仍安排的原因"),
        max_length=500,
        required=False,
        help_text=_("只在系统提示超出计划，由指挥长特批时填写。"),
    )
    livelihood_percent = PercentField(label=_("民生比例（%）"), min_value=0, max_value=100, initial=100)
    beneficiary_level = words(_("受益层级"), Level, LEVELS, initial="county")
    implementer_level = words(_("实施层级"), Level, LEVELS, initial="county")

    def __init__(
        self, *args: Any, choices: Mapping[str, Sequence[tuple[str, str]]], may_override: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not may_override:
            del self.fields["because"]
        for name, offered in choices.items():
            offer(self, name, offered)


class ProjectCorrectionForm(AnsweringForm, CorrectingForm):
    """What of a project is corrected without an adjustment."""

    ANSWERS: ClassVar = {"apart": "projects.possible_twin"}

    code, apart, novelty, capital = (ProjectForm.base_fields[name] for name in ("code", "apart", "novelty", "capital"))
    owner = forms.TypedChoiceField(label=_("业主单位"), coerce=ids.parse_id, empty_value=None, required=False)
    because = forms.CharField(label=_("为什么改"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, owners: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner", [("", str(_("没有登记"))), *owners])
