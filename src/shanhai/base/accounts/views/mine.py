# SPDX-License-Identifier: Apache-2.0
"""One's own account: how one signs in, and where one is signed in."""

from __future__ import annotations

from uuid import UUID

from allauth.socialaccount.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shanhai.base.accounts import selectors
from shanhai.base.accounts.forms import DigestForm
from shanhai.base.accounts.roles import ROLES
from shanhai.base.accounts.selectors import Request
from shanhai.base.accounts.services import letters, sessions
from shanhai.base.accounts.values import Digest


@require_GET
@never_cache
def mine(request: Request) -> HttpResponse:
    """What the viewer may see and change of their own account."""
    account = selectors.get_my_account(viewer=request.viewer, at=request.at, session_key=request.session.session_key)
    form = DigestForm(initial={"digest": account.digest.value, "language": account.language})
    context = {"account": account, "roles": ROLES, "providers": get_adapter().list_providers(request), "form": form}
    return render(request, "account/mine.html", context)


@require_POST
def choose_digest(request: Request) -> HttpResponse:
    """Store how often the viewer wants what waits for them by e-mail."""
    form = DigestForm(request.POST)
    if form.is_valid():
        chosen = Digest(form.cleaned_data["digest"])
        letters.choose_digest(by=request.viewer, at=request.at, digest=chosen, language=form.cleaned_data["language"])
        messages.success(request, _("已经记下。"))
    else:
        messages.error(request, _("没有这样的选择，没有改动。请从列表中选。"))
    return redirect("accounts:mine")


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop_digest(request: Request, token: str) -> HttpResponse:
    """GET asks whether to stop the letters; POST, from the page or from a mail program (RFC 8058), stops them.

    The signed token says who: such a request carries no session and no CSRF token.
    """
    selectors.reader_of_token(token=token)
    if request.method == "POST":
        letters.stop_digest(by=request.viewer, at=request.at, token=token)
    return render(request, "account/digest_stop.html", {"stopped": request.method == "POST"})


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
