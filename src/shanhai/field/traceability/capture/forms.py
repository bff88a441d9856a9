# SPDX-License-Identifier: Apache-2.0
"""What people type about parties and credentials; the services judge it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import SavingForm, refused
from shanhai.field.traceability.labels import PARTY_KINDS
from shanhai.kernel.errors import DomainError
from shanhai.registers.places.selectors import meant_division
from shanhai.registers.tables.forms import offer

Choices = Sequence[tuple[str, Any]]


class PartyForm(SavingForm):
    """An organisation that becomes a party."""

    organisation = forms.ChoiceField(label=_("单位"), help_text=_("没有的，先到“单位名录”里登记。"))
    programme = forms.ChoiceField(label=_("对口支援"))
    kind = forms.ChoiceField(
        label=_("主要做什么"), choices=[(kind.value, _(words)) for kind, words in PARTY_KINDS.items()]
    )
    place = forms.CharField(label=_("所在区县"), max_length=40, help_text=_("名称或六位区划代码，例如比如县。"))
    national_code = forms.CharField(
        label=_("主体码"), max_length=40, required=False, help_text=_("国家追溯平台给的；没有就空着。")
    )

    def __init__(self, *args: Any, organisations: Choices, programmes: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organisation", organisations)
        offer(self, "programme", programmes)

    def clean_place(self) -> str:
        """The code of the division."""
        try:
            return meant_division(self.cleaned_data["place"]).code
        except DomainError as error:
            raise refused(error) from None


class RecorderForm(SavingForm):
    """Who is to record."""

    user = forms.ChoiceField(label=_("账号"), help_text=_("有溯源记录员岗位的人。"))

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "user", people)


class ReleaseForm(SavingForm):
    """Who records no more."""

    recorder = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)


class CredentialForm(SavingForm):
    """A credential for a program."""

    name = forms.CharField(label=_("给哪个程序用"), max_length=100)
    write = forms.BooleanField(label=_("可以写入"), required=False, help_text=_("要采集事件的程序才要。"))


class RevokeForm(SavingForm):
    """Which credential is revoked."""

    credential = forms.UUIDField(widget=forms.HiddenInput)


class EndForm(SavingForm):
    """That a party records no more."""
