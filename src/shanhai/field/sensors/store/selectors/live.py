# SPDX-License-Identifier: Apache-2.0
"""Addresses at which open pages hear of news: signed, so that whoever has one hears of what it names and no more."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing

from shanhai.kernel.actors import Actor

_SALT = "shanhai.live"
# A page that is open for longer asks anew.
_TICKET_S = 12 * 3600


class Hearing(NamedTuple):
    """Who hears of which keys of a ``NewsSource``."""

    viewer: str
    source: str
    keys: frozenset[Any]

    def hears(self, source: str, key: Any) -> bool:
        """Whether that is one of them."""
        return source == self.source and key in self.keys


def live_address(viewer: Actor, source: str, keys: Collection[Any]) -> str:
    """Where the page of a viewer hears of these keys of a ``NewsSource``; "" where nothing is served there.

    It holds for as long as the viewer may see all of them, and until it is too old.
    """
    if not settings.LIVE_URL or not keys:
        return ""
    return f"{settings.LIVE_URL}/live/{signing.dumps([viewer.ref, source, sorted(keys)], salt=_SALT)}"


def hearing_at(path: str) -> Hearing | None:
    """Who hears of what at the path of such an address; None for one that we did not sign, or that is too old."""
    with suppress(signing.BadSignature):
        viewer, source, keys = signing.loads(path.removeprefix("/live/"), salt=_SALT, max_age=_TICKET_S)
        return Hearing(viewer, source, frozenset(keys))
    return None
