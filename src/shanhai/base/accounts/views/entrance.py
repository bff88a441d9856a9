# SPDX-License-Identifier: Apache-2.0
"""The way in, and the ways that are closed."""

from __future__ import annotations

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shanhai.base.accounts import selectors
from shanhai.base.accounts.roles import ROLES

sign_in = LoginView.as_view(extra_context={"demo_accounts": selectors.list_demo_accounts, "roles": ROLES})


@login_not_required
def closed(request: HttpRequest) -> HttpResponse:
    """Nobody makes an account for themselves; the page says who does."""
    return render(request, "account/signup_closed.html", status=404)


def locked_out(request: HttpRequest, original_response: HttpResponse | None, credentials: object) -> HttpResponse:
    """The answer to a name that is locked out, in place of whatever sign-in would have said."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "account/locked_out.html", {"minutes": minutes}, status=429)


@login_not_required
def how_to_reset(request: HttpRequest) -> HttpResponse:
    """Who gives a new password."""
    return render(request, "account/password_reset.html")
