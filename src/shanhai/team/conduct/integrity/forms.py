# SPDX-License-Identifier: Apache-2.0
"""What people type about integrity."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import SavingForm
from shanhai.registers.tables.forms import Choices, DayField, SomeField, WholeField, offer
from shanhai.team.conduct import labels
from shanhai.team.conduct.integrity.services.letters import MOST_LETTER
from shanhai.team.conduct.values import MOST_PLACE, MOST_REASON, MOST_SOURCE, MOST_WORDS, CaseKind, MatterKind

_MATTERS = [(one.value, _(words)) for one, words in labels.MATTERS.items()]
_KINDS = [(one.value, _(words)) for one, words in labels.CASE_KINDS.items()]
_WORDS = forms.Textarea(attrs={"rows": 4})


class LetterForm(SavingForm):
    """The letter of a year."""

    year = WholeField(label=_("哪一年"), min_value=1990, max_value=2100)
    text = forms.CharField(label=_("责任书全文"), max_length=MOST_LETTER, widget=forms.Textarea(attrs={"rows": 10}))
    source = forms.CharField(label=_("依据"), max_length=MOST_SOURCE)


class DeclareForm(SavingForm):
    """A matter that somebody declares."""

    kind = forms.ChoiceField(label=_("哪一类"), choices=_MATTERS)
    happened_on = DayField(label=_("哪一天"), required=False)
    words = forms.CharField(
        label=_("内容"),
        required=False,
        max_length=MOST_WORDS,
        widget=_WORDS,
        help_text=_("只有您和纪检看得到；谁看过，您看得到。"),
    )

    def clean_kind(self) -> MatterKind:
        """The kind."""
        return MatterKind(self.cleaned_data["kind"])


class MembersForm(SavingForm):
    """Who goes on a trip."""

    members = SomeField(label=_("谁去"))

    def __init__(self, data: Any, *, people: Choices, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "members", people())


class TripForm(MembersForm):
    """A trip that is planned."""

    title = forms.CharField(label=_("什么活动"), max_length=MOST_PLACE)
    destination = forms.CharField(label=_("去哪里"), max_length=MOST_PLACE)
    since = DayField(label=_("从哪天起"))
    until = DayField(label=_("哪天回来"))
    field_order = ("title", "destination", "since", "until", "members")


class TeachForm(SavingForm):
    """What those who go were taught, and when."""

    on = DayField(label=_("哪天教育"))
    about = forms.CharField(label=_("讲了什么"), max_length=MOST_REASON)


class CaseForm(SavingForm):
    """An incident that is reported."""

    kind = forms.ChoiceField(label=_("哪一类"), choices=_KINDS)
    happened_on = DayField(label=_("哪一天"))
    place = forms.ChoiceField(label=_("在哪个县"))
    words = forms.CharField(label=_("事情经过"), max_length=MOST_WORDS, widget=_WORDS)
    concerns = SomeField(label=_("涉及谁"), required=False)

    def __init__(self, data: Any, *, people: Choices, counties: Choices, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "concerns", people())
        offer(self, "place", counties())

    def clean_kind(self) -> CaseKind:
        """The kind."""
        return CaseKind(self.cleaned_data["kind"])


class FindingForm(SavingForm):
    """What was found."""

    confirmed = forms.TypedChoiceField(
        label=_("结论"),
        choices=[("", "—"), ("yes", _("属实")), ("no", _("不属实"))],
        coerce=lambda text: text == "yes",
        empty_value=None,
    )
    finding = forms.CharField(label=_("了解到的情况和处理"), max_length=MOST_WORDS, widget=_WORDS)
