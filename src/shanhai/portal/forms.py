# SPDX-License-Identifier: Apache-2.0
"""Forms of the pages shared by all apps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from shanhai.base.formats import say
from shanhai.kernel.registry import Importer
from shanhai.registers.documents.values import TABLES_SHOWN
from shanhai.registers.tables.forms import DayField, offer

# What may be said beside a file; each kind takes what it knows.
OPTIONS = ("programme", "cut_off", "crs")


class ImportForm(forms.Form):
    """A file to take in, as what (or what its header tells), for which programme, and what else its kind asks for."""

    file = forms.FileField(
        label=_("表格文件"),
        help_text=format_lazy(_("{kinds}。先检查，您确认后才入库。"), kinds=TABLES_SHOWN),
        widget=forms.ClearableFileInput(attrs={"accept": TABLES_SHOWN}),
    )
    kind = forms.ChoiceField(label=_("种类"), required=False)
    programme = forms.ChoiceField(label=_("对口支援"), required=False)
    cut_off = DayField(
        label=_("数据截至"),
        required=False,
        help_text=_("县级报表要填；表里已写明的可以不填。"),
    )
    crs = forms.ChoiceField(
        label=_("坐标系"),
        required=False,
        choices=[
            ("", _("没有坐标")),
            ("wgs84", "WGS 84"),
            ("cgcs2000", "CGCS2000"),
            ("gcj02", "GCJ-02"),
            ("bd09", "BD-09"),
        ],
        help_text=_("表里有经纬度时要选。"),
    )

    def __init__(
        self, *args: Any, programmes: Sequence[tuple[str, str]], kinds: Sequence[Importer], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "programme", programmes)
        offer(self, "kind", [("", _("按表头判断")), *((one.key, say(one.label)) for one in kinds)])
        # Every file is kept for a programme; the rest only some kinds ask for.
        for name in set(OPTIONS).difference({"programme"}, *(one.options for one in kinds)):
            del self.fields[name]

    def options(self) -> dict[str, str]:
        """What was said beside the file, as text."""
        given = {name: self.cleaned_data.get(name) for name in OPTIONS}
        return {name: value.isoformat() if name == "cut_off" else value for name, value in given.items() if value}
