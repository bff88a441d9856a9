# SPDX-License-Identifier: Apache-2.0
"""What people type about work groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.planning.programmes.forms.fields import SavingForm, day_between, day_field, offer


class GroupForm(SavingForm):
    """What a work group is called and what it is for."""

    name = forms.CharField(label=_("工作组名称"), max_length=60)
    duty = forms.CharField(label=_("职责"), max_length=200, required=False)


class MembersForm(SavingForm):
    """Who belongs to a group; none is an answer too."""

    refs = forms.MultipleChoiceField(label=_("谁可以替本组填报"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "refs", people)


class RetireForm(SavingForm):
    """The day from which a group gets no more tasks."""

    on = day_field(_("从哪一天起停用"))

    def __init__(self, *args: Any, first: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first, self.today = first, today
        self.fields["on"].initial = today

    def clean_on(self) -> date:
        """The day. Raises ValidationError for one before the programme starts or still to come."""
        return day_between(self.cleaned_data["on"], self.first, self.today)
