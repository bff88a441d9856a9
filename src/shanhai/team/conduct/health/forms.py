# SPDX-License-Identifier: Apache-2.0
"""What people type about health: the items of a template as fields; a new version of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.formats import named
from shanhai.base.forms import SavingForm
from shanhai.registers.tables.forms import DayField, NumberField
from shanhai.team.conduct import labels
from shanhai.team.conduct.health.rules.items import MOST_TEXT, Item
from shanhai.team.conduct.values import MOST_SOURCE, ItemType, ListKind

MOST_ITEMS_TEXT = 8000
_KINDS = [(one.value, _(words)) for one, words in labels.LISTS.items()]
_HOW = _("一行一项：名称 | English | 类型 | 单位 | 最小 | 最大 | 低于 | 高于。类型写数字、文字、是否或日期。")


class SheetForm(SavingForm):
    """A list that somebody fills in: the day, and a field for each item; what is left empty stays out."""

    day = DayField(label=_("哪一天"))

    def __init__(self, data: Any, *, items: Sequence[Item], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for number, item in enumerate(items):
            self.fields[f"item-{number}"] = _field(item)

    def clean(self) -> dict[str, Any]:
        """The day and the answers by number of item."""
        given = super().clean() or {}
        if self.errors:
            return given
        names = [name for name in given if name.startswith("item-")]
        return {"day": given["day"], "answers": {name.removeprefix("item-"): given[name] for name in names}}


class TemplateForm(SavingForm):
    """A new version of a list."""

    kind = forms.ChoiceField(label=_("哪一张"), choices=_KINDS)
    items = forms.CharField(
        label=_("各项"), max_length=MOST_ITEMS_TEXT, widget=forms.Textarea(attrs={"rows": 10}), help_text=_HOW
    )
    source = forms.CharField(label=_("依据"), max_length=MOST_SOURCE)
    valid_from = DayField(label=_("从哪天起用"))

    def clean_kind(self) -> ListKind:
        """The list."""
        return ListKind(self.cleaned_data["kind"])


def _field(item: Item) -> forms.Field:
    label = f"{named(item)}（{item.unit}）" if item.unit else named(item)
    if item.type is ItemType.NUMBER:
        return NumberField(label=label, required=False)
    if item.type is ItemType.DAY:
        return DayField(label=label, required=False)
    if item.type is ItemType.YES_NO:
        choices = [("", "—"), ("no", _("否")), ("yes", _("是"))]
        return forms.ChoiceField(label=label, required=False, choices=choices)
    return forms.CharField(label=label, required=False, max_length=MOST_TEXT)
