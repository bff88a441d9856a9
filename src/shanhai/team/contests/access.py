# SPDX-License-Identifier: Apache-2.0
"""What a page of contests, inspections and honours is asked about, and how the three lead to one another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import reverse

from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.team.contests.permissions import ContestPermission

if TYPE_CHECKING:
    from shanhai.base.accounts.selectors import Request
    from shanhai.kernel.figures import FigureScope

PAGES: dict[str, Message] = {
    "contests:home": message(gettext_noop("竞赛")),
    "inspections:home": message(gettext_noop("自查互检")),
    "honours:home": message(gettext_noop("荣誉")),
}


def scope_of(request: Request) -> FigureScope:
    """What a page is asked about. Raises NotVisible for who sees none of it there."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None or not request.viewer.may_somewhere(ContestPermission.VIEW, programme=scope.programme):
        raise NotVisible(gettext_noop("没有找到这一页。"))
    return scope


def ways(programme: str, here: str) -> Iterator[tuple[str, Message, bool]]:
    """The three pages: address, words, whether it is this one."""
    return ((f"{reverse(name)}?programme={programme}", words, name == here) for name, words in PAGES.items())
