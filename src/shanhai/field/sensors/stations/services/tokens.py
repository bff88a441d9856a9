# SPDX-License-Identifier: Apache-2.0
"""Giving and revoking the tokens of the API."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.base import programs
from shanhai.base.audit import services as audit
from shanhai.base.database.selectors import row_of
from shanhai.base.database.services import update_if_free
from shanhai.field.sensors.models import ApiToken, Datastream
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.values import TOKEN_REF
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.registers.places.selectors import get_division

_NO_STREAM = gettext_noop("没有找到这个数据流，或者您的岗位看不到它。")


@transaction.atomic
def give_token(
    *, name: str, write: bool, programme: str, place: str, datastream: int | None = None, by: Actor, at: datetime
) -> str:
    """Make a bearer token and answer it, the only time that it is told: its hash is kept.

    It reads, and with ``write`` sends and changes, what lies in ``programme`` and ``place``, each "" for all. That of a
    ``datastream`` reads this one alone, wherever it lies. Raises BadInput, NotVisible, NotAllowed.
    """
    called = programs.checked_name(name)
    if datastream is not None:
        programme, place = _of_datastream(by, datastream, write)
    by.require(SensorPermission.MANAGE, programme=programme or None, place=place or None)
    if programme:
        get_programme(viewer=by, code=programme)
    if place:
        place = get_division(place).code
    token = secrets.token_urlsafe(32)
    made = ApiToken.objects.create(
        name=called,
        hashed=programs.hashed(token),
        write=write,
        programme=programme,
        place=place,
        datastream_id=datastream,
        made_at=at,
        made_by=by.ref,
    )
    changes = {"name": called, "write": write, "datastream": str(datastream or "")}
    audit.record(by=by, at=at, action="sensors.token.given", on=made.subject(), changes=changes)
    return token


@transaction.atomic
def revoke_token(*, token: UUID, by: Actor, at: datetime) -> None:
    """End a token at once; once revoked it stays so. Raises NotVisible, NotAllowed."""
    missing = gettext_noop("没有找到这个令牌，或者您的岗位看不到它。")
    row = row_of(ApiToken.objects.visible_to(by), token, missing, "sensors.token_not_found", lock=True)
    by.require(SensorPermission.MANAGE, programme=row.programme or None, place=row.place or None)
    if row.revoked_at is None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        changes = {"name": row.name}
        audit.record(by=by, at=at, action="sensors.token.revoked", on=row.subject(), changes=changes)


def note_use(*, by: Actor, at: datetime, used: date | None) -> None:
    """Note on which day the token of a reader was used, which was last ``used`` then: nothing on the same day."""
    if used != (today := local_date(at)):
        update_if_free(ApiToken.objects.filter(uuid=by.ref.removeprefix(TOKEN_REF)), used_on=today)


def _of_datastream(by: Actor, datastream: int, write: bool) -> tuple[str, str]:
    """The programme and place of its thing. Raises NotVisible, BadInput."""
    if write:
        words = gettext_noop("一个数据流的令牌只能读。要写入，请不要指定数据流。")
        raise BadInput(words, "sensors.token_of_datastream_writes", field="write")
    where = Datastream.objects.visible_to(by).filter(pk=datastream)
    found = where.values_list("thing__programme__code", "thing__place").first()
    if found is None:
        raise NotVisible(_NO_STREAM, "sensors.datastream_not_found", field="datastream")
    return found[0] or "", found[1]
