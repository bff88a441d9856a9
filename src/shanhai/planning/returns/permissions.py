# SPDX-License-Identifier: Apache-2.0
"""Who may send in, withdraw and explain: whoever may submit for every place concerned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor, Scope


def may_submit(viewer: Actor, *, programme: str, places: Iterable[str]) -> bool:
    """Whether the viewer may submit for each of ``places``."""
    return all(viewer.may(Permission.RETURN_SUBMIT, programme=programme, place=place) for place in places)


def require_submit(by: Actor, *, programme: str, places: Iterable[str]) -> None:
    """Raise NotAllowed unless ``may_submit``."""
    for place in places:
        by.require(Permission.RETURN_SUBMIT, programme=programme, place=place)


def require_submit_somewhere(by: Actor, *, programme: str) -> None:
    """Raise NotAllowed unless ``by`` may submit for some place of the programme."""
    if not by.may_somewhere(Permission.RETURN_SUBMIT, programme=programme):
        by.require(Permission.RETURN_SUBMIT, programme=programme)


def keeping_accounts(by: Actor, *, programme: str, places: Iterable[str]) -> Actor:
    """The same actor, allowed to see and reverse what returns posted in ``places``: part of sending in and withdrawing.

    Ask ``require_submit`` first.
    """
    scopes = tuple(Scope(programme, place) for place in places)
    needed = (Permission.FUND_VIEW, Permission.FUND_REVERSE, Permission.PROJECT_VIEW)
    return replace(by, grants={**by.grants, **dict.fromkeys((permission.value for permission in needed), scopes)})
