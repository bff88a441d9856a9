# SPDX-License-Identifier: Apache-2.0
"""What people type on the pages of projects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.kernel.errors import BadInput
from shanhai.kernel.money import Money
from shanhai.kernel.units import WAN_YUAN, YUAN, parse_money
from shanhai.planning.projects.labels import DELIVERIES, STAGES
from shanhai.planning.projects.selectors.lists import ProjectFilters
from shanhai.planning.projects.states import Delivery, Stage

UNITS = {"wan_yuan": WAN_YUAN, "yuan": YUAN}


class FilterForm(forms.Form):
    """The filters above the list. What cannot be understood filters nothing."""

    text = forms.CharField(label=_("名称、编号或拼音首字母"), required=False, max_length=100)
    county = forms.ChoiceField(label=_("县（市）"), required=False)
    stage = forms.ChoiceField(
        label=_("阶段"), required=False, choices=[("", _("全部")), *((s.value, name) for s, name in STAGES.items())]
    )
    delivery = forms.ChoiceField(
        label=_("建设方式"),
        required=False,
        choices=[("", _("全部")), *((d.value, name) for d, name in DELIVERIES.items())],
    )
    year = forms.ChoiceField(label=_("年度"), required=False)
    late = forms.BooleanField(label=_("只看逾期"), required=False)

    def __init__(self, *args: Any, counties: Sequence[tuple[str, str]], years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("county", counties), ("year", [(str(year), str(year)) for year in years])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("全部")), *choices]

    def filters(self) -> ProjectFilters:
        """The filters that were understood."""
        self.is_valid()
        given = self.cleaned_data
        return ProjectFilters(
            text=given.get("text", "").replace("\x00", ""),
            stage=Stage(given["stage"]) if given.get("stage") else None,
            county=given.get("county") or None,
            delivery=Delivery(given["delivery"]) if given.get("delivery") else None,
            year=int(given["year"]) if given.get("year") else None,
            late=bool(given.get("late")),
        )


class MoveForm(forms.Form):
    """Moving a project on: to which stage, on which day, and why."""

    to = forms.ChoiceField(label=_("进入"))
    on = forms.DateField(label=_("哪一天"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    because = forms.CharField(
        label=_("原因"),
        required=False,
        max_length=500,
        help_text=_("停工和取消要写原因。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen_stage = forms.ChoiceField(choices=[(s.value, s.value) for s in Stage], widget=forms.HiddenInput)

    def __init__(self, *args: Any, allowed: Sequence[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        # Every stage is a choice, so that a move somebody else made impossible meanwhile gets its own sentence.
        field.choices = [(s.value, STAGES[s]) for s in (allowed or list(Stage))]


class VoucherForm(forms.Form):
    """Recording an allotment or a payment of one line from a voucher."""

    act = forms.ChoiceField(label=_("记什么"), choices=[("allot", _("核拨")), ("pay", _("支付"))])
    line = forms.ChoiceField(label=_("资金安排"))
    amount = forms.CharField(label=_("金额"), max_length=30, help_text=_("例如 312.5；也可以写 312.5万元。"))
    unit = forms.ChoiceField(label=_("单位"), choices=[("wan_yuan", _("万元")), ("yuan", _("元"))])
    on = forms.DateField(label=_("凭证日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    number = forms.CharField(label=_("凭证号"), max_length=60, help_text=_("同一个凭证号只记一次。"))
    memo = forms.CharField(label=_("摘要"), max_length=200, required=False)

    def __init__(self, *args: Any, lines: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["line"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(lines)

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
