# SPDX-License-Identifier: Apache-2.0
"""What an administrator types about users. Whether it is acceptable, the services say."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from shanhai.base.accounts.roles import ROLES
from shanhai.base.accounts.values import Digest

RHYTHMS = {Digest.OFF: _("不寄"), Digest.DAILY: _("每天早上八点"), Digest.WEEKLY: _("每周一早上八点")}


class UserForm(forms.Form):
    """A new user."""

    username = forms.CharField(
        label=_("用户名"), max_length=60, help_text=_("登录用，小写字母和数字，如 zhangsan。定了就不能改。")
    )
    display_name = forms.CharField(label=_("姓名"), max_length=60)
    email = forms.EmailField(label=_("电子邮箱"), required=False, help_text=_("可以不填。系统管理员填了才收得到提醒。"))


class GrantForm(forms.Form):
    """A role for a user, within a scope."""

    role = forms.ChoiceField(label=_("岗位"), choices=[(role.key, role.name) for role in ROLES.values()])
    programme = forms.CharField(
        label=_("援助项目代码"), max_length=40, required=False, help_text=_("如 zj-ganzi；不填就是全部。")
    )
    place = forms.CharField(
        label=_("区划代码"), max_length=6, required=False, help_text=_("六位数字，如 513301；不填就是全部地方。")
    )
    valid_from = forms.DateField(
        label=_("从哪天起"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("不填就是今天。"),
    )


class DigestForm(forms.Form):
    """How often, and in which language, a user wants what waits for them by e-mail."""

    digest = forms.ChoiceField(label=_("寄待办"), choices=[(one.value, words) for one, words in RHYTHMS.items()])
    language = forms.ChoiceField(label=_("邮件的语言"), choices=settings.LANGUAGES)
