# SPDX-License-Identifier: Apache-2.0
"""What people type about recalls and problems; the services judge it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    """How much of it a party found, and how much it took from sale; it shows what the party of ``reach`` answered."""

    found_grams = forms.IntegerField(label=_("找到多少（克）"), min_value=0, max_value=10**12)
    withdrawn_grams = forms.IntegerField(label=_("其中撤下、封存多少（克）"), min_value=0, max_value=10**12)
    words = forms.CharField(
        label=_("说明"), max_length=MOST_WORDS, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any = None, *, reach: RecallReach, **kwargs: Any) -> None:
        stood = {"found_grams": reach.found_grams, "withdrawn_grams": reach.withdrawn_grams, "words": reach.words}
        # Who records for several parties has a form for each on one page.
        named = {"auto_id": f"answer-{reach.pk}_%s", **kwargs}
        super().__init__(data, initial=stood if reach.answered_at else {}, **named)
        self.reach = reach


class EndForm(SavingForm):
    """How a recall ended."""

    because = forms.CharField(
        label=_("结果"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("追回多少，怎样处理。")
    )
    let_go = forms.BooleanField(label=_("放行还扣着的货"), required=False)


class ProblemAnswerForm(SavingForm):
    """What came of a report."""

    because = forms.CharField(label=_("怎样处理的"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
