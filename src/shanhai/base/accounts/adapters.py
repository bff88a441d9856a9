# SPDX-License-Identifier: Apache-2.0
"""How allauth and axes behave here: nobody signs up by themselves, and an outside identity must have been connected."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.accounts import selectors
from shanhai.base.accounts.values import ASKED


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("用户名或密码不对。请核对后再试；忘记密码请找系统管理员重设。"),
        "enter_current_password": _("现在的密码不对。请再输一次。"),
        "incorrect_password": _("密码不对。请再输一次。"),
        "incorrect_code": _("验证码不对，或已经过时。请输入此刻显示的六位数字。"),
        "same_as_current": _("新密码不能和现在的一样。请换一个。"),
        "too_many_login_attempts": _("输错的次数太多。请过一刻钟再试。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count nothing: lockout is axes' work, and two counters would give two different answers."""

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        if user is not None and user.has_usable_password() and user.check_password(password):
            raise self.validation_error("same_as_current")
        return str(super().clean_password(password, user))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        # Who had to change it before anything else goes on to their work.
        return str(settings.LOGIN_REDIRECT_URL) if request.session.pop(ASKED, False) else reverse("accounts:mine")


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_generate_recovery_codes": _("还没有启用一次性密码或通行密钥，所以用不着恢复码。"),
    }

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:
        return gettext("我的通行密钥")


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """An outside identity signs in only the user who has connected it, from their own account.

    Matching by e-mail would trust an address that nobody here has verified.
    """

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Keep of an outside identity only which one it is, not the name and picture that come with it."""
        sociallogin.account.extra_data = {}
        if sociallogin.account.pk:
            sociallogin.account.save(update_fields=["extra_data"])

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: object) -> str:
        return reverse("accounts:mine")


def lockout_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """What axes counts failures by: the keyed hash of the name, so that its tables hold no typed name."""
    username = (credentials or {}).get("username")
    return selectors.name_hash(username=str(username)) if username is not None else None
