# SPDX-License-Identifier: Apache-2.0
"""What people type about honours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import SavingForm
from shanhai.registers.tables.forms import UNCHOSEN, Choices, DayField, LateChoiceField, WholeField, offer
from shanhai.team.contests.honours.services import MOST_NOTICE, MOST_QUOTA
from shanhai.team.contests.values import MOST_NAME, MOST_SOURCE, MOST_WORDS, HonourKindFacts

_WORDS = forms.Textarea(attrs={"rows": 3})


class HonourKindForm(SavingForm):
    """A kind of honour, from a day."""

    name = forms.CharField(label=_("名称"), max_length=MOST_NAME)
    name_en = forms.CharField(label=_("英文名称"), max_length=MOST_NAME)
    for_group = forms.BooleanField(label=_("给集体"), required=False)
    quota = WholeField(label=_("一年几个"), min_value=1, max_value=MOST_QUOTA)
    notice_days = WholeField(label=_("公示几个工作日"), min_value=1, max_value=MOST_NOTICE, initial=5)
    source = forms.CharField(label=_("依据"), max_length=MOST_SOURCE)
    valid_from = DayField(label=_("从哪天起用"))

    def clean(self) -> dict[str, Any]:
        """The facts."""
        given = super().clean() or {}
        return given if self.errors else {"facts": HonourKindFacts(**given)}


class NominateForm(SavingForm):
    """Who is named for what."""

    kind = LateChoiceField(label=_("什么荣誉"))
    year = WholeField(label=_("哪一年"), min_value=1990, max_value=2100)
    secondment = LateChoiceField(label=_("给谁（个人）"), required=False)
    group = LateChoiceField(label=_("给哪个集体"), required=False)
    reason = forms.CharField(label=_("事迹"), max_length=MOST_WORDS, widget=_WORDS)

    def __init__(self, data: Any, *, kinds: Choices, people: Choices, groups: Choices, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "kind", kinds)
        offer(self, "secondment", people, first=UNCHOSEN)
        offer(self, "group", groups, first=UNCHOSEN)


class ObjectForm(SavingForm):
    """What is said against an honour."""

    words = forms.CharField(label=_("意见"), max_length=MOST_WORDS, widget=_WORDS)


class ReplyForm(SavingForm):
    """What came of an objection."""

    answer = forms.CharField(label=_("答复"), max_length=MOST_WORDS, widget=_WORDS)
