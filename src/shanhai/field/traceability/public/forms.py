# SPDX-License-Identifier: Apache-2.0
"""What somebody writes who scanned a code and saw a problem: nothing about themselves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import SavingForm
from shanhai.field.traceability.labels import PROBLEM_KINDS
from shanhai.field.traceability.recalls.services.problems import MOST_WORDS


class ProblemForm(SavingForm):
    """A problem; ``form_id`` is of the form, so that what is sent twice counts once."""

    kind = forms.ChoiceField(
        label=_("看到了什么"), choices=[(one.value, _(words)) for one, words in PROBLEM_KINDS.items()],
        widget=forms.RadioSelect,
    )  # fmt: skip
    words = forms.CharField(
        label=_("说明"),
        max_length=MOST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("在哪里买的，什么样子。不用写姓名和电话。"),
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput)
