# SPDX-License-Identifier: Apache-2.0
"""What an administrator types about users. Whether it is acceptable, the services say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.accounts.roles import ROLES
from shanhai.base.accounts.values import Digest
from shanhai.base.forms import CorrectingForm
from shanhai.kernel.registry import registries

ALL = "*"
# Of divisions of one name, so many are named.
NAMED = 5
RHYTHMS = {Digest.OFF: _("不寄"), Digest.DAILY: _("每天早上八点"), Digest.WEEKLY: _("每周一早上八点")}


class UserForm(forms.Form):
    """A new user."""

    username = forms.CharField(
        label=_("用户名"), max_length=60, help_text=_("登录用，小写字母和数字，如 zhangsan。定了就不能改。")
    )
    display_name = forms.CharField(label=_("姓名"), max_length=60)
    email = forms.EmailField(label=_("电子邮箱"), required=False, help_text=_("可以不填。系统管理员填了才收得到提醒。"))


class UserCorrectionForm(CorrectingForm):
    """What of an account may be corrected."""

    display_name = UserForm.base_fields["display_name"]
    email = UserForm.base_fields["email"]


class GrantForm(forms.Form):
    """A role for a user, within a scope; what there is to choose from, the apps of programmes and places say."""

    role = forms.ChoiceField(label=_("岗位"), choices=[(role.key, role.name) for role in ROLES.values()])
    programme = forms.ChoiceField(label=_("援助项目"), required=False, help_text=_("系统管理员不选，其他岗位必选。"))
    place = forms.CharField(
        label=_("县（市）"),
        max_length=60,
        required=False,
        help_text=_("受援县工作人员必填：输入名称或代码，从列表中选；其他岗位不填就是全部地方。"),
        widget=forms.TextInput(attrs={"list": "divisions", "autocomplete": "off"}),
    )
    valid_from = forms.DateField(
        label=_("从哪天起"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("不填就是今天。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = {kind.key: kind.list_choices() for kind in registries.scopes}
        programmes = self.fields["programme"]
        assert isinstance(programmes, forms.ChoiceField)
        programmes.choices = [("", _("请选择")), *self.choices["programme"], (ALL, _("全部援助项目"))]

    def clean_place(self) -> str:
        """The code of the one division that is typed by name, short or full; a code, and what none is called, as it is.

        Of several the sentence names the first.
        """
        text, known = self.cleaned_data["place"].strip(), dict(self.choices["place"])
        named = [code for code, name in known.items() if text and str(name).startswith(text)]
        whole = [code for code in named if str(known[code]).split()[0] == text]
        if text in known or not named:
            return str(text)
        if len(found := whole or named) > 1:
            first = gettext("、").join(f"{known[code]} {code}" for code in found[:NAMED])
            raise forms.ValidationError(
                gettext("叫“%(text)s”的不止一个：%(first)s。请填其中一个的代码。") % {"text": text, "first": first}
            )
        return found[0]

    def clean(self) -> dict[str, Any]:
        """All programmes are no programme, said aloud."""
        given = super().clean() or self.cleaned_data
        everywhere = given.get("programme") == ALL
        return {**given, "everywhere": everywhere, **({"programme": ""} if everywhere else {})}


class DigestForm(forms.Form):
    """How often, and in which language, a user wants what waits for them by e-mail."""

    digest = forms.ChoiceField(label=_("寄待办"), choices=[(one.value, words) for one, words in RHYTHMS.items()])
    language = forms.ChoiceField(label=_("邮件的语言"), choices=settings.LANGUAGES)
