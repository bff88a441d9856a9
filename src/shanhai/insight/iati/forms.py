# SPDX-License-Identifier: Apache-2.0
"""What people give on the page of IATI."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.formats import named
from shanhai.base.forms import SavingForm

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme

_PICK = {"accept": ".xml,application/xml,text/xml"}


class FileForm(SavingForm):
    """A file to be checked; it is read and not kept."""

    file = forms.FileField(
        allow_empty_file=True,
        label=_("要检查的文件"),
        help_text=_("IATI 2.03 版的活动或机构文件（.xml）。只检查，不保存。"),
        widget=forms.ClearableFileInput(attrs=_PICK),
    )


class TakeInForm(SavingForm):
    """A file of others that is kept, and the programme it is kept with."""

    programme = forms.ChoiceField()
    file = forms.FileField(
        allow_empty_file=True,
        label=_("要收的文件"),
        help_text=_("别人发布的 IATI 2.03 版文件（.xml）。结构合标准的才收；收进来只作对照，不进本系统的账。"),
        widget=forms.ClearableFileInput(attrs=_PICK),
    )

    def __init__(self, *args: Any, programmes: Collection[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"] = forms.ChoiceField(
            label=_("对口支援"), choices=[(one.code, named(one)) for one in programmes]
        )
