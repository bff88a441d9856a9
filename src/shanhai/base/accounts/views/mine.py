# SPDX-License-Identifier: Apache-2.0
"""One's own account: how one signs in, and where one is signed in."""

from __future__ import annotations

from uuid import UUID

from allauth.socialaccount.adapter import get_adapter
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from shanhai.base.accounts import selectors
from shanhai.base.accounts.roles import ROLES
from shanhai.base.accounts.selectors import Request
from shanhai.base.accounts.services import sessions


@require_GET
@never_cache
def mine(request: Request) -> HttpResponse:
    """What the viewer may see and change of his own account."""
    account = selectors.get_my_account(viewer=request.viewer, at=request.at, session_key=request.session.session_key)
    context = {"account": account, "roles": ROLES, "providers": get_adapter().list_providers(request)}
    return render(request, "account/mine.html", context)


@require_POST
def session_end(request: Request, uuid: UUID) -> HttpResponse:
    """End one of the viewer's sessions."""
    sessions.end_session(by=request.viewer, at=request.at, session=uuid)
    messages.success(request, _("已经退出那个浏览器。"))
    return redirect("accounts:mine")


@require_POST
def sign_out_everywhere(request: Request) -> HttpResponse:
    """End all of the viewer's sessions, this one too."""
    sessions.sign_out_everywhere(by=request.viewer, at=request.at)
    request.session.flush()
    messages.success(request, _("已经在所有浏览器上退出。"))
    return redirect("account_login")
