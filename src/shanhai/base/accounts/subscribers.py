# SPDX-License-Identifier: Apache-2.0
"""What happens when the sign-in libraries say something (their signals), and when a user is locked out (our event)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from allauth.socialaccount import signals as social_signals
from axes.signals import user_locked_out
from django.contrib.auth import signals as auth_signals
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from shanhai.base.accounts import events, selectors
from shanhai.base.accounts.models import User
from shanhai.base.accounts.services import sessions
from shanhai.base.accounts.values import MARKS
from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import NOBODY, Actor
from shanhai.kernel.registry import Subscriber


def connect() -> None:
    """Listen to the libraries; called once, when the app is ready."""
    for signal, receiver in (
        (auth_signals.user_logged_in, signed_in),
        (auth_signals.user_logged_out, signed_out),
        (auth_signals.user_login_failed, sign_in_failed),
        (user_locked_out, locked_out),
        (account_signals.password_changed, password_changed),
        (account_signals.password_set, password_changed),
        (mfa_signals.authentication_failed, code_failed),
        (mfa_signals.authenticator_added, factor_added),
        (mfa_signals.authenticator_removed, factor_removed),
        (mfa_signals.authenticator_reset, factor_reset),
        (social_signals.social_account_added, identity_added),
        (social_signals.social_account_removed, identity_removed),
    ):
        signal.connect(receiver, dispatch_uid=f"accounts.{receiver.__name__}")


def signed_in(*, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """Bind the session to its browser and list it."""
    at, user_agent = _at(request), request.headers.get("User-Agent", "")
    request.session[MARKS] = {
        "browser": selectors.browser_hash(user_agent=user_agent),
        "signed_in_at": at.isoformat(),
    }
    sessions.open_session(by=_actor(user), at=at, session_key=_key(request), user_agent=user_agent)


def signed_out(*, request: HttpRequest, user: User | None, **_kwargs: Any) -> None:
    """Take the session off the list."""
    if user is not None:
        sessions.close_session(by=_actor(user), at=_at(request), session_key=_key(request))


def sign_in_failed(*, credentials: dict[str, Any], request: HttpRequest | None = None, **_kwargs: Any) -> None:
    """Record a name and password that did not fit."""
    username = str(credentials.get("username", ""))
    sessions.record_failure(by=NOBODY, at=_at(request), username=username, step="password")


def locked_out(*, request: HttpRequest, **_kwargs: Any) -> None:
    """Record the failure that locked a name out; later ones, while it is locked, bring no count and are not news."""
    if getattr(request, "axes_failures_since_start", None) is None:
        return
    credentials: dict[str, Any] = getattr(request, "axes_credentials", None) or {}
    sessions.lock_out(by=NOBODY, at=_at(request), username=str(credentials.get("username", "")))


def password_changed(*, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """End the user's other sessions; the library has kept this one and given it a new key."""
    sessions.change_own_password(
        by=_actor(user),
        at=_at(request),
        session_key=_key(request),
        user_agent=request.headers.get("User-Agent", ""),
    )


def code_failed(*, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """Record a one-time code that did not fit."""
    sessions.record_failure(by=NOBODY, at=_at(request), username=user.username, step="second_factor")


def factor_added(*, request: HttpRequest, user: User, authenticator: Any, **_kwargs: Any) -> None:
    """Record a new one-time code, passkey or set of recovery codes."""
    _note(request, user, "accounts.second_factor.added", kind=str(authenticator.type))


def factor_removed(*, request: HttpRequest, user: User, authenticator: Any, **_kwargs: Any) -> None:
    """Record that one was taken away."""
    _note(request, user, "accounts.second_factor.removed", kind=str(authenticator.type))


def factor_reset(*, request: HttpRequest, user: User, authenticator: Any, **_kwargs: Any) -> None:
    """Record that recovery codes were made anew."""
    _note(request, user, "accounts.second_factor.reset", kind=str(authenticator.type))


def identity_added(*, request: HttpRequest, sociallogin: Any, **_kwargs: Any) -> None:
    """Record that an outside identity was connected."""
    _note(request, sociallogin.user, "accounts.outside_identity.added", provider=sociallogin.account.provider)


def identity_removed(*, request: HttpRequest, socialaccount: Any, **_kwargs: Any) -> None:
    """Record that one was disconnected."""
    _note(request, socialaccount.user, "accounts.outside_identity.removed", provider=socialaccount.provider)


class MailAdministrators(Subscriber):
    """Tells the administrators who have an e-mail address that a user was locked out."""

    key = "accounts.mail_administrators"
    event = events.USER_LOCKED_OUT

    def handle(self, *, payload: Mapping[str, str], event_id: UUID, at: datetime) -> None:
        """Send one letter to all of them."""
        user = selectors.find_user(ref=payload["user"])
        to = [found.email for found in selectors.list_administrators(on=clock.local_date(at)) if found.email]
        if user is None or not to:
            return
        body = render_to_string("account/mail/locked_out.txt", {"locked": user, "at": clock.local(at)})
        send_mail(_("山海：有账号被锁定"), body, None, to)


def _note(request: HttpRequest, user: User, action: str, **changes: str) -> None:
    audit.record(by=_actor(user), at=_at(request), action=action, on=user.subject(), changes=changes)


def _actor(user: User) -> Actor:
    return Actor(user.ref)


def _at(request: HttpRequest | None) -> datetime:
    return getattr(request, "at", None) or clock.now()


def _key(request: HttpRequest) -> str:
    return request.session.session_key or ""
