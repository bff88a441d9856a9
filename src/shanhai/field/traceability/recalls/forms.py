# SPDX-License-Identifier: Apache-2.0
"""What people type about recalls and problems; the services judge it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import SavingForm
from shanhai.field.traceability.recalls.services.recalling import MOST_WORDS

if TYPE_CHECKING:
    from shanhai.field.traceability.models import RecallReach

_LEVELS = [
    ("", _("请选择")),
    (1, _("一级：可能危及生命，24 小时内开始")),
    (2, _("二级：一般健康损害，48 小时内开始")),
    (3, _("三级：标签等问题，72 小时内开始")),
]


class StartForm(SavingForm):
    """Why a thing is called back, how grave it is, and whether that is a drill."""

    level = forms.TypedChoiceField(label=_("级别"), choices=_LEVELS, coerce=int)
    because = forms.CharField(
        label=_("为什么召回"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("收到的人照这句话办。"),
    )
    drill = forms.BooleanField(
        label=_("这是演练"), required=False, help_text=_("不扣货，处处标明“演练”，记下列出清单用了多久。")
    )


class AnswerForm(SavingForm):
    """How much of it a party found, and how much it took from sale; ``reaches`` are those for which one may answer."""

    reach = forms.ChoiceField(label=_("替谁答复"))
    found_grams = forms.IntegerField(label=_("找到多少（克）"), min_value=0, max_value=10**12)
    withdrawn_grams = forms.IntegerField(label=_("其中撤下、封存多少（克）"), min_value=0, max_value=10**12)
    words = forms.CharField(
        label=_("说明"), max_length=MOST_WORDS, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any = None, *, reaches: Sequence[RecallReach], **kwargs: Any) -> None:
        first = reaches[0]
        stood = {"found_grams": first.found_grams, "withdrawn_grams": first.withdrawn_grams, "words": first.words}
        super().__init__(data, initial=stood if first.answered_at else {}, **kwargs)
        named = [(str(one.uuid), str(one.party.organisation)) for one in reaches]
        self.fields["reach"].choices = named  # type: ignore[attr-defined]
        self._first = named[0][0]
        if len(reaches) == 1:
            self.fields["reach"].required, self.fields["reach"].widget = False, forms.HiddenInput()

    def clean_reach(self) -> UUID:
        """Which of the reaches is answered."""
        return UUID(self.cleaned_data["reach"] or self._first)


class EndForm(SavingForm):
    """How a recall ended."""

    because = forms.CharField(
        label=_("结果"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("追回多少，怎样处理。")
    )
    let_go = forms.BooleanField(label=_("放行还扣着的货"), required=False)


class ProblemAnswerForm(SavingForm):
    """What came of a report."""

    because = forms.CharField(label=_("怎样处理的"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
