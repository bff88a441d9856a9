# SPDX-License-Identifier: Apache-2.0
"""Who may post where: money belongs to a programme, and each posting to a place."""

from __future__ import annotations

from collections.abc import Iterable

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.ledger.permissions import FundPermission


def require_in_places(by: Actor, permission: str, *, programme: str, places: Iterable[str]) -> None:
    """Raise NotAllowed unless ``by`` holds ``permission`` in each of ``places``; "" is the programme as a whole."""
    for place in set(places):
        by.require(permission, programme=programme, place=place or None)


def require_sight(viewer: Actor, *, programme: str, place: str | None) -> None:
    """Raise NotVisible unless the viewer may see funds of ``programme`` in ``place`` or in a part of it."""
    if not viewer.may_somewhere(FundPermission.VIEW, programme=programme, place=place):
        raise NotVisible(gettext_noop("没有找到您要的资金。请从菜单重新进入。"))
