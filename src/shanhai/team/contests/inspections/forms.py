# SPDX-License-Identifier: Apache-2.0
"""What people type about inspections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import ReasonForm, SavingForm
from shanhai.registers.tables.forms import UNCHOSEN, Choices, DayField, LateChoiceField, offer
from shanhai.team.contests import labels
from shanhai.team.contests.models import Question
from shanhai.team.contests.values import MOST_SOURCE, MOST_WORDS, Answer

_ANSWERS = [(one.value, _(words)) for one, words in labels.ANSWERS.items()]


class QuestionsForm(SavingForm):
    """A new version of the questions, one a line."""

    words = forms.CharField(label=_("问题，一行一个"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6}))
    source = forms.CharField(label=_("依据"), max_length=MOST_SOURCE)
    valid_from = DayField(label=_("从哪天起用"))

    def clean_words(self) -> list[str]:
        """The questions."""
        return [line.strip() for line in self.cleaned_data["words"].splitlines() if line.strip()]


class InspectionForm(SavingForm):
    """Which group, by whom, on which day; an answer to each question."""

    group = LateChoiceField(label=_("查哪个组"))
    by_group = LateChoiceField(label=_("由哪个组查（互检）"), required=False)
    day = DayField(label=_("哪一天"))

    def __init__(self, data: Any, *, groups: Choices, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "group", groups, first=UNCHOSEN)
        offer(self, "by_group", groups, first=("", gettext("自查")))
        for one in questions:
            self.fields[f"answer-{one.position}"] = forms.ChoiceField(label=one.words, choices=[UNCHOSEN, *_ANSWERS])
            self.fields[f"note-{one.position}"] = forms.CharField(
                label=_("说明"), required=False, max_length=MOST_WORDS
            )

    def clean(self) -> dict[str, Any]:
        """The answers by position."""
        given = super().clean() or {}
        if self.errors:
            return given
        positions = [int(name.removeprefix("answer-")) for name in given if name.startswith("answer-")]
        answers = {one: (Answer(given[f"answer-{one}"]), given[f"note-{one}"]) for one in positions}
        return {name: given[name] for name in ("group", "by_group", "day")} | {"answers": answers}


class AssignForm(SavingForm):
    """Who mends it, until when."""

    owner = LateChoiceField(label=_("谁来整改"))
    due_on = DayField(label=_("期限"))

    def __init__(self, data: Any, *, people: Choices, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "owner", people, first=UNCHOSEN)


class MendedForm(SavingForm):
    """By what one sees that it is mended."""

    proof = forms.CharField(label=_("怎样整改的，在哪里看得到"), max_length=MOST_WORDS)


class ReopenForm(ReasonForm):
    """Why it is sent back, until when."""

    due_on = DayField(label=_("期限"))
