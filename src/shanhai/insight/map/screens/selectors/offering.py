# SPDX-License-Identifier: Apache-2.0
"""Which screens there are, and which figures a new one may show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import QuerySet

from shanhai.base.accounts.selectors import actor_of
from shanhai.base.programs import hashed
from shanhai.insight.map.desk.selectors import list_shades
from shanhai.insight.map.models import Screen
from shanhai.kernel import clock, proofs
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import Figure, FigureScope
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.permissions import ProgrammePermission

GONE = gettext_noop("没有这块大屏，或者已经到期、已经收回。请找做大屏的人要新的地址。")


def list_screens(*, viewer: Actor, programme: str) -> QuerySet[Screen]:
    """Those of a programme that are not revoked, newest first. Raises NotAllowed for who does not manage it."""
    viewer.require(ProgrammePermission.MANAGE, programme=programme)
    found = Screen.objects.visible_to(viewer).filter(programme__code=programme, revoked_at=None)
    return found.order_by("-made_at", "-pk")


def screen_shown(secret: str, *, at: datetime) -> Screen:
    """The screen of a secret, while it holds. One query. Raises NotVisible, in the same words for whatever reason."""
    rows = Screen.objects.filter(hashed=hashed(secret), revoked_at=None, expires_at__gt=at)
    found = rows.select_related("programme__recipient").first()
    if found is None:
        raise NotVisible(GONE)
    return found


def looker_of(screen: Screen, *, at: datetime) -> Actor:
    """Who looks at a screen: its maker, with what they may see today, within its programme alone.

    Raises NotVisible where they are no more or see the programme no longer.
    """
    maker = actor_of(ref=screen.maker, at=at)
    if maker.ref != screen.maker:
        raise NotVisible(GONE)
    looker = within(maker, screen.programme.code)
    get_programme(viewer=looker, code=screen.programme.code)
    return looker


def within(viewer: Actor, programme: str) -> Actor:
    """The same person who may do nothing outside of a programme."""
    held = {key: viewer.scopes_within(key, programme=programme) for key in viewer.grants}
    return replace(viewer, grants={key: scopes for key, scopes in held.items() if scopes}, chosen=programme)


def top_figures(*, viewer: Actor, programme: str, at: datetime) -> Sequence[Figure]:
    """The figures that may stand on top: the headlines of the programme."""
    scope = FigureScope(programme, clock.local_date(at))
    return proofs.headlines(within(viewer, programme), scope, "today")


def counted_figures(*, viewer: Actor, programme: str, at: datetime) -> Sequence[Figure]:
    """The figures that may be told county by county: those by which a map is shaded."""
    found = list_shades(viewer=within(viewer, programme), scope=FigureScope(programme, clock.local_date(at)))
    return [figure for figure in found if figure.value is not None]
