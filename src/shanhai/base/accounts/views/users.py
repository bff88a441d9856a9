# SPDX-License-Identifier: Apache-2.0
"""Users, for who manages them; to all others these pages do not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shanhai.base.accounts import selectors
from shanhai.base.accounts.forms import GrantForm, UserForm
from shanhai.base.accounts.roles import ROLES
from shanhai.base.accounts.selectors import Request
from shanhai.base.accounts.services import grants, users
from shanhai.kernel.errors import DomainError
from shanhai.kernel.parts import page_number

PAGE = 50


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
    number = page_number(request.GET.get("page", ""))
    count, rows = selectors.list_users(
        viewer=request.viewer, at=request.at, text=text, offset=(number - 1) * PAGE, limit=PAGE
    )
    return render(
        request,
        "account/users/list.html",
        {
            "rows": rows,
            "count": count,
            "text": text,
            "roles": ROLES,
            "previous": number - 1 if number > 1 else None,
            "next": number + 1 if number * PAGE < count else None,
        },
    )


@require_http_methods(["GET", "POST"])
@never_cache
@for_managers
def user_new(request: Request) -> HttpResponse:
    """Make a user; their first password is shown in the answer and never again."""
    form = UserForm(request.POST if request.method == "POST" else None)
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            made = users.create_user(by=request.viewer, at=request.at, **form.cleaned_data)
        except DomainError as error:
            refused = error.message
        else:
            return render(
                request,
                "account/users/password.html",
                {"uuid": made.uuid, "username": made.username, "password": made.first_password, "is_new": True},
            )
    return render(
        request, "account/users/new.html", {"form": form, "refused": refused}, status=200 if not form.is_bound else 422
    )


@require_http_methods(["GET", "POST"])
@for_managers
def user_detail(request: Request, uuid: UUID) -> HttpResponse:
    """A user with their roles; posting gives them another role."""
    form = GrantForm(request.POST if request.method == "POST" else None)
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            grants.grant_role(by=request.viewer, at=request.at, user=uuid, **form.cleaned_data)
        except DomainError as error:
            refused = error.message
        else:
            messages.success(request, _("岗位已经加上，立即生效。"))
            return redirect("accounts:user-detail", uuid=uuid)
    found = selectors.get_user(viewer=request.viewer, at=request.at, uuid=uuid)
    context = {"found": found, "form": form, "refused": refused, "roles": ROLES}
    return render(request, "account/users/detail.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_managers
def grant_end(request: Request, uuid: UUID, grant: UUID) -> HttpResponse:
    """End a role."""
    grants.end_grant(by=request.viewer, at=request.at, grant=grant)
    messages.success(request, _("岗位已经结束。"))
    return redirect("accounts:user-detail", uuid=uuid)


@require_POST
@for_managers
def user_deactivate(request: Request, uuid: UUID) -> HttpResponse:
    """Shut an account."""
    users.deactivate_user(by=request.viewer, at=request.at, user=uuid)
    messages.success(request, _("账号已经停用，正在进行的登录也已结束。"))
    return redirect("accounts:user-detail", uuid=uuid)


@require_POST
@for_managers
def user_reactivate(request: Request, uuid: UUID) -> HttpResponse:
    """Open a shut account again."""
    users.reactivate_user(by=request.viewer, at=request.at, user=uuid)
    messages.success(request, _("账号已经重新启用。"))
    return redirect("accounts:user-detail", uuid=uuid)


@require_POST
@never_cache
@for_managers
def user_password(request: Request, uuid: UUID) -> HttpResponse:
    """Give a user a new random password; it is shown in the answer and never again."""
    password = users.set_password(by=request.viewer, at=request.at, user=uuid)
    found = selectors.get_user(viewer=request.viewer, at=request.at, uuid=uuid)
    context = {"uuid": uuid, "username": found.username, "password": password, "is_new": False}
    return render(request, "account/users/password.html", context)


@require_POST
@for_managers
def user_remove_factors(request: Request, uuid: UUID) -> HttpResponse:
    """Take away the second factors of a user who has lost them."""
    users.remove_second_factors(by=request.viewer, at=request.at, user=uuid)
    messages.success(request, _("一次性密码和通行密钥已经去掉，本人下次只凭密码登录。"))
    return redirect("accounts:user-detail", uuid=uuid)


@require_POST
@for_managers
def user_erase(request: Request, uuid: UUID) -> HttpResponse:
    """Erase a user's personal data."""
    users.erase_user(by=request.viewer, at=request.at, user=uuid)
    messages.success(request, _("个人信息已经清除。"))
    return redirect("accounts:user-list")
