# SPDX-License-Identifier: Apache-2.0
"""What people type on the pages of bulletins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import ReasonForm, SavingForm
from shanhai.insight.reports.composing.services.writing import (
    MOST_HEADING,
    MOST_NUMBER,
    MOST_SECTIONS,
    MOST_TITLE,
    MOST_UNIT,
    Said,
)
from shanhai.insight.reports.labels import BLOCKS, KINDS
from shanhai.insight.reports.values import Block, BulletinKind
from shanhai.kernel import ids
from shanhai.registers.tables.forms import DayField, WholeField

# Empty sections below those that are written.
MORE = 2
ABOUTS = {"batch": _("第 %(name)s 批"), "campaign": _("行动“%(name)s”")}


class StartForm(SavingForm):
    """Which bulletin is begun: its kind, its period or what it is about, and the day of its figures."""

    kind = forms.ChoiceField(label=_("种类"))
    year = WholeField(label=_("年"), required=False, min_value=1978, max_value=2100)
    number = WholeField(
        label=_("第几个月或季度"), required=False, min_value=1, max_value=12, help_text=_("月度报告和行动简报填月份。")
    )
    about = forms.ChoiceField(
        label=_("写什么"), required=False, help_text=_("行动简报和批次总结要选；项目专卷填下面的项目编号。")
    )
    project_code = forms.CharField(label=_("项目编号"), required=False, max_length=40)
    cut_off = DayField(label=_("数字截止日"))
    unit = forms.CharField(label=_("填报单位"), required=False, max_length=MOST_UNIT)

    def __init__(self, *args: Any, abouts: Sequence[tuple[str, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, gettext(word)) for kind, word in KINDS.items()]  # type: ignore[attr-defined]
        named = [(uuid, str(ABOUTS[kind]) % {"name": name}) for kind, uuid, name in abouts]
        self.fields["about"].choices = [("", "—"), *named]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        given: dict[str, Any] = super().clean() or {}
        if "kind" in given:
            given["kind"] = BulletinKind(given["kind"])
        return given | {"about": ids.parse_id(given["about"]) if given.get("about") else None}


class BulletinForm(forms.Form):
    """A bulletin as a whole: its head, and three fields for each section, two sections more than there are."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("标题"), max_length=MOST_TITLE)
    unit = forms.CharField(label=_("填报单位"), required=False, max_length=MOST_UNIT)
    document_number = forms.CharField(
        label=_("文号"), required=False, max_length=MOST_NUMBER, help_text=_("没有就不填，定稿时还可以填。")
    )

    def __init__(self, data: Any = None, *, sections: Sequence[Said], **kw: Any) -> None:
        super().__init__(data, **kw)
        sent = sum(1 for name in data or () if name.startswith("heading-"))
        self.count = min(max(len(sections) + MORE, sent), MOST_SECTIONS + MORE)
        written = [*sections, *[Said("")] * self.count][: self.count]
        for place, one in enumerate(written):
            number = {"number": place + 1}
            self.fields[f"heading-{place}"] = forms.CharField(
                label=_("第 %(number)s 节的标题") % number, required=False, initial=one.heading, max_length=MOST_HEADING
            )
            self.fields[f"text-{place}"] = forms.CharField(
                label=_("第 %(number)s 节的正文") % number,
                required=False,
                initial=one.text,
                strip=False,
                widget=forms.Textarea(attrs={"rows": 6 if one.heading else 2}),
            )
            self.fields[f"block-{place}"] = forms.ChoiceField(
                label=_("第 %(number)s 节后面的表") % number,
                required=False,
                initial=one.block,
                choices=[(block.value, gettext(word)) for block, word in BLOCKS.items()],
            )

    @property
    def head(self) -> list[BoundField]:
        """The fields of the head."""
        return [self[name] for name in ("title", "unit", "document_number")]

    @property
    def rows(self) -> list[tuple[BoundField, BoundField, BoundField]]:
        """The three fields of each section."""
        return [(self[f"heading-{at}"], self[f"text-{at}"], self[f"block-{at}"]) for at in range(self.count)]

    def said(self) -> list[Said]:
        """The sections as they were typed, empty ones too, so that a fault names its own."""
        given = self.cleaned_data
        return [
            Said(given[f"heading-{at}"], given[f"text-{at}"], Block(given[f"block-{at}"])) for at in range(self.count)
        ]


class OpinionForm(SavingForm):
    """An opinion that may be left out."""

    because = forms.CharField(label=_("意见"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ReturnForm(ReasonForm):
    """Why a bulletin goes back."""


class FreezeForm(SavingForm):
    """The number of the document, where it has one."""

    document_number = forms.CharField(label=_("文号"), required=False, max_length=MOST_NUMBER)
