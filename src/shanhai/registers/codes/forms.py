# SPDX-License-Identifier: Apache-2.0
"""What people type on the pages of codes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.formats import say
from shanhai.base.forms import SavingForm
from shanhai.kernel.actors import Actor
from shanhai.kernel.registry import registries
from shanhai.registers.codes.issue.rules.labels import SIZES
from shanhai.registers.codes.labels import AUDIENCES, LINK_TYPES
from shanhai.registers.codes.permissions import CodePermission
from shanhai.registers.tables.forms import WholeField

ORGANISATIONS = "organisations"
_LISTED = {"list": ORGANISATIONS, "autocomplete": "off"}


class FilterForm(forms.Form):
    """Which programme's batches are listed."""

    programme = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


class IssueForm(SavingForm):
    """Codes that are to be given out."""

    kind = forms.ChoiceField(label=_("码的种类"))
    count = WholeField(label=_("数量"), min_value=1)
    organisation = forms.CharField(
        label=_("给哪个单位"), max_length=120, widget=forms.TextInput(attrs=_LISTED), help_text=_("已登记的单位全称。")
    )
    programme = forms.ChoiceField(label=_("对口支援"))
    signed = forms.BooleanField(
        label=_("带签名，不联网也能核对"), required=False, help_text=_("防编造，不防照抄：复印的标签签名也对。")
    )
    covered = forms.BooleanField(
        label=_("带覆盖码，买的人刮开后查首次揭开"), required=False, help_text=_("覆盖码只能随标签印一次。")
    )

    def __init__(self, data: Any = None, *, viewer: Actor, programme: str = "", **kwargs: Any) -> None:
        super().__init__(data, initial={"programme": programme or viewer.chosen}, **kwargs)
        scopes = registries.scopes.get("programme")
        offered = scopes.list_choices() if scopes else ()
        held = [one for one in offered if viewer.may_somewhere(CodePermission.ISSUE, programme=one[0])]
        self.fields["programme"].choices = held  # type: ignore[attr-defined]
        kinds = [(one.key, say(one.label)) for one in registries.codes]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class RunForm(SavingForm):
    """A run of a batch."""

    first = WholeField(label=_("从第几个"), min_value=1)
    last = WholeField(label=_("到第几个"), min_value=1)

    def __init__(self, data: Any = None, *, count: int, **kwargs: Any) -> None:
        super().__init__(data, initial={"first": 1, "last": count}, **kwargs)


class PrintForm(RunForm):
    """Labels that are to be printed."""

    size = forms.ChoiceField(label=_("标签纸"), choices=[(key, _(one.name)) for key, one in SIZES.items()])


class ActivateForm(RunForm):
    """Labels that are in use from now on."""


class RevokeForm(RunForm):
    """Codes that are called back."""

    because = forms.CharField(label=_("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class TransferForm(RunForm):
    """Codes that another organisation gets."""

    taker = forms.CharField(
        label=_("移交给"), max_length=120, widget=forms.TextInput(attrs=_LISTED), help_text=_("已登记的单位全称。")
    )
    because = forms.CharField(label=_("说明"), max_length=500, required=False)


class LinkForm(SavingForm):
    """Where a code is to lead."""

    TOLD_AS = {"language": "hreflang"}

    anchor = forms.CharField(
        label=_("码"), max_length=300, help_text=_("网址、/01/… 这样的路径，或 (01)… 元素串；可以到批次或单件。")
    )
    type = forms.ChoiceField(label=_("链接类型"), choices=[(key, _(word)) for key, word in LINK_TYPES.items()])
    href = forms.CharField(label=_("目标"), max_length=1000, help_text=_("https:// 开头，或本站以 / 开头的地址。"))
    title = forms.CharField(label=_("名称"), max_length=100)
    # Not "language", as the menu of languages sends it.
    hreflang = forms.CharField(
        label=_("语言"), max_length=5, required=False, help_text=_("zh、en、bo；不分语言就空着。")
    )
    media_type = forms.CharField(label=_("媒体类型"), max_length=60, initial="text/html")
    audience = forms.ChoiceField(
        label=_("给谁看"),
        required=False,
        choices=[("", _("所有人")), *((key, _(word)) for key, word in AUDIENCES.items())],
    )
    default = forms.BooleanField(label=_("扫码就打开它"), required=False)
    programme = forms.ChoiceField(label=_("对口支援"))

    def __init__(self, data: Any = None, *, viewer: Actor, **kwargs: Any) -> None:
        super().__init__(data, initial={"programme": viewer.chosen}, **kwargs)
        scopes = registries.scopes.get("programme")
        offered: Collection[tuple[str, str]] = scopes.list_choices() if scopes else ()
        held = [one for one in offered if viewer.may_somewhere(CodePermission.ISSUE, programme=one[0])]
        self.fields["programme"].choices = held  # type: ignore[attr-defined]
