# SPDX-License-Identifier: Apache-2.0
"""Forms of the pages shared by all apps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.kernel.money import Money
from shanhai.kernel.units import WAN_YUAN, YUAN
from shanhai.registers.tables.forms import read_amount

UNITS = {"wan_yuan": WAN_YUAN, "yuan": YUAN}


# What may be said beside a file; each kind takes what it knows.
OPTIONS = ("programme", "cut_off", "crs")


class ImportForm(forms.Form):
    """A file to take in, as what (or what its header tells), for which programme, and what else its kind asks for."""

    file = forms.FileField(
        label=_("表格文件"),
        help_text=_(".xlsx、.xls 或 .csv。先检查，您确认后才入库。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )
    kind = forms.ChoiceField(label=_("种类"), required=False)
    programme = forms.ChoiceField(label=_("对口支援"), required=False)
    cut_off = forms.DateField(
        label=_("数据截至"),
        required=False,
        help_text=_("县级报表要填；表里已写明的可以不填。"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    crs = forms.ChoiceField(
        label=_("坐标系"),
        required=False,
        choices=[("", _("没有坐标")), ("wgs84", "WGS 84"), ("cgcs2000", "CGCS2000"), ("gcj02", "GCJ-02")],
        help_text=_("地点表有经纬度时要选。"),
    )

    def __init__(
        self, *args: Any, programmes: Sequence[tuple[str, str]], kinds: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("programme", list(programmes)), ("kind", [("", _("按表头判断")), *kinds])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        if not {"divisions", "sites"} & {key for key, _label in kinds}:
            del self.fields["crs"]

    def options(self) -> dict[str, str]:
        """What was said beside the file, as text."""
        given = {name: self.cleaned_data.get(name) for name in OPTIONS}
        return {name: value.isoformat() if name == "cut_off" else value for name, value in given.items() if value}


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
                given["money"] = read_amount(given["amount"], UNITS[given["unit"]])
            except forms.ValidationError as error:
                self.add_error("amount", error)
        return given

    @property
    def money(self) -> Money:
        """The amount that was read."""
        amount: Money = self.cleaned_data["money"]
        return amount
