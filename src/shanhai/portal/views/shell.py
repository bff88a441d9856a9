# SPDX-License-Identifier: Apache-2.0
"""What every page's frame needs: the menu the viewer may use, the programmes, whether the data is a demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from shanhai.kernel.actors import NOBODY, Actor
from shanhai.kernel.messages import Message
from shanhai.kernel.registry import registries
from shanhai.planning.programmes.core.selectors import programmes

# What a user may set for themselves; pages that are not mounted are left out.
USER_PAGES = (
    ("accounts:mine", _("我的账号")),
    ("account_change_password", _("修改密码")),
    ("mfa_index", _("两步验证与通行密钥")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a menu."""

    label: Message | str
    url: str
    current: bool = False
    key: str = ""


def address(url_name: str) -> str:
    """The path of a named page, or nothing when no such page is mounted."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def menu_for(viewer: Actor, path: str) -> tuple[Line, ...]:
    """The main menu: pages that exist and that the viewer may use somewhere; the one they are in is current."""
    pages = [
        (item, url)
        for item in registries.menu
        if viewer.may_somewhere(item.permission) and (url := address(item.url_name))
    ]
    inside = [url for _item, url in pages if path == url or (url != "/" and path.startswith(url))]
    here = max(inside, key=len, default="")
    return tuple(Line(item.label, url, url == here, item.key) for item, url in pages)


class Frame:
    """The parts of the frame, each worked out when a template asks: an error page asks the database nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._viewer: Actor = getattr(request, "viewer", NOBODY)

    @cached_property
    def menu(self) -> tuple[Line, ...]:
        """The main menu; its addresses get the programme of the page."""
        return menu_for(self._viewer, self._request.path)

    @cached_property
    def user_menu(self) -> tuple[Line, ...]:
        """What a signed-in user may set for themselves."""
        return tuple(Line(str(label), url) for name, label in USER_PAGES if (url := address(name)))

    @cached_property
    def programmes(self) -> Sequence[Any]:
        """The programmes the viewer may switch between."""
        return programmes.list_programmes(viewer=self._viewer)

    @cached_property
    def programme(self) -> Any:
        """The programme the address names, the one last chosen, or the one pages open with."""
        asked = self._request.GET.get("programme") or self._viewer.chosen
        named = [programme for programme in self.programmes if programme.code == asked]
        return next(iter(named or self.programmes), None)

    @cached_property
    def switch_url(self) -> str:
        """Where the switch of programmes leads: this page if it is one of the menu, else the first page."""
        pages = {address(item.url_name) for item in registries.menu}
        return self._request.path if self._request.path in pages else self.home

    @cached_property
    def home(self) -> str:
        """The first page."""
        return address("home") or "/"


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context of the frame around each page."""
    return {
        "viewer": getattr(request, "viewer", NOBODY),
        "demo": settings.DEMO,
        # Each in its own words: the framework knows no Tibetan.
        "languages": settings.LANGUAGES,
        "frame": Frame(request),
    }
