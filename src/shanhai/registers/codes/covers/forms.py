# SPDX-License-Identifier: Apache-2.0
"""What a buyer types to open a covered code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.registers.codes.covers.rules.secrets import DIGITS, digits_of


class RevealForm(forms.Form):
    """A label, what was under its cover, and where about one is."""

    code = forms.CharField(label=_("标签上的码"), max_length=300, help_text=_("扫码进来的已经填好。"))
    typed = forms.CharField(
        label=_("覆盖码"),
        max_length=40,
        help_text=_("刮开后的 16 位数字。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    place = forms.ChoiceField(label=_("您在哪个地区"), required=False, help_text=_("只到地级，不填也可以。"))

    def __init__(
        self, data: Any, *, places: Sequence[tuple[str, str, Sequence[tuple[str, str]]]], initial: dict[str, str]
    ) -> None:
        super().__init__(data, initial=initial)
        groups = [(name, [(code, name), *below]) for code, name, below in places]
        self.fields["place"].choices = [("", _("不说")), *groups]  # type: ignore[attr-defined]

    def clean_typed(self) -> str:
        """The digits. Raises ValidationError for what no covered code can be."""
        digits = digits_of(self.cleaned_data["typed"])
        if len(digits) != DIGITS or not (digits.isascii() and digits.isdecimal()):
            raise forms.ValidationError(_("覆盖码是 16 位数字。请对照标签再输。"), code="codes.cover_form")
        return digits
