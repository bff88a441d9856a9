# SPDX-License-Identifier: Apache-2.0
"""What people type about tasks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.planning.programmes.forms.fields import day_field, offer
from shanhai.planning.programmes.states import Column


class TaskReportForm(forms.Form):
    """How far a task has come, in percent, and a word on it."""

    progress_percent = forms.IntegerField(label=_("进展（%）"), min_value=0, max_value=100)
    note = forms.CharField(label=_("说明"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class TaskMoveForm(forms.Form):
    """Moving a task to another column: how far it has come, or why it is given up."""

    progress_percent = forms.IntegerField(label=_("进展（%）"), min_value=1, max_value=99)
    note = forms.CharField(label=_("说明"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None, *, to: Column, **kw: Any) -> None:
        super().__init__(data, **kw)
        if to is not Column.AT_WORK:
            del self.fields["progress_percent"]
        if to is Column.DROPPED:
            self.fields["note"].required = True
            self.fields["note"].label = _("不再做的理由")


class TaskForm(forms.Form):
    """A task: what, who leads and helps, from when until when, and how one sees that it is done."""

    name = forms.CharField(label=_("任务"), max_length=200)
    owner_group = forms.ChoiceField(label=_("牵头组"))
    helpers = forms.MultipleChoiceField(label=_("配合组"), required=False, widget=forms.CheckboxSelectMultiple)
    starts_on = day_field(_("开始"), required=False)
    due_on = day_field(_("期限"), required=False)
    measure = forms.CharField(label=_("衡量标准"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, groups: Iterable[str], **kw: Any) -> None:
        super().__init__(data, **kw)
        choices = [(name, name) for name in groups]
        offer(self, "owner_group", choices)
        offer(self, "helpers", choices)
