# SPDX-License-Identifier: Apache-2.0
"""What somebody who manages stations is about to change: the row is held until the transaction ends."""

from __future__ import annotations

from uuid import UUID

from shanhai.field.sensors.models import Datastream, Device, Thing
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.stations.selectors.stations import get_device, get_station, get_stream
from shanhai.kernel.actors import Actor


def managed_station(*, viewer: Actor, code: str) -> Thing:
    """The station of that code, for who manages it. Raises NotVisible, NotAllowed."""
    found = get_station(viewer=viewer, code=code, lock=True)
    viewer.require(SensorPermission.MANAGE, **found.scope)
    return found


def managed_device(*, viewer: Actor, uuid: UUID) -> Device:
    """The device, for who manages its station. Raises NotVisible, NotAllowed."""
    found = get_device(viewer=viewer, uuid=uuid, lock=True)
    viewer.require(SensorPermission.MANAGE, **found.thing.scope)
    return found


def managed_stream(*, viewer: Actor, key: int) -> Datastream:
    """The datastream, for who manages its station. Raises NotVisible, NotAllowed."""
    found = get_stream(viewer=viewer, key=key, lock=True)
    viewer.require(SensorPermission.MANAGE, **found.thing.scope)
    return found
