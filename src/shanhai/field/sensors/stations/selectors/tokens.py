# SPDX-License-Identifier: Apache-2.0
"""Whose a token is."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.db.models import QuerySet

from shanhai.base.programs import hashed
from shanhai.field.sensors.models import ApiToken
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.values import TOKEN_REF, Reader
from shanhai.kernel.actors import Actor, Scope
from shanhai.kernel.errors import NotAllowed
from shanhai.kernel.messages import gettext_noop

# Asked with each request of a program: building it anew by the ORM costs five times what the database takes to answer.
_LIVE = f"""
    SELECT uuid, name, write, programme, place, datastream_id, used_on
    FROM {ApiToken._meta.db_table} WHERE hashed = %s AND revoked_at IS NULL"""  # noqa: S608 - a name of ours


class NotKnown(NotAllowed):
    """Nobody knows who asks: the token is none, or has been revoked."""

    code = "sensors.token_unknown"
    status = 401


def live_tokens(*, viewer: Actor) -> QuerySet[ApiToken]:
    """The tokens that the viewer may revoke and that have not been, newest first, with what they read."""
    found = ApiToken.objects.visible_to(viewer).filter(revoked_at=None)
    return found.select_related("datastream__thing").order_by("-made_at", "-pk")


def reader_of(token: str) -> tuple[Actor, date | None]:
    """Who asks with this token, a ``values.Reader`` for that of one datastream, and when it was last used. One query.

    Nothing is remembered between requests, so that a revoked token ends at once in every process. Raises NotKnown.
    """
    found = _asked(hashed(token))
    if found is None:
        raise NotKnown(gettext_noop("令牌不对，或者已经收回。请向监测技术员要一个新的。"))
    uuid, name, write, programme, place, datastream, used = found
    used = ApiToken._meta.get_field("used_on").to_python(used)
    ref = f"{TOKEN_REF}{ApiToken._meta.get_field('uuid').to_python(uuid)}"
    if datastream is not None:
        return Reader(ref, name=name, only=datastream), used
    scopes = (Scope(programme or None, place or None),)
    held = (SensorPermission.VIEW, SensorPermission.WRITE) if write else (SensorPermission.VIEW,)
    # What it makes is of its programme, as that of a person is of the one they went to.
    return Actor(ref, name=name, grants=dict.fromkeys(held, scopes), chosen=programme), used


def _asked(hashed: str) -> tuple[Any, ...] | None:
    """The row of a token: the first question of a request, which finds out whether the connection still stands.

    Django would ask another before it for that, of every request.
    """
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return _row(hashed)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        return _row(hashed)


def _row(hashed: str) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, [hashed])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
