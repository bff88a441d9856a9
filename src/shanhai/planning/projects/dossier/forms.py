# SPDX-License-Identifier: Apache-2.0
"""What people type on one project's pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import AnsweringForm, CorrectingForm, SavingForm
from shanhai.kernel import ids
from shanhai.planning.programmes.values import StepKind
from shanhai.planning.projects.core.forms import words
from shanhai.planning.projects.labels import METHODS, PAPERS, SIZES, STAGES, STOPS
from shanhai.planning.projects.shares.forms import NumberedForm
from shanhai.planning.projects.states import Method, PaperKind, Size, Stage, StopReason
from shanhai.registers.tables.forms import DayField, MoneyField, PercentField, offer


class MoveForm(SavingForm):
    """Moving a project on: what ``stages.move`` is told."""

    to = forms.TypedChoiceField(label=_("进入"), coerce=Stage)
    on = DayField(label=_("哪一天"))
    because = forms.CharField(
        label=_("原因"),
        required=False,
        max_length=500,
        help_text=_("停工要写原因。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    stop = words(
        _("停工类别"), StopReason, STOPS, ("", _("（停工才填）")), required=False, empty_value=StopReason.OTHER
    )
    restart_expected_on = DayField(label=_("预计复工"), required=False)
    seen_stage = forms.TypedChoiceField(
        coerce=Stage, choices=[(s.value, s.value) for s in Stage], widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, allowed: Sequence[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Of what is sent every stage is one, so that a move somebody else made impossible gets its own sentence.
        self.offer_only(list(Stage) if self.is_bound else allowed)

    def offer_only(self, allowed: Sequence[Stage]) -> None:
        """Let only these be chosen."""
        offer(self, "to", [(s.value, STAGES[s]) for s in allowed])
        if Stage.SUSPENDED not in allowed:
            del self.fields["stop"], self.fields["restart_expected_on"]


class VoucherForm(NumberedForm):
    """What arrived for one line, was allotted to it or paid."""

    act = forms.TypedChoiceField(
        label=_("记什么"),
        coerce=StepKind,
        choices=[
            ("arrive", _("到位")),
            ("allot", _("核拨")),
            ("pay", _("支付")),
            ("return", _("交回已核拨未支付的")),
            ("hand_back", _("交回到位未核拨的")),
        ],
        initial="allot",
    )
    line = forms.TypedChoiceField(label=_("资金安排"), coerce=ids.parse_id)
    because = forms.CharField(
        label=_("超出限额仍办理的原因"),
        max_length=500,
        required=False,
        help_text=_("只在系统提示会低于 80% 或超出安排、到位、总投资，由指挥长特批时填写。"),
    )
    field_order = ("act", "line", "amount", "unit", "on", "number", "memo", "file", "apart")

    def __init__(self, *args: Any, lines: Sequence[tuple[str, str]], may_override: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_override:
            del self.fields["because"]
        offer(self, "line", lines)


class PaperForm(SavingForm):
    """A paper for the dossier; the next version of its kind."""

    kind = words(_("材料种类"), PaperKind, PAPERS)
    file = forms.FileField(label=_("文件"), help_text=_("PDF、图片、Word 或表格。同种材料再传一份就是新的一版。"))
    number = forms.CharField(label=_("文号"), required=False, max_length=100)
    issuer = forms.CharField(label=_("出具单位"), required=False, max_length=100)
    issued_on = DayField(label=_("出具日期"), required=False)
    signed_on = DayField(label=_("签字（盖章）日期"), required=False)


class SignForm(forms.Form):
    """The day on which a paper was signed."""

    on = DayField(label=_("签字（盖章）日期"))


class OverridingForm(AnsweringForm, SavingForm):
    """A form that asks for a reason once a ceiling has refused it."""

    ANSWERS: ClassVar = {"apart": "projects.possible_twin", "because": "projects.beyond_ceiling"}

    because = forms.CharField(
        label=_("超出限额仍办理的原因"),
        max_length=500,
        required=False,
        help_text=_("由指挥长特批时填写。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["because"] = self.fields.pop("because")


class ContractForm(OverridingForm):
    """A signed contract."""

    number = forms.CharField(label=_("合同编号"), max_length=100)
    contractor = forms.CharField(label=_("承包单位"), max_length=200)
    method = words(_("采购方式"), Method, METHODS)
    amount = MoneyField(label=_("合同金额"))
    awarded_on = DayField(label=_("中标（成交）日期"), required=False)
    signed_on = DayField(label=_("签订日期"))
    apart = forms.BooleanField(label=_("确实是不同的（编号相近时勾选）"), required=False)


class ContractCorrectionForm(AnsweringForm, CorrectingForm):
    """What of a contract may be corrected; beyond a ceiling with a reason of its own."""

    ANSWERS: ClassVar = {"apart": "projects.possible_twin", "beyond": "projects.beyond_ceiling"}

    number, contractor, method, amount, awarded_on, signed_on, apart, beyond = (
        ContractForm.base_fields[name]
        for name in ("number", "contractor", "method", "amount", "awarded_on", "signed_on", "apart", "because")
    )
    because = forms.CharField(label=_("为什么改"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ProgressForm(SavingForm):
    """How far the work has come, with up to one photo at a time."""

    percent = PercentField(label=_("形象进度（%）"), min_value=0, max_value=100)
    words = forms.CharField(label=_("进展"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    on = DayField(label=_("哪一天"))
    photo = forms.FileField(
        label=_("现场照片"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png", "capture": "environment"}),
    )
    invested = MoneyField(label=_("累计完成投资"), required=False)
    corrects = forms.BooleanField(label=_("这是更正（可以比上次小）"), required=False)


class AccountsForm(OverridingForm):
    """The final accounts: a draft while no day of approval is given."""

    approved = MoneyField(label=_("决算金额"))
    surplus = MoneyField(label=_("结余"))
    on = DayField(label=_("批复日期"), required=False, help_text=_("还没有批复的不填：先存为送审稿，批复以前可以改。"))


class CorrectionForm(SavingForm):
    """What was recorded by mistake and is taken back, and why: a step, an approval, a hand-over of an asset."""

    what = forms.ChoiceField(label=_("哪一项记错了"))
    because = forms.CharField(label=_("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, what: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "what", what)


class ExtensionForm(SavingForm):
    """Putting the final accounts off, once."""

    size = words(_("项目规模"), Size, SIZES)
    to = DayField(label=_("延到"))
    because = forms.CharField(label=_("原因"), max_length=500)


class SurplusForm(SavingForm):
    """Giving the surplus back from one line."""

    line = forms.TypedChoiceField(label=_("从哪笔资金交回"), coerce=ids.parse_id)
    on = DayField(label=_("交回日期"))
    number = forms.CharField(label=_("凭证号"), max_length=60)

    def __init__(self, *args: Any, lines: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "line", lines)


class AssetForm(OverridingForm):
    """An asset that goes to its keeper."""

    asset = forms.CharField(label=_("资产"), max_length=200)
    keeper = forms.CharField(label=_("接收管护单位"), max_length=200)
    value = MoneyField(label=_("价值"))
    on = DayField(label=_("移交日期"))
