# SPDX-License-Identifier: Apache-2.0
"""Each request carries ``at`` (the one instant it happens at) and ``viewer`` (who asks).

A session that another browser brings, or that has grown too old, ends here; so does browsing with a password that
somebody else has chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shanhai.base.accounts import rules, selectors
from shanhai.base.accounts.models import User
from shanhai.base.accounts.services import sessions
from shanhai.base.accounts.values import ASKED, KEPT_FOR, MARKS, Refusal
from shanhai.kernel import clock
from shanhai.kernel.actors import NOBODY
from shanhai.kernel.page_memory import remembering

View = Callable[..., HttpResponseBase]
_SENTENCES = {
    Refusal.BROWSER: _("这次登录是在另一个浏览器里开始的，为了安全已经结束。请重新登录。"),
    Refusal.AGE: _("登录已经太久，为了安全已经结束。请重新登录。"),
}
# Reading a page changes nothing, so what it has asked once it need not ask again.
_READING = ("GET", "HEAD")
_CHOSEN = "programme"
# Where one may go before the password is changed: there, out, and to the other language.
_BEFORE_CHANGE = ("account_change_password", "account_logout", "set_language")


class ViewerMiddleware:
    def __init__(self, get_response: Callable[[selectors.Request], HttpResponse]) -> None:
        self.get_response = get_response
        self._entrance = LoginRequiredMiddleware(get_response)  # type: ignore[arg-type]

    def __call__(self, request: selectors.Request) -> HttpResponse:
        request.at = clock.now()
        request.viewer = NOBODY
        # Without the cookie there is no session to look at, and the answer stays the same for everybody.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and isinstance(request.user, User):
            turned = _refuse_session(request) or _ask_for_new_password(request)
            if turned is not None:
                return turned
            chosen = request.session.get(_CHOSEN, "")
            request.viewer = selectors.actor_for(user=request.user, at=request.at, chosen=chosen)
        with remembering() if request.method in _READING else nullcontext():
            answer = self.get_response(request)
        _remember_programme(request, answer)
        _forget_others(request, answer)
        return answer

    def process_view(
        self, request: HttpRequest, view_func: View, view_args: tuple[object, ...], view_kwargs: dict[str, object]
    ) -> HttpResponseBase | None:
        """Send strangers to the entrance; a page that is for everybody does not even ask whose session it is."""
        if not getattr(view_func, "login_required", True):
            return None
        return self._entrance.process_view(request, view_func, view_args, view_kwargs)


def _remember_programme(request: selectors.Request, answer: HttpResponse) -> None:
    """Keep the programme that a page was asked for, for addresses that name none."""
    asked = request.GET.get("programme", "")
    if (
        request.viewer is not NOBODY
        and answer.status_code == HTTPStatus.OK
        and asked not in ("", request.viewer.chosen)
    ):
        request.session[_CHOSEN] = asked


def _forget_others(request: selectors.Request, answer: HttpResponse) -> None:
    """What pages keep in a browser is of one person: it goes when they sign out, and when somebody else signs in."""
    kept = request.COOKIES.get(KEPT_FOR)
    if not kept and request.viewer is NOBODY:
        return
    user = request.user
    if isinstance(user, User):
        goes = bool(kept) and kept != selectors.kept_for(ref=user.ref)
    else:
        # Whoever signs out, even if the cookie is lost: an older page may have been answered after a newer one.
        goes = request.viewer is not NOBODY
    if goes:
        answer.headers["Clear-Site-Data"] = '"storage"'
        if kept and KEPT_FOR not in answer.cookies:
            answer.delete_cookie(KEPT_FOR, samesite="Lax")


def _refuse_session(request: selectors.Request) -> HttpResponse | None:
    reason = rules.refusal(
        marks=request.session.get(MARKS, {}),
        browser=selectors.browser_hash(user_agent=request.headers.get("User-Agent", "")),
        at=request.at,
        max_age=timedelta(seconds=settings.SESSION_COOKIE_AGE),
    )
    if reason is None:
        return None
    sessions.refuse_session(
        by=NOBODY,
        at=request.at,
        session_key=request.session.session_key or "",
        user=cast("User", request.user),
        reason=reason,
    )
    request.session.flush()
    request.user = AnonymousUser()
    messages.warning(request, _SENTENCES[reason])
    return redirect("account_login")


def _ask_for_new_password(request: selectors.Request) -> HttpResponse | None:
    must = cast("User", request.user).must_change_password
    if not must or request.path in {reverse(name) for name in _BEFORE_CHANGE}:
        return None
    if request.headers.get("HX-Request"):
        # A part of the page of the password itself, the number of the menu, is not to become that page once more.
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    request.session[ASKED] = True
    messages.info(request, _("这个密码是别人替您设的，请先换成只有您知道的密码。"))
    return redirect("account_change_password")
