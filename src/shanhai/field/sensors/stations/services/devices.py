# SPDX-License-Identifier: Apache-2.0
"""A device and its life: installed, replaced, calibrated, out of use and back, retired. Each is history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.field.sensors.models import Device, DeviceEvent, DeviceMove
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.states import MOVES, DeviceState
from shanhai.field.sensors.stations.rules.facts import check_day, checked_device
from shanhai.field.sensors.stations.selectors.managed import managed_device, managed_station
from shanhai.field.sensors.stations.selectors.stations import without_credential
from shanhai.field.sensors.stations.services.credentials import give_credential, revoke_credential
from shanhai.field.sensors.stations.values import DeviceFacts
from shanhai.field.sensors.values import Happening
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.corrections import corrected
from shanhai.kernel.errors import BadInput, Conflict, Faults, NotAllowed, NotVisible, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move

_FACTS = ("name", "model", "serial", "most_per_hour")
_HAPPENED = {
    DeviceState.SUSPENDED: Happening.SUSPENDED,
    DeviceState.INSTALLED: Happening.RESUMED,
    DeviceState.RETIRED: Happening.RETIRED,
}
_WHY = gettext_noop("请写明原因。")


@transaction.atomic
def add_device(*, by: Actor, at: datetime, station: str, facts: DeviceFacts) -> Device:
    """Install a device at a station. Raises NotVisible, NotAllowed, BadInput, Conflict for a code that is taken."""
    place = managed_station(viewer=by, code=station)
    checked = checked_device(facts)
    if place.devices.filter(code=checked.code).exists():
        text = gettext_noop("这个监测站已经有设备“%(code)s”。请换一个代码。")
        raise Conflict(text, "sensors.device_code_taken", field="code", code=checked.code)

    device = Device(thing=place, code=checked.code, **{name: getattr(checked, name) for name in _FACTS})
    device.save()
    DeviceMove.objects.create(device=device, new=DeviceState.INSTALLED, at=at, by=by.ref)
    _tell(device, Happening.INSTALLED, by, at, local_date(at), details=_said(device))
    audit.record(by=by, at=at, action="sensors.device.added", on=device.subject(), changes=_said(device))
    return device


@transaction.atomic
def correct_device(
    *, by: Actor, at: datetime, device: UUID, facts: DeviceFacts, seen: Mapping[str, object] | None = None
) -> Device:
    """Replace what was written of a device; the code stays, it is part of the topics.

    Raises NotVisible, NotAllowed, BadInput, Conflict.
    """
    found = managed_device(viewer=by, uuid=device)
    checked = checked_device(facts)
    before = _said(found)
    for name in _FACTS:
        setattr(found, name, getattr(checked, name))
    changes = corrected(before, _said(found), seen)
    if changes:
        found.save(update_fields=[*_FACTS])
        audit.record(by=by, at=at, action="sensors.device.corrected", on=found.subject(), changes=changes)
    return found


@transaction.atomic
def move_device(*, by: Actor, at: datetime, device: UUID, to: DeviceState, on: date, because: str) -> Device:
    """Take a device out of use, back into it, or out for good, when its credential is void.

    Raises NotVisible, NotAllowed, BadInput without a reason, IllegalMove.
    """
    found = managed_device(viewer=by, uuid=device)
    because = _checked_act(on, at, because)
    old = DeviceState(found.state)
    require_move(MOVES, old, to)

    found.state = to
    found.save(update_fields=["state"])
    DeviceMove.objects.create(device=found, old=old, new=to, at=at, by=by.ref, because=because)
    _tell(found, _HAPPENED[to], by, at, on, because)
    if to is DeviceState.RETIRED:
        revoke_credential(by=by, at=at, device=device)
    changes = {"state": [old.value, to.value]}
    audit.record(by=by, at=at, action="sensors.device.moved", on=found.subject(), changes=changes, because=because)
    return found


@transaction.atomic
def replace_device(
    *, by: Actor, at: datetime, device: UUID, serial: str, model: str = "", on: date, because: str
) -> Device:
    """Put another instrument in the place of this one: datastreams, account and topics go on.

    Raises NotVisible, NotAllowed, BadInput, and Conflict for a device that is retired or has that serial number.
    """
    found, faults = _in_use(by, device), Faults()
    serial, model = serial.strip(), model.strip() or found.model
    with faults.of():
        because = _checked_act(on, at, because)
    with faults.of("serial"):
        if not serial or len(serial) > 100:
            raise BadInput(gettext_noop("请填新设备的序列号，最多 100 个字。"), "sensors.serial_missing")
        if serial == found.serial:
            raise Conflict(gettext_noop("序列号和现在的一样，没有更换。"), "sensors.not_replaced")
    faults.tell()
    changes = {name: [old, new] for name, old, new in (
        ("serial", found.serial, serial), ("model", found.model, model[:100])
    ) if old != new}  # fmt: skip

    found.serial, found.model = serial, model[:100]
    found.save(update_fields=["serial", "model"])
    _tell(found, Happening.REPLACED, by, at, on, because, changes)
    audit.record(by=by, at=at, action="sensors.device.replaced", on=found.subject(), changes=changes, because=because)
    return found


@transaction.atomic
def calibrate_device(*, by: Actor, at: datetime, device: UUID, offset: str, on: date, because: str) -> Device:
    """Note a calibration: how it was done and what the offsets were found to be. What is stored stays as it came.

    Raises NotVisible, NotAllowed, BadInput, and Conflict for a device that is retired.
    """
    found, faults, offset = _in_use(by, device), Faults(), offset.strip()
    with faults.of():
        because = _checked_act(on, at, because)
    with faults.of("offset"):
        if not offset or len(offset) > 200:
            raise BadInput(gettext_noop("请填偏差，例如“气温 +0.3 °C”，最多 200 个字。"), "sensors.offset_missing")
    faults.tell()
    _tell(found, Happening.CALIBRATED, by, at, on, because, {"offset": offset})
    audit.record(
        by=by, at=at, action="sensors.device.calibrated", on=found.subject(), changes={"offset": offset},
        because=because,
    )  # fmt: skip
    return found


@transaction.atomic
def give_missing_credentials(*, by: Actor, at: datetime) -> list[tuple[Device, str]]:
    """Give each device in use that ``by`` manages and that has none its credential; the secrets are told only here.

    Raises NotVisible for who watches none, NotAllowed for who manages none.
    """
    if not by.may_somewhere(SensorPermission.VIEW):
        raise NotVisible(gettext_noop("没有找到这一页。"))
    if not by.may_somewhere(SensorPermission.MANAGE):
        raise NotAllowed(gettext_noop("您的岗位不管监测设备。需要时请向指挥部办公室申请。"))
    # Held, so that who asks at the same time does not make void what is told here.
    free = without_credential(viewer=by).select_for_update(of=("self",), no_key=True)
    return [(one, give_credential(by=by, at=at, device=one.uuid)) for one in free]


def _in_use(by: Actor, device: UUID) -> Device:
    found = managed_device(viewer=by, uuid=device)
    if found.state == DeviceState.RETIRED:
        raise Conflict(gettext_noop("这个设备已经报废，不能再办。"), "sensors.device_retired")
    return found


def _checked_act(on: date, at: datetime, because: str) -> str:
    faults = Faults()
    with faults.of("on"):
        check_day(on, local_date(at))
    with faults.of("because"):
        because = checked_reason(because, _WHY, "sensors")
    faults.tell()
    return because


def _tell(
    device: Device,
    kind: Happening,
    by: Actor,
    at: datetime,
    on: date,
    note: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    facts = {"on": on, "at": at, "by": by.ref, "note": note, "details": dict(details or {})}
    DeviceEvent.objects.create(device=device, kind=kind, **facts)


def _said(device: Device) -> dict[str, Any]:
    return {name: getattr(device, name) for name in ("code", *_FACTS)}
