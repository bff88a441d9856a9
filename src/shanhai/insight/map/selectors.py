# SPDX-License-Identifier: Apache-2.0
"""Whose a token is."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from shanhai.base.accounts.selectors import actor_of
from shanhai.base.programs import hashed
from shanhai.insight.map.models import MapToken
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotAllowed
from shanhai.kernel.messages import gettext_noop


class NotKnown(NotAllowed):
    """Nobody knows who asks: the token is none, or has been revoked, or its holder is gone."""

    code = "map.token_unknown"
    status = 401


def live_tokens(*, viewer: Actor) -> QuerySet[MapToken]:
    """One's own that are not revoked, newest first."""
    return MapToken.objects.visible_to(viewer).filter(revoked_at=None).order_by("-made_at", "-pk")


def token_shown(token: str) -> MapToken:
    """The token that somebody shows. One query; a revoked one ends at once. Raises NotKnown."""
    found = MapToken.objects.filter(hashed=hashed(token), revoked_at=None).first()
    if found is None:
        raise NotKnown(gettext_noop("令牌不对，或者已经收回。请在地图的“接入”页里另做一个。"))
    return found


def reader_of(token: MapToken, *, at: datetime) -> Actor:
    """Its holder, with what they may do today. Raises NotKnown for who is no more."""
    actor = actor_of(ref=token.holder, at=at)
    if actor.ref != token.holder:
        raise NotKnown(gettext_noop("做这个令牌的账号已经停用。请用自己的账号另做一个。"))
    return actor
