# SPDX-License-Identifier: Apache-2.0
"""A limit that a programme sets."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import SavingForm
from shanhai.registers.tables.forms import DayField, WholeField
from shanhai.team.conduct import labels
from shanhai.team.conduct.values import MOST_SOURCE, LimitKey

_KEYS = [(key.value, _(words)) for key, words in labels.LIMITS.items()]


class LimitForm(SavingForm):
    """Which limit, how much, from when, by what."""

    key = forms.ChoiceField(label=_("哪一条"), choices=_KEYS)
    value = WholeField(label=_("限值"), min_value=0, max_value=10000)
    source = forms.CharField(label=_("依据"), max_length=MOST_SOURCE)
    valid_from = DayField(label=_("从哪天起算"))

    def clean_key(self) -> LimitKey:
        """The limit."""
        return LimitKey(self.cleaned_data["key"])
