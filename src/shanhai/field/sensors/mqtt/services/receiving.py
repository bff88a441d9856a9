# SPDX-License-Identifier: Apache-2.0
"""Taking in a batch of messages: all of it in one transaction, and what could not be taken with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q

from shanhai.field.sensors.models import Datastream, Device, Rejected
from shanhai.field.sensors.mqtt.rules.payloads import BATTERY, read_content, read_json
from shanhai.field.sensors.mqtt.rules.topics import STANDARD, parse_topic
from shanhai.field.sensors.mqtt.selectors.routes import Route, Routes
from shanhai.field.sensors.mqtt.values import ON_ARRIVAL, Compact, Content, Creation, Incoming, Part
from shanhai.field.sensors.sta.rules.results import is_number
from shanhai.field.sensors.sta.selectors.entities import TYPES
from shanhai.field.sensors.sta.services.creating import create_entity
from shanhai.field.sensors.sta.values import Under
from shanhai.field.sensors.store.services.taking import TOO_MANY, take_in
from shanhai.field.sensors.store.values import MOST_NUMBER, Fate, Readings
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, DomainError, NotAllowed
from shanhai.kernel.messages import Message, gettext_noop

log = structlog.get_logger("shanhai.sensors")

CONFLICT = gettext_noop("这个时间已经有另一个数值，原来的留着。")
OVER = gettext_noop("超过了这台设备一小时的限额，%(count)s 个观测值没有存下。")
MORE = gettext_noop("同一条消息里还有 %(count)s 处不对，没有存下。")
BROKEN = gettext_noop("程序出了意外，这条消息没有存下。请告诉系统管理员。")
TOO_MANY_CODE = "sensors.too_many"
_CODES = {CONFLICT: "sensors.conflict", TOO_MANY: TOO_MANY_CODE}
# A device that sends is seen; written at most so often.
SEEN = timedelta(minutes=1)
_KEPT_PAYLOAD = 2000


@dataclass(slots=True)
class _Batch:
    """Readings on their way from messages to columns; ``sources`` is the message of each piece."""

    datastreams: list[int] = field(default_factory=list)
    times: list[np.ndarray[Any, Any]] = field(default_factory=list)
    numbers: list[np.ndarray[Any, Any]] = field(default_factory=list)
    values: dict[int, Any] = field(default_factory=dict)
    sources: list[int] = field(default_factory=list)
    rows: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    batteries: dict[int, float] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)


def receive(*, messages: Sequence[Incoming], routes: Routes, by: Actor, at: datetime) -> int:
    """Store what the messages say, and answer how many rows are new. What cannot be read or stored is kept apart.

    In one transaction what came on compact topics, unless one message is a fault of ours: then the others go in without
    it; each creation of the standard in one of its own. ``by`` writes for all devices; what proves the device is told
    by ``Incoming``. Raises OperationalError and InterfaceError where the database is gone, and nothing else.
    """
    creations = [one for one in messages if one.topic.startswith(f"{STANDARD}/")]
    compact = [one for one in messages if not one.topic.startswith(f"{STANDARD}/")] if creations else messages
    stored = _receive_compact(compact, routes, by, at) if compact else 0
    return stored + sum(_create(one, by, at) for one in creations)


def _receive_compact(messages: Sequence[Incoming], routes: Routes, by: Actor, at: datetime) -> int:
    try:
        return _receive(messages, routes, by, at)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        _require_database(error)
        if len(messages) > 1:
            half = len(messages) // 2
            parts = (messages[:half], messages[half:])
            return sum(_receive_compact(part, routes, by, at) for part in parts)
        log.exception("a message could not be stored", topic=messages[0].topic, error=str(error))
        batch = _Batch()
        _reject(batch, messages[0], None, "sensors.broken", Message(BROKEN), at)
        _keep(batch.rejected)
        return 0


def _require_database(error: Exception) -> None:
    """Raise OperationalError where an error came of a lost connection, which has many names, and not of a message."""
    if not connection.is_usable():
        raise OperationalError(str(error)) from error


def _create(message: Incoming, by: Actor, at: datetime) -> int:
    """Create what was posted to a topic of the standard; what this site has published itself comes back as well."""
    device = None
    try:
        about, body = parse_topic(message.topic), read_json(message.payload)
        if isinstance(about, Compact) or (isinstance(body, Mapping) and "@iot.id" in body):
            return 0
        kind = next((one for one in TYPES.values() if one.set_name == about.parent), None)
        device = _owner_of(about, message.device)
        if about.parent_id:
            _require_one(body)
        link = kind.link("Observations") if kind else None
        under = Under(kind.key, about.parent_id, link) if kind and link else None
        create_entity(kind="Observation", body=body, under=under, by=by, at=at)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if not isinstance(error, DomainError):
            _require_database(error)
            log.exception("an observation could not be created", topic=message.topic, error=str(error))
            error = DomainError(BROKEN, "sensors.broken")
        _keep([_rejected(message, device, error.code, error.message, at)])
        return 0
    return 1


def _owner_of(about: Creation, device: int | None) -> int | None:
    """The device whose datastream is posted to. Raises NotAllowed for one of another than who sends."""
    parent = about.parent_id if about.parent in ("Datastreams", "MultiDatastreams") else 0
    owner = Datastream.objects.filter(pk=parent).values_list("device_id", flat=True).first()
    if device is not None and owner != device:
        raise NotAllowed(gettext_noop("这个主题不属于这台设备。"), "sensors.topic_of_another")
    return owner


def _require_one(body: Any) -> None:
    """Raise NotAllowed where the feature of an observation brings others along: they could be of any datastream."""
    feature = body.get("FeatureOfInterest") if isinstance(body, Mapping) else None
    if isinstance(feature, Mapping) and "Observations" in feature:
        text = gettext_noop("FeatureOfInterest 里不能带别的观测值。请把每个观测值发到它自己的主题。")
        raise NotAllowed(text, "sensors.topic_of_another", field="FeatureOfInterest")


@transaction.atomic
def _receive(messages: Sequence[Incoming], routes: Routes, by: Actor, at: datetime) -> int:
    batch = _Batch()
    topics = [_about(one, batch, at) for one in messages]
    routes.bring({(one.station, one.device) for one in topics if one})
    for index, (one, about) in enumerate(zip(messages, topics, strict=True)):
        if about is not None:
            try:
                _read(one, index, about, routes, batch, at)
            except DomainError as error:
                _reject(batch, one, _device_of(about, routes), error.code, error.message, at)
    stored = _store(batch, messages, topics, routes, by, at)
    _keep(batch.rejected)
    _note(batch, at)
    return stored


def _about(message: Incoming, batch: _Batch, at: datetime) -> Compact | None:
    try:
        about = parse_topic(message.topic)
    except BadInput as error:
        _reject(batch, message, None, error.code, error.message, at)
        return None
    return about if isinstance(about, Compact) else None


def _device_of(about: Compact | None, routes: Routes) -> int | None:
    route = routes.get(about.station, about.device) if about else None
    return route.device if route else None


def _read(message: Incoming, index: int, about: Compact, routes: Routes, batch: _Batch, at: datetime) -> None:
    route = routes.get(about.station, about.device)
    if route is not None and about.programme not in ("-", route.programme):
        route = routes.renewed(about.station, about.device)
    strange = route is None or about.programme not in ("-", route.programme)
    if route is None or strange or message.device not in (None, route.device):
        text = gettext_noop("没有登记过设备 %(station)s/%(device)s。请先登记，或改正主题。")
        raise BadInput(text, "sensors.device_unknown", station=about.station, device=about.device)
    batch.seen.add(route.device)
    if about.metric == BATTERY and BATTERY not in route.metrics:
        content = read_content(b'{"battery":' + message.payload + b"}", "")
    else:
        content = read_content(message.payload, about.metric)
    if content.battery is not None:
        batch.batteries[route.device] = content.battery
    if any(part.metric not in route.metrics for part in content.parts if part.metric != BATTERY):
        route = routes.renewed(about.station, about.device) or route
    # The charge is told of the device, and is a reading only where somebody has registered it.
    content.parts = [one for one in content.parts if one.metric != BATTERY or BATTERY in route.metrics]
    for part in content.parts:
        _add(part, message, index, route, content, batch)
    for fault in content.faults[:1]:
        _reject(batch, message, route.device, fault.code, fault.message, at)
    if content.wrong > 1:
        more = Message(MORE, {"count": content.wrong - 1})
        _reject(batch, message, route.device, "sensors.more_wrong", more, at)


def _add(part: Part, message: Incoming, index: int, route: Route, content: Content, batch: _Batch) -> None:
    """Put a part among the columns; what of it is wrong becomes a fault of its message."""
    datastream, numeric = route.metrics.get(part.metric, (0, False))
    if not datastream:
        text = gettext_noop("设备没有指标 %(metric)s。请在设备页上登记，或改正代号。")
        content.blame(BadInput(text, "sensors.metric_unknown", metric=part.metric[:80]))
        return
    values, times = part.values, part.times
    kinds = set(map(type, values))
    numbers = np.array(values, float) if kinds <= {int, float} else np.full(len(values), np.nan)
    if not kinds <= {int, float} or not (np.abs(numbers) < MOST_NUMBER).all():
        keep = []
        for place, value in enumerate(values):
            if is_number(value):
                numbers[place] = value
            elif numeric or value is None or isinstance(value, float):
                text = gettext_noop("%(given)s 不是一个数。")
                content.blame(BadInput(text, "sensors.result_no_number", given=str(value)[:80]))
                continue
            keep.append(place)
        values, times, numbers = [values[one] for one in keep], times[keep], numbers[keep]
        for place, value in enumerate(values):
            if numbers[place] != numbers[place]:
                batch.values[batch.rows + place] = value
    if not len(values):
        return
    batch.times.append(np.where(times == ON_ARRIVAL, message.arrived, times))
    batch.numbers.append(numbers)
    batch.datastreams += [datastream] * len(values)
    batch.sources += [index] * len(values)
    batch.rows += len(values)


def _store(
    batch: _Batch,
    messages: Sequence[Incoming],
    topics: Sequence[Compact | None],
    routes: Routes,
    by: Actor,
    at: datetime,
) -> int:
    if not batch.rows:
        return 0
    values = [batch.values.get(row) for row in range(batch.rows)] if batch.values else None
    ids = np.array(batch.datastreams, np.int64)
    taken = take_in(
        readings=Readings(ids, np.concatenate(batch.times), np.concatenate(batch.numbers), values), by=by, at=at
    )
    told: set[tuple[int, str]] = set()
    over: Counter[int] = Counter()
    for row in np.flatnonzero(taken.fates >= Fate.CONFLICT).tolist():
        index = batch.sources[row]
        because = Message(CONFLICT) if taken.fates[row] == Fate.CONFLICT else taken.because[row]
        code = _CODES.get(because.text, "sensors.refused")
        device = _device_of(topics[index], routes)
        if code == TOO_MANY_CODE and device is not None:
            over[device] += 1
            if over[device] > 1:
                continue
        # One row says it of a message for all of its readings that have the same fault.
        if (index, because.text) not in told:
            told.add((index, because.text))
            _reject(batch, messages[index], device, code, because, at)
    _count_over(batch, over, at)
    return taken.count(Fate.STORED)


def _count_over(batch: _Batch, over: Counter[int], at: datetime) -> None:
    """Of what a device sent beyond its share of an hour there is one row, which says how much it was."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    for device, count in over.items():
        (mine,) = (one for one in batch.rejected if one.device_id == device and one.code == TOO_MANY_CODE)
        mine.because = {"text": OVER, "params": {"count": count}}
        known = Rejected.objects.filter(device=device, code=TOO_MANY_CODE, at__gte=hour).first()
        if known is not None:
            batch.rejected.remove(mine)
            known.because["params"]["count"] += count
            known.save(update_fields=["because"])


def _reject(batch: _Batch, message: Incoming, device: int | None, code: str, because: Message, at: datetime) -> None:
    batch.rejected.append(_rejected(message, device, code, because, at))


def _rejected(message: Incoming, device: int | None, code: str, because: Message, at: datetime) -> Rejected:
    payload = message.payload[: _KEPT_PAYLOAD * 4].decode("utf-8", "replace")
    params = {key: one if isinstance(one, int) else _storable(str(one)) for key, one in because.params.items()}
    return Rejected(
        device_id=device,
        at=at,
        topic=_storable(message.topic)[:300],
        payload=_storable(payload)[:_KEPT_PAYLOAD],
        code=code,
        because={"text": because.text, "params": params},
    )


def _storable(text: str) -> str:
    """The databases have no room for this sign."""
    return text.replace("\x00", "\ufffd")


def _keep(rejected: Sequence[Rejected]) -> None:
    """Store what was rejected, of each device the latest."""
    most = settings.MQTT_REJECTED_MOST
    there = set(Device.objects.filter(pk__in={one.device_id for one in rejected}).values_list("pk", flat=True))
    for one in rejected:
        # Routes are remembered for a while after a device has gone.
        one.device_id = one.device_id if one.device_id in there else None
    by_device: dict[int | None, list[Rejected]] = {}
    for one in rejected:
        by_device.setdefault(one.device_id, []).append(one)
    Rejected.objects.bulk_create([one for some in by_device.values() for one in some[-most:]], batch_size=100)
    for device in by_device:
        of = Rejected.objects.filter(Q(device=device))
        oldest = of.order_by("-pk").values_list("pk", flat=True)[most - 1 : most].first()
        if oldest is not None:
            of.filter(pk__lt=oldest).delete()


def _note(batch: _Batch, at: datetime) -> None:
    """Write into the devices that they were heard, and how full their batteries are."""
    heard = sorted(batch.seen)
    old = Q(seen_at=None) | Q(seen_at__lt=at - SEEN)
    # Another process that writes the same at this moment does it for both; waiting for each other they would stand.
    free = Device.objects.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)
    for start in range(0, len(heard), 500):
        due = list(free.filter(old, pk__in=heard[start : start + 500]))
        if due:
            Device.objects.filter(pk__in=due).update(seen_at=at)
    for device, battery in batch.batteries.items():
        for pk in free.filter(~Q(battery=battery) | Q(battery=None), pk=device):
            Device.objects.filter(pk=pk).update(battery=battery)
