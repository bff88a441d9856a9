# SPDX-License-Identifier: Apache-2.0
"""The way in, one's own account, and managing the accounts of others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from uuid import UUID

from allauth.account.views import LoginView
from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shanhai.base.accounts import selectors
from shanhai.base.accounts.forms import DigestForm, GrantForm, UserCorrectionForm, UserForm
from shanhai.base.accounts.roles import ROLES
from shanhai.base.accounts.selectors import Request
from shanhai.base.accounts.services import letters, sessions, users
from shanhai.base.accounts.services.details import correct_user
from shanhai.base.accounts.values import DEMO_PASSWORD, Digest
from shanhai.base.forms import Act, answered, saved, status_of
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.parts import Page

sign_in = LoginView.as_view(
    extra_context={"demo_accounts": selectors.list_demo_accounts, "demo_password": DEMO_PASSWORD}
)


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


@require_GET
@never_cache
def mine(request: Request) -> HttpResponse:
    """What the viewer may see and change of their own account."""
    account = selectors.get_my_account(viewer=request.viewer, at=request.at, session_key=request.session.session_key)
    form = DigestForm(initial={"digest": account.user.digest, "language": account.user.language})
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


def for_managers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Tell who does not manage users that there is no such page."""

    @wraps(view)
    def guarded(request: Request, **kwargs: object) -> HttpResponse:
        selectors.require_manager(viewer=request.viewer)
        return view(request, **kwargs)

    return guarded


@require_GET
@for_managers
def user_list(request: Request) -> HttpResponse:
    """All users, found by a part of their names."""
    text = request.GET.get("q", "")[:100]
    found = selectors.list_users(viewer=request.viewer, at=request.at, text=text)
    context = {"page": Page.of(found, request.GET.get("page", "")), "text": text, "roles": ROLES}
    return render(request, "account/users/list.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@for_managers
def user_new(request: Request) -> HttpResponse:
    """Make a user; their first password is shown in the answer and never again."""
    form = UserForm(request.POST if request.method == "POST" else None)
    create = partial(users.create_user, by=request.viewer, at=request.at)
    if request.method == "POST" and (made := saved(request, form, lambda given: create(**given))):
        return render(
            request,
            "account/users/password.html",
            {"uuid": made.uuid, "username": made.username, "password": made.first_password, "is_new": True},
        )
    return render(request, "account/users/new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@never_cache
@for_managers
def user_correct(request: Request, uuid: UUID) -> HttpResponse:
    """The name and the address of a user."""
    found = selectors.get_user(viewer=request.viewer, at=request.at, uuid=uuid).user
    stands = {"display_name": found.display_name, "email": found.email}
    act = Act(
        partial(UserCorrectionForm, stood=stands, initial=stands),
        partial(correct_user, user=uuid),
        gettext_noop("已更正。"),
    )
    back = reverse("accounts:user-detail", args=[uuid])
    forms, went = answered(request, {"form": act}, "form", lambda _: redirect(back))
    context = {"title": gettext("更正账号 %(username)s") % {"username": found.username}, "back": back, **forms}
    return went or render(request, "components/correct.html", context, status=status_of(forms["form"]))


@require_http_methods(["GET", "POST"])
@for_managers
def user_detail(request: Request, uuid: UUID) -> HttpResponse:
    """A user with their roles; posting gives them another role."""
    form = GrantForm(request.POST if request.method == "POST" else None)
    grant = partial(users.grant_role, by=request.viewer, at=request.at, user=uuid)
    if request.method == "POST" and saved(request, form, lambda given: grant(**given)):
        messages.success(request, _("岗位已经加上，立即生效。"))
        return redirect("accounts:user-detail", uuid=uuid)
    detail = selectors.get_user(viewer=request.viewer, at=request.at, uuid=uuid)
    context = {"detail": detail, "found": detail.user, "form": form, "roles": ROLES}
    context["what_roles_may"] = selectors.what_roles_may()
    return render(request, "account/users/detail.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_managers
def grant_end(request: Request, uuid: UUID, grant: UUID) -> HttpResponse:
    """End a role."""
    users.end_grant(by=request.viewer, at=request.at, grant=grant)
    messages.success(request, _("岗位已经结束。"))
    return redirect("accounts:user-detail", uuid=uuid)


def _changing(change: Callable[..., None], said: Promise, *, then: str = "") -> Callable[..., HttpResponse]:
    """A view that does one thing to a user and goes back to their page, or to ``then``."""

    @require_POST
    @for_managers
    def changed(request: Request, uuid: UUID) -> HttpResponse:
        change(by=request.viewer, at=request.at, user=uuid)
        messages.success(request, str(said))
        return redirect(then) if then else redirect("accounts:user-detail", uuid=uuid)

    return changed


user_deactivate = _changing(users.deactivate_user, _("账号已经停用，正在进行的登录也已结束。"))
user_reactivate = _changing(users.reactivate_user, _("账号已经重新启用。"))
user_remove_factors = _changing(users.remove_second_factors, _("一次性密码和通行密钥已经去掉，本人下次只凭密码登录。"))
user_erase = _changing(users.erase_user, _("个人信息已经清除。"), then="accounts:user-list")


@require_POST
@never_cache
@for_managers
def user_password(request: Request, uuid: UUID) -> HttpResponse:
    """Give a user a new random password; it is shown in the answer and never again."""
    password = users.set_password(by=request.viewer, at=request.at, user=uuid)
    found = selectors.get_user(viewer=request.viewer, at=request.at, uuid=uuid)
    context = {"uuid": uuid, "username": found.user.username, "password": password, "is_new": False}
    return render(request, "account/users/password.html", context)
