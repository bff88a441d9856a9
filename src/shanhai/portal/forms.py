# SPDX-License-Identifier: Apache-2.0
"""Forms of the pages shared by all apps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.kernel.errors import BadInput
from shanhai.kernel.money import Money
from shanhai.kernel.units import WAN_YUAN, YUAN, parse_money

UNITS = {"wan_yuan": WAN_YUAN, "yuan": YUAN}


class ImportForm(forms.Form):
    """A table to take in, for which programme, and for a county table the day it stands for."""

    file = forms.FileField(
        label=_("表格文件"),
        help_text=_("项目表或县级报表，.xlsx、.xls 或 .csv。先检查，您确认后才入库。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )
    programme = forms.ChoiceField(label=_("对口支援"))
    cut_off = forms.DateField(
        label=_("数据截至"),
        required=False,
        help_text=_("县级报表要填；表里已写明的可以不填。"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, programmes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["programme"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = programmes


class ArrivalForm(forms.Form):
    """Money that has come in, from a voucher."""

    year = forms.ChoiceField(label=_("哪一年的计划"))
    fund_source = forms.ChoiceField(label=_("资金来源"))
    amount = forms.CharField(label=_("金额"), max_length=30, help_text=_("例如 1500；也可以写 1500万元。"))
    unit = forms.ChoiceField(label=_("单位"), choices=[("wan_yuan", _("万元")), ("yuan", _("元"))])
    on = forms.DateField(label=_("到账日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    number = forms.CharField(label=_("凭证号"), max_length=60, help_text=_("同一个凭证号只记一次。"))
    memo = forms.CharField(label=_("摘要"), max_length=200, required=False)

    def __init__(self, *args: Any, sources: Sequence[tuple[str, str]], years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("fund_source", list(sources)), ("year", [(str(year), str(year)) for year in years])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Read the amount in its unit."""
        given = super().clean() or self.cleaned_data
        if given.get("amount") and given.get("unit"):
            try:
                given["money"] = parse_money(given["amount"], UNITS[given["unit"]])
            except BadInput as error:
                self.add_error("amount", gettext(error.message.text) % dict(error.message.params))
        return given

    @property
    def money(self) -> Money:
        """The amount that was read."""
        amount: Money = self.cleaned_data["money"]
        return amount
