# SPDX-License-Identifier: Apache-2.0
"""Changing and taking away what is stored, and setting it apart: what follows from it is counted anew."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Max, Min, Q, Sum

from shanhai.base.audit import services as audit
from shanhai.field.sensors.models import Datastream, Hour, Observation
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.store.rules.judging import by_hour
from shanhai.field.sensors.store.rules.times import SECOND
from shanhai.field.sensors.store.selectors.months import archived_ends, known_archived, read_archived
from shanhai.field.sensors.store.services.taking import AHEAD
from shanhai.field.sensors.values import EXCLUDED, HOUR, Quality, instant_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, NotVisible, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject

# Of an hour, or of hours that follow one another.
MOST_MOVED = 10_000_000
_NO_OBSERVATION = gettext_noop("没有找到这个观测值。")
_NO_STREAM = gettext_noop("没有找到这个数据流。请从“监测”重新进入。")


@transaction.atomic
def correct(*, observation: int, changes: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Set columns of an observation (attributes of the model) to what they should be; the trail keeps what they were.

    Raises NotVisible, NotAllowed, BadInput for a time too far ahead, Conflict where another of that time is there.
    """
    row, stream = _held(observation, by)
    time = changes.get("time", row.time)
    if "time" in changes and time > instant_of(at) + settings.SENSORS_AHEAD_S * SECOND:
        raise BadInput(AHEAD, "sensors.time_ahead", field="time")
    clash = stream.observations.filter(time=time).exclude(pk=row.pk)
    if clash.exists() or known_archived(np.array([stream.pk]), np.array([time])):
        raise Conflict(gettext_noop("这个数据流在这个时间已经有一个观测值。"), "sensors.observation_there")
    before = {name: getattr(row, name) for name in changes}
    hours = {row.time // HOUR, changes.get("time", row.time) // HOUR}
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
    _count_anew(stream, hours, changed=changes)
    trail = {name: [before[name], changes[name]] for name in changes if before[name] != changes[name]}
    _record(by, at, "corrected", stream, {"observation": row.pk, **trail})


@transaction.atomic
def remove(*, observations: Sequence[int], by: Actor, at: datetime) -> None:
    """Take observations away for good; the trail keeps when they were and what. Raises NotVisible and NotAllowed."""
    for key in observations:
        row, stream = _held(key, by)
        was = {"observation": row.pk, "time": row.time, "result": row.value if row.number is None else row.number}
        row.delete()
        _count_anew(stream, {row.time // HOUR}, -1)
        _record(by, at, "removed", stream, was)


@transaction.atomic
def remove_about(*, feature: int, by: Actor, at: datetime) -> None:
    """Take away for good all observations about a feature, those that name none with its datastream. Raises NotAllowed.

    The trail keeps how many there were of each datastream.
    """
    asked = Q(feature=feature) | Q(pk__in=Observation.objects.filter(feature=feature).values("datastream"))
    # All held first: from the first on it has the trail, for which whoever holds another one waits.
    held = Datastream.objects.filter(pk__in=Datastream.objects.filter(asked).values("pk")).select_for_update(
        no_key=True
    )
    for key in list(held.order_by("pk").values_list("pk", flat=True)):
        stream = _stream(key, by, SensorPermission.WRITE)
        about = Q(feature=feature)
        if stream.feature_id == feature:
            about |= Q(feature=None)
        rows = stream.observations.filter(about)
        hours = set(rows.annotate(hour=F("time") / HOUR).values_list("hour", flat=True).distinct())
        gone, _of = rows.delete()
        _count_anew(stream, hours, -gone)
        if gone:
            _record(by, at, "removed", stream, {"feature_id": feature, "observations": gone})


@transaction.atomic
def count_once(*, twice: Sequence[tuple[int, int]], by: Actor, at: datetime) -> None:
    """Take out of what their datastreams have counted observations (datastream, time) that were there twice.

    Nothing is asked of ``by``: whoever drops them has, and holds the datastreams. The trail keeps how many there were.
    """
    for key, of_one in groupby(sorted(twice), key=itemgetter(0)):
        times = [time for _key, time in of_one]
        stream = Datastream.objects.filter(pk=key).first()
        if stream is not None:
            _count_anew(stream, {time // HOUR for time in times}, -len(times))
            _record(by, at, "removed", stream, {"observations": len(times)})


@transaction.atomic
def quarantine(*, datastream: int, begin: int, end: int, apart: bool, because: str, by: Actor, at: datetime) -> int:
    """Set the observations of a datastream from ``begin`` up to ``end`` apart, or back among the others; say how many.

    What is set apart stays, with its raw value, and is left out of roll-ups and of good values. Raises NotVisible,
    NotAllowed, BadInput without a reason, Refused for an interval without end.
    """
    stream = _stream(datastream, by, SensorPermission.MANAGE)
    reason = checked_reason(because, gettext_noop("请写明为什么。"), "sensors")
    if begin >= end:
        raise Refused(gettext_noop("结束要晚于开始。"), "sensors.quarantine_reversed", field="end")
    bit = int(Quality.QUARANTINED)
    if read_archived(datastream=stream.pk, begin=begin, end=end, limit=1, columns=("time",)):
        moved = gettext_noop("这段时间里有观测值已经归档，不能再改。请缩短时间段。")
        raise Refused(moved, "sensors.quarantine_archived", field="begin")
    rows = stream.observations.filter(time__gte=begin, time__lt=end).annotate(set=F("quality").bitand(bit))
    rows = rows.filter(set=0) if apart else rows.exclude(set=0)
    hours = set(rows.annotate(hour=F("time") / HOUR).values_list("hour", flat=True).distinct())
    changed = rows.update(quality=F("quality").bitor(bit) if apart else F("quality").bitand(~bit))
    _roll_up(stream.pk, hours)
    if changed:
        what = {"begin": begin, "end": end, "observations": changed}
        _record(by, at, "quarantined" if apart else "released", stream, what, reason)
    return changed


def _stream(key: int, by: Actor, permission: SensorPermission) -> Datastream:
    """The datastream, held until the transaction ends."""
    seen = Datastream.objects.visible_to(by).filter(pk=key).values("pk")
    held = Datastream.objects.select_for_update(of=("self",), no_key=True).select_related("thing__programme")
    stream = held.filter(pk__in=seen).first()
    if stream is None:
        raise NotVisible(_NO_STREAM, "sensors.datastream_not_found")
    thing = stream.thing
    programme = thing.programme.code if thing.programme else None
    by.require(permission, programme=programme, place=thing.place or None)
    return stream


def _held(key: int, by: Actor) -> tuple[Observation, Datastream]:
    row = Observation.objects.visible_to(by).filter(pk=key).first()
    if row is None:
        raise NotVisible(_NO_OBSERVATION, "sensors.observation_not_found")
    stream = _stream(row.datastream_id, by, SensorPermission.WRITE)
    # It may have been changed while its datastream was waited for.
    row = Observation.objects.filter(pk=key).first()
    if row is None:
        raise NotVisible(_NO_OBSERVATION, "sensors.observation_not_found")
    return row, stream


def _count_anew(stream: Datastream, hours: Collection[int], more: int = 0, changed: Collection[str] = ()) -> None:
    """Roll the hours up, and say in the datastream what it has now.

    All its observations are looked at only where some have an end or a time of result of their own.
    """
    lasting = "end" in changed or (stream.phenomenon_end or 0) > (stream.last_time or 0)
    told = "result_time" in changed or stream.result_begin is not None
    _roll_up(stream.pk, hours)
    rows = Observation.objects.filter(datastream=stream)
    first, latest, number, *rest = archived_ends(stream.pk) or [None] * 6
    stream.last_time, stream.last_number = rows.order_by("-time").values_list("time", "number").first() or (None, None)
    if latest is not None and latest > (stream.last_time or -1):
        stream.last_time, stream.last_number = latest, number
    # By the index of time: least and greatest of a datastream are its ends.
    stream.phenomenon_begin = _least(rows.aggregate(found=Min("time"))["found"], first)
    ends = rows.aggregate(found=Max("end"))["found"] if lasting else None
    stream.phenomenon_end = _greatest(stream.last_time, ends, *rest[:1])
    if told:
        results = rows.aggregate(first=Min("result_time"), last=Max("result_time"))
        stream.result_begin, stream.result_end = _least(results["first"], rest[1]), _greatest(results["last"], rest[2])
    stream.count += more
    stream.same = min(stream.same, 1)
    stream.save(
        update_fields=[
            "phenomenon_begin", "phenomenon_end", "result_begin", "result_end", "last_time", "last_number", "count",
            "same",
        ]
    )  # fmt: skip


def _least(*instants: int | None) -> int | None:
    return min((one for one in instants if one is not None), default=None)


def _greatest(*instants: int | None) -> int | None:
    return max((one for one in instants if one is not None), default=None)


def _roll_up(stream: int, hours: Collection[int]) -> None:
    """Count hours of a datastream anew from its observations."""
    if not hours:
        return
    Hour.objects.filter(datastream=stream, hour__in=hours).delete()
    of_hours = Q()
    for first, last in _runs(sorted(hours)):
        of_hours |= Q(time__gte=first * HOUR, time__lt=(last + 1) * HOUR)
    good = (
        Observation.objects.filter(of_hours, datastream=stream, number__isnull=False)
        .annotate(out=F("quality").bitand(int(EXCLUDED)))
        .filter(out=0)
    )
    found = (
        good.annotate(hour=F("time") / HOUR)
        .values("hour")
        .annotate(count=Count("pk"), total=Sum("number"), low=Min("number"), high=Max("number"))
    )
    rolled = {row["hour"]: row for row in found}
    for hour, count, total, low, high in _moved(stream, hours):
        row = rolled.setdefault(hour, {"hour": hour, "count": 0, "total": 0.0, "low": low, "high": high})
        row |= {"count": row["count"] + count, "total": row["total"] + total}
        row |= {"low": min(row["low"], low), "high": max(row["high"], high)}
    Hour.objects.bulk_create([Hour(datastream_id=stream, **row) for row in rolled.values()], batch_size=500)


def _moved(stream: int, hours: Collection[int]) -> Iterator[tuple[int, int, float, float, float]]:
    """What observations that have moved to files add to these hours."""
    given: dict[str, Any] = {"limit": MOST_MOVED, "columns": ("time", "number", "quality")}
    for first, last in _runs(sorted(hours)):
        rows = read_archived(datastream=stream, begin=first * HOUR, end=(last + 1) * HOUR, **given)
        counted = [(time, number) for time, number, marks in rows if number is not None and not marks & EXCLUDED]
        if counted:
            times, numbers = (np.array(column) for column in zip(*counted, strict=True))
            for row in by_hour(np.zeros(len(times), np.int64), times, numbers):
                yield row[1:]


def _runs(hours: Sequence[int]) -> list[tuple[int, int]]:
    """Hours that follow one another, as first and last."""
    runs: list[tuple[int, int]] = []
    for hour in hours:
        if runs and runs[-1][1] == hour - 1:
            runs[-1] = (runs[-1][0], hour)
        else:
            runs.append((hour, hour))
    return runs


def _record(
    by: Actor, at: datetime, what: str, stream: Datastream, changes: Mapping[str, Any], because: str = ""
) -> None:
    on = Subject("sensors.datastream", str(stream.pk))
    action = f"sensors.observation.{what}"
    audit.record(by=by, at=at, action=action, on=on, changes=dict(changes), because=because)
