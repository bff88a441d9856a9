# SPDX-License-Identifier: Apache-2.0
"""What people type on the pages of publicity, recognitions and cases."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import ReasonForm, SavingForm
from shanhai.insight.reports.labels import LEVELS, MENTIONS
from shanhai.insight.reports.values import MOST_CASE_TEXT, MOST_MENTION, TEMPLATE, MediaLevel, MentionKind
from shanhai.registers.tables.forms import DayField


class MentionForm(SavingForm):
    """A report, a praise, a case chosen or an award."""

    kind = forms.ChoiceField(label=_("种类"))
    level = forms.ChoiceField(label=_("级别"))
    title = forms.CharField(label=_("标题"), max_length=MOST_MENTION["title"])
    outlet = forms.CharField(
        label=_("媒体、渠道或单位"), max_length=MOST_MENTION["outlet"], help_text=_("写单位，不写个人。")
    )
    on = DayField(label=_("日期"))
    url = forms.CharField(
        label=_("链接"),
        required=False,
        max_length=500,
        help_text=_("有链接计为公开报道，有文号计为报表；都没有的，标“没有依据”。"),
    )
    document_number = forms.CharField(label=_("文号"), required=False, max_length=MOST_MENTION["document_number"])
    file = forms.FileField(label=_("截图或扫描件"), required=False, help_text=_("PDF、图片或文档；没有就不传。"))

    def __init__(self, *args: Any, kinds: Collection[MentionKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(one.value, gettext(MENTIONS[one])) for one in kinds]  # type: ignore[attr-defined]
        self.fields["level"].choices = [(one.value, gettext(word)) for one, word in LEVELS.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        given: dict[str, Any] = super().clean() or {}
        kinds = {"kind": MentionKind, "level": MediaLevel}
        sent = given.get("file")
        given |= {name: kind(given[name]) for name, kind in kinds.items() if name in given}
        return given | {"file": sent or None, "name": sent.name if sent else ""}


class CaseForm(SavingForm):
    """A case after the template; what is empty may be written later."""

    title = forms.CharField(label=_("标题"), max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in TEMPLATE.items():
            self.fields[name] = forms.CharField(
                label=gettext(words),
                required=False,
                max_length=MOST_CASE_TEXT,
                widget=forms.Textarea(attrs={"rows": 5}),
            )

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        given: dict[str, Any] = super().clean() or {}
        return {"title": given.get("title", ""), "texts": {name: given.get(name, "") for name in TEMPLATE}}


class AcceptForm(SavingForm):
    """An opinion that may be left out."""

    because = forms.CharField(label=_("意见"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class CaseReturnForm(ReasonForm):
    """Why a case goes back."""
