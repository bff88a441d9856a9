# SPDX-License-Identifier: Apache-2.0
"""Giving and revoking the accounts of devices at the broker."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.base.database.selectors import row_of
from shanhai.base.outbox import services as outbox
from shanhai.field.sensors.models import Device
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.states import DeviceState
from shanhai.field.sensors.stations.events import CREDENTIAL_REVOKED, credential_given
from shanhai.field.sensors.stations.selectors.credentials import hashed_secret
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop

# Without those that are mistaken for one another when somebody types them into a logger.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH = 24


@transaction.atomic
def give_credential(*, device: UUID, by: Actor, at: datetime) -> str:
    """Give a device a secret, instead of the one it had, and answer it, the only time that it is told.

    Raises NotVisible, NotAllowed, Refused for a device that is not in use or where the broker could not be told.
    """
    row = _held(device, by)
    if row.state != DeviceState.INSTALLED:
        raise Refused(gettext_noop("设备没有在用，不能发凭证。"), "sensors.credential_of_idle_device")
    action = "sensors.credential.rotated" if row.secret else "sensors.credential.given"
    secret = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
    row.secret, row.rotated_at = hashed_secret(secret), at
    row.save(update_fields=["secret", "rotated_at"])
    credential_given.send(None, device=row, secret=secret)
    audit.record(by=by, at=at, action=action, on=row.subject())
    return secret


@transaction.atomic
def revoke_credential(*, device: UUID, by: Actor, at: datetime) -> None:
    """End the account of a device; who is connected by it is thrown out. Raises NotVisible, NotAllowed."""
    row = _held(device, by)
    if not row.secret:
        return
    row.secret = ""
    row.save(update_fields=["secret"])
    outbox.publish(by=by, at=at, name=CREDENTIAL_REVOKED, payload={"username": row.username})
    audit.record(by=by, at=at, action="sensors.credential.revoked", on=row.subject())


def _held(device: UUID, by: Actor) -> Device:
    missing = gettext_noop("没有找到这台设备，或者您的岗位看不到它。")
    rows = Device.objects.visible_to(by).select_related("thing__programme")
    row = row_of(rows, device, missing, "sensors.device_not_found", lock=True)
    where = row.subject()
    by.require(SensorPermission.MANAGE, programme=where.programme or None, place=where.place or None)
    return row
