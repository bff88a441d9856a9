# SPDX-License-Identifier: Apache-2.0
"""Tokens are made and ended by who holds them."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.base.database.selectors import row_of
from shanhai.base.database.services import update_if_free
from shanhai.base.programs import checked_name, hashed
from shanhai.insight.map.models import MapToken
from shanhai.kernel.actors import NOBODY, Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, NotAllowed
from shanhai.kernel.messages import gettext_noop

MOST = 20


@transaction.atomic
def give_token(*, name: str, by: Actor, at: datetime) -> str:
    """Make a bearer token that reads what ``by`` may read, and answer it, the only time that it is told.

    Raises BadInput, NotAllowed for who has not signed in.
    """
    if by.ref == NOBODY.ref:
        raise NotAllowed(gettext_noop("请先登录。"))
    called = checked_name(name)
    if MapToken.objects.visible_to(by).filter(revoked_at=None).count() >= MOST:
        text = gettext_noop("您已有 %(most)s 个令牌。请先收回不用的。")
        raise BadInput(text, "map.tokens_many", field="name", most=str(MOST))
    token = secrets.token_urlsafe(32)
    made = MapToken.objects.create(name=called, hashed=hashed(token), holder=by.ref, made_at=at)
    audit.record(by=by, at=at, action="map.token.given", on=made.subject(), changes={"name": called})
    return token


@transaction.atomic
def revoke_token(*, token: UUID, by: Actor, at: datetime) -> None:
    """End one's own token at once; once revoked it stays so. Raises NotVisible."""
    row = row_of(MapToken.objects.visible_to(by), token, gettext_noop("没有找到这个令牌。请刷新页面。"), lock=True)
    if row.revoked_at is None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        audit.record(by=by, at=at, action="map.token.revoked", on=row.subject(), changes={"name": row.name})


def note_use(*, token: MapToken, by: Actor, at: datetime) -> None:
    """Note on which day a token was shown; nothing where that is noted."""
    if token.used_on != (today := local_date(at)):
        update_if_free(MapToken.objects.filter(pk=token.pk), used_on=today)
