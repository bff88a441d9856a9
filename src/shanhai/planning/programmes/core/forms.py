# SPDX-License-Identifier: Apache-2.0
"""What people type on the pages of programmes, and what every form of theirs uses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import CorrectingForm, SavingForm
from shanhai.registers.tables.forms import DayField, MoneyField, WholeField

DIVISIONS = "divisions"


def _side(label: Any) -> forms.CharField:
    """A division, by what people call it; the page offers provinces and prefectures, counties are found as well."""
    widget = forms.TextInput(attrs={"list": DIVISIONS, "autocomplete": "off"})
    help_text = _("省、地市或县的名称、简称、拼音（全拼或首字母）或六位代码，例如 浙江、甘孜州、kangding。")
    return forms.CharField(label=label, max_length=60, widget=widget, help_text=help_text)


class CorrectionForm(SavingForm):
    """What of a programme may be corrected."""

    name = forms.CharField(label=_("名称"), max_length=100)
    name_en = forms.CharField(label=_("英文名称"), max_length=200, required=False)
    starts_on = DayField(label=_("开始日期"))
    ends_on = DayField(label=_("结束日期"), help_text=_("最后一天，算在内。"))
    five_year_plan = MoneyField(label=_("五年规划额"))


class ProgrammeForm(CorrectionForm):
    """A programme as it begins; its code and its sides never change."""

    code = forms.CharField(
        label=_("编号"), max_length=40, help_text=_("小写字母、数字和连字符，例如 zj-ganzi。以后不能改。")
    )
    supporter = _side(_("支援方"))
    recipient = _side(_("受援方"))
    field_order = ("code", "name", "name_en", "supporter", "recipient")


class BatchForm(SavingForm):
    """A batch of people, and the days it is there."""

    number = WholeField(label=_("第几批"), min_value=1, max_value=999)
    starts_on = DayField(label=_("开始日期"))
    ends_on = DayField(label=_("结束日期"))


WHY = forms.CharField(label=_("为什么改"), max_length=500, required=False)
SOURCE_EN = forms.CharField(
    label=_("英文名称"), max_length=100, required=False, help_text=_("英文页面上用；不填的，英文页面上也用中文名称。")
)


class BatchCorrectionForm(CorrectingForm, BatchForm):
    """What of a batch may be corrected."""

    because = WHY


class FundSourceCorrectionForm(CorrectingForm):
    """What of a fund source may be corrected."""

    name = forms.CharField(label=_("名称"), max_length=100, help_text=_("编号已经用在账上，不能改。"))
    name_en = SOURCE_EN
    because = WHY


class FundSourceForm(SavingForm):
    """Where money comes from."""

    code = forms.CharField(label=_("编号"), max_length=40, help_text=_("小写字母、数字和连字符。以后不能改。"))
    name = forms.CharField(label=_("名称"), max_length=100)
    name_en = SOURCE_EN
