# SPDX-License-Identifier: Apache-2.0
"""Who may post where: money belongs to a programme, and each posting to a place."""

from __future__ import annotations

from collections.abc import Iterable

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor


def require_in_places(by: Actor, permission: Permission, *, programme: str, places: Iterable[str]) -> None:
    """Raise NotAllowed unless ``by`` holds ``permission`` in each of ``places``; "" is the programme as a whole."""
    for place in set(places):
        by.require(permission, programme=programme, place=place or None)
