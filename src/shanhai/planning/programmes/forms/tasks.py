# SPDX-License-Identifier: Apache-2.0
"""What people type about tasks."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TaskReportForm(forms.Form):
    """How far a task has come, in percent, and a word on it."""

    progress_percent = forms.IntegerField(label=_("进展（%）"), min_value=0, max_value=100)
    note = forms.CharField(label=_("说明"), max_length=500, required=False)
