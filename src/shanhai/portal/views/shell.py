# SPDX-License-Identifier: Apache-2.0
"""What every page's frame needs: the menu the viewer may use, and whether the data is a demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from shanhai.kernel.actors import NOBODY, Actor
from shanhai.kernel.messages import Message
from shanhai.kernel.registry import registries


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a menu."""

    label: Message | str
    url: str
    current: bool = False


# What a user may set for himself; pages that are not mounted are left out.
USER_PAGES = (
    ("account_change_password", _("修改密码")),
    ("mfa_index", _("两步验证与通行密钥")),
    ("usersessions_list", _("登录过的设备")),
)


def address(url_name: str) -> str:
    """The path of a named page, or nothing when no such page is mounted."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def menu_for(viewer: Actor, path: str) -> tuple[Line, ...]:
    """The main menu: pages that exist and that the viewer may use somewhere; the one he is in is current."""
    lines = [
        (item.label, url)
        for item in registries.menu
        if viewer.may_somewhere(item.permission) and (url := address(item.url_name))
    ]
    inside = [url for _label, url in lines if path == url or (url != "/" and path.startswith(url))]
    here = max(inside, key=len, default="")
    return tuple(Line(label, url, url == here) for label, url in lines)


def user_menu() -> tuple[Line, ...]:
    """What a signed-in user may set for himself."""
    return tuple(Line(str(label), url) for name, label in USER_PAGES if (url := address(name)))


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context of the frame around each page. Lazy: an error page asks the database nothing."""
    viewer = getattr(request, "viewer", NOBODY)
    return {
        "viewer": viewer,
        "demo": settings.DEMO,
        "menu": SimpleLazyObject(lambda: menu_for(viewer, request.path)),
        "user_menu": SimpleLazyObject(user_menu),
    }
