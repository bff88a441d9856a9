# SPDX-License-Identifier: Apache-2.0
"""Forms of the pages shared by all apps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ImportForm(forms.Form):
    """A table to take in, for which programme, and for a county table the day it stands for."""

    file = forms.FileField(
        label=_("表格文件"),
        help_text=_("项目表或县级报表，.xlsx、.xls 或 .csv。先检查，您确认后才入库。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )
    programme = forms.ChoiceField(label=_("对口支援"))
    cut_off = forms.DateField(
        label=_("数据截至"),
        required=False,
        help_text=_("县级报表要填；表里已写明的可以不填。"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, programmes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["programme"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = programmes
