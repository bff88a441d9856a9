# SPDX-License-Identifier: Apache-2.0
"""The table of organisations, and what people type on the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import AnsweringForm
from shanhai.kernel.messages import gettext_noop, message
from shanhai.registers.organisations.labels import KINDS
from shanhai.registers.organisations.models import Organisation
from shanhai.registers.organisations.values import OrganisationKind, OrganisationRow
from shanhai.registers.tables.rules import cells
from shanhai.registers.tables.values import Field, Holds, TableKind

_KIND_WORDS = {word: kind.value for kind, word in KINDS.items()}
# A longer one is refused by the rules, which say how long it may be.
_LONG = 400


def _kind(cell: object) -> str:
    text = cells.text_of(cell)
    return _KIND_WORDS.get(text, text)


ORGANISATIONS = TableKind(
    "organisations",
    message(gettext_noop("单位名录")),
    (
        Field(
            "name", ("名称", "单位名称", "机构名称", "企业名称"), Holds.TEXT, cells.text(_LONG),
            required=True, identity=True, width=36,
        ),
        Field("short_name", ("简称", "short name"), Holds.TEXT, cells.text(_LONG)),
        # As it stands in the sheet: a number here has lost digits, and the rules must see that.
        Field("uscc", ("统一社会信用代码", "信用代码"), Holds.CODE, lambda cell: cell, width=22),
        Field("kind", ("类别", "类型"), Holds.TEXT, _kind, choices=tuple(KINDS.values())),
        Field("division", ("行政区划代码", "区划代码"), Holds.TEXT, cells.text_of),
    ),
    tells=lambda keys: "name" in keys,
    passed_over=frozenset({"序号", "备注", "说明", "原因"}),
    asks_for="“名称”",
)  # fmt: skip


_KINDS = [(kind.value, _(words)) for kind, words in KINDS.items()]


class FilterForm(forms.Form):
    """The filters above the list. What cannot be understood filters nothing."""

    text = forms.CharField(label=_("名称、简称、拼音首字母或信用代码"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *_KINDS])

    def filters(self) -> dict[str, Any]:
        """The filters that were understood."""
        self.is_valid()
        kind = self.cleaned_data.get("kind")
        return {"text": self.cleaned_data.get("text", ""), "kind": OrganisationKind(kind) if kind else None}


class OrganisationForm(AnsweringForm):
    """What is registered of an organisation."""

    ANSWERS: ClassVar = {"apart": "organisations.possible_twin"}

    name = forms.CharField(label=_("名称"), max_length=120, help_text=_("证书上的全称。"))
    short_name = forms.CharField(label=_("简称"), max_length=40, required=False)
    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("类别"), choices=_KINDS)
    division = forms.CharField(
        label=_("行政区划代码"), max_length=6, required=False, help_text=_("六位行政区划代码；旧代码按变更后的登记。")
    )
    because = forms.CharField(label=_("更正原因"), max_length=500, required=False)
    apart = forms.BooleanField(label=_("确实是不同的（名称相近时勾选）"), required=False)

    def __init__(self, data: Any, *, organisation: Organisation | None) -> None:
        stands = {}
        if organisation is not None:
            stands = {name: getattr(organisation, name) for name in ("name", "short_name", "uscc", "kind")}
            stands["division"] = organisation.division.code if organisation.division else ""
        super().__init__(data, initial=stands)
        if organisation is None:
            del self.fields["because"]

    def facts(self) -> OrganisationRow:
        """What was typed."""
        given = self.cleaned_data
        return OrganisationRow(**{name: given[name] for name in ("name", "short_name", "uscc", "kind", "division")})
