# SPDX-License-Identifier: Apache-2.0
"""What people give on the page of IATI."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class FileForm(forms.Form):
    """A file to be checked; it is read and not kept."""

    file = forms.FileField(
        label=_("文件"),
        help_text=_("IATI 2.03 版的活动或机构文件（.xml）。只检查，不保存。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,application/xml,text/xml"}),
    )
