# SPDX-License-Identifier: Apache-2.0
"""A text as it comes in: pasted, or a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.insight.evidence.texts.values import LONGEST_PASTE


class CheckForm(forms.Form):
    """A text to check: pasted, or in a file."""

    text = forms.CharField(
        label=_("正文"),
        required=False,
        strip=False,
        max_length=LONGEST_PASTE,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("把要发的稿子贴在这里。"),
    )
    file = forms.FileField(
        label=_("或者选文件"),
        required=False,
        help_text=_(".txt、.html、.docx、.pdf、.xlsx"),
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.html,.htm,.docx,.pdf,.xlsx"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two, not both."""
        given = super().clean() or {}
        if not self.errors and bool((given.get("text") or "").strip()) == bool(given.get("file")):
            self.add_error("text", _("贴正文或者选文件，二者选一。"))
        return given
