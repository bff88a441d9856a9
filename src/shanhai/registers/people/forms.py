# SPDX-License-Identifier: Apache-2.0
"""What people type on the pages of people."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.accounts import selectors as accounts
from shanhai.base.forms import SavingForm, refused
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.registers.organisations.selectors import named_organisation
from shanhai.registers.people.models import Person
from shanhai.registers.people.values import PersonFacts
from shanhai.registers.tables.forms import DayField

ORGANISATIONS, PROGRAMMES, DIVISIONS = "organisations", "programmes", "divisions"


class FilterForm(forms.Form):
    """The filters above the list. What cannot be understood filters nothing."""

    programme = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    text = forms.CharField(label=_("姓名、职务或单位"), required=False, max_length=100)
    place = forms.CharField(label=_("行政区划代码"), required=False, max_length=6)
    past = forms.BooleanField(label=_("包括已结束的任职"), required=False)

    def filters(self, today: date) -> dict[str, Any]:
        """The filters that were understood."""
        self.is_valid()
        given = self.cleaned_data
        asked = {name: given.get(name, "") for name in ("programme", "text", "place")}
        return {**asked, "on": None if given.get("past") else today}


class PersonForm(SavingForm):
    """What is kept of a person, and by which account they are called."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    duty = forms.CharField(label=_("职务"), max_length=100)
    organisation = forms.CharField(
        label=_("单位"),
        max_length=120,
        required=False,
        help_text=_("已登记的单位全称。"),
        widget=forms.TextInput(attrs={"list": ORGANISATIONS, "autocomplete": "off"}),
    )
    work_phone = forms.CharField(
        label=_("办公电话"), max_length=30, required=False, help_text=_("叫应的短信和语音电话打这个号码。")
    )
    username = forms.CharField(
        label=_("登录账号"),
        max_length=150,
        required=False,
        help_text=_("本人登录用的用户名；站内叫应和邮件送到这个账号。没有就空着。"),
    )
    programme = forms.CharField(
        label=_("对口支援"),
        max_length=40,
        help_text=_("对口支援的代码，可从列表中选。"),
        widget=forms.TextInput(attrs={"list": PROGRAMMES, "autocomplete": "off"}),
    )
    place = forms.CharField(
        label=_("行政区划代码"),
        max_length=6,
        required=False,
        help_text=_("在某个县工作时填；旧代码按变更后的登记。"),
        widget=forms.TextInput(attrs={"list": DIVISIONS, "autocomplete": "off"}),
    )
    valid_from = DayField(label=_("任职开始"))
    because = forms.CharField(label=_("更正原因"), max_length=500, required=False)

    def __init__(self, data: Any, *, viewer: Actor, person: Person | None, programme: str = "") -> None:
        stands: dict[str, Any] = {"programme": programme}
        if person is not None:
            stands = {name: getattr(person, name) for name in ("name", "duty", "work_phone", "programme", "place")}
            stands["valid_from"] = person.valid_from
            stands["username"] = person.user.username if person.user else ""
            stands["organisation"] = person.organisation.name if person.organisation else ""
        super().__init__(data, initial=stands)
        self._viewer, self._person = viewer, person
        if person is None:
            del self.fields["because"]

    def clean_organisation(self) -> UUID | None:
        """The organisation of that name. Raises ValidationError for none and for several."""
        name = self.cleaned_data["organisation"].strip()
        if not name:
            return None
        kept = self._person.organisation if self._person else None
        if kept is not None and kept.name == name:
            return kept.uuid
        try:
            return named_organisation(viewer=self._viewer, name=name).uuid
        except BadInput as error:
            raise refused(error) from error

    def clean_username(self) -> UUID | None:
        """The account of that name; the one that stands may be switched off. Raises ValidationError for none."""
        name, kept = self.cleaned_data["username"].strip(), self._person.user if self._person else None
        if not name:
            return None
        found = kept if kept is not None and kept.username == name else accounts.find_named(username=name)
        if found is None:
            raise forms.ValidationError(
                gettext("没有可用的账号“%(name)s”。请检查拼写，或请管理员启用。") % {"name": name}
            )
        return found.uuid

    def facts(self) -> PersonFacts:
        """What was typed."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("because", "username")}
        return PersonFacts(**given, user=self.cleaned_data["username"])


class EndForm(SavingForm):
    """From when on a duty is no longer held."""

    until = DayField(label=_("从哪天起不再任职"))
    because = forms.CharField(label=_("原因"), max_length=500, required=False)


class EraseForm(SavingForm):
    """Why a person is erased before the time."""

    because = forms.CharField(label=_("为什么清除"), max_length=500)
