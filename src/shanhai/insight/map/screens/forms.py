# SPDX-License-Identifier: Apache-2.0
"""What a new screen is to show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from shanhai.base.formats import say
from shanhai.base.forms import SavingForm
from shanhai.kernel.figures import Figure
from shanhai.registers.tables.forms import DayField

SCHEMES = (("light", _("浅色")), ("dark", _("深色")))


class ScreenForm(SavingForm):
    """Where it hangs, what it shows, how, and until when."""

    programme = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("挂在哪里"), max_length=100, help_text=_("例如：指挥部一楼大厅。大屏上看得到。"))
    figures = forms.MultipleChoiceField(
        label=_("上方的数"), widget=forms.CheckboxSelectMultiple, help_text=_("选 1 到 8 个。")
    )
    shade = forms.ChoiceField(label=_("各县按哪个数着色"))
    second = forms.ChoiceField(label=_("另按哪个数给各县排名"))
    speaks = forms.ChoiceField(label=_("语言"), choices=settings.LANGUAGES)
    scheme = forms.ChoiceField(label=_("配色"), choices=SCHEMES)
    expires_on = DayField(label=_("用到哪一天"), help_text=_("最多一年。过了这一天，地址就打不开。"))

    def __init__(self, *args: Any, top: Sequence[Figure], counted: Sequence[Figure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, Any] = self.fields
        offered["figures"].choices = [(one.key, say(one.label)) for one in top]
        for name in ("shade", "second"):
            offered[name].choices = [(one.key, say(one.label)) for one in counted]


class RevokeScreenForm(SavingForm):
    """Which screen is revoked."""

    screen = forms.UUIDField(widget=forms.HiddenInput)
