# SPDX-License-Identifier: Apache-2.0
"""What watches a site: adding a point, correcting it, replaced and reset sensors, setting a lying one apart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from shanhai.base.audit import services as audit
from shanhai.field.sensors.stations.selectors.stations import get_stream, location_of
from shanhai.field.sensors.values import datetime_of, instant_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.corrections import corrected
from shanhai.kernel.errors import BadInput, Conflict, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.operations.hazards.models import MonitoringPoint, SiteTrack
from shanhai.operations.hazards.sites.rules.facts import checked_point, unit_symbol
from shanhai.operations.hazards.sites.selectors.sites import managed_point, managed_site
from shanhai.operations.hazards.sites.values import PointFacts
from shanhai.operations.hazards.states import SiteState

_FACTS = ("name", "quantity", "zone", "lon", "lat", "factor", "weight")
_WHY = gettext_noop("请写明原因。")


@transaction.atomic
def add_point(*, by: Actor, at: datetime, site: str, datastream: int, facts: PointFacts) -> MonitoringPoint:
    """Have a datastream of the site's programme, which ``by`` sees, watch a site; all that it has observed counts.

    Raises NotVisible, NotAllowed, BadInput, and Conflict where it does so already and for a site that is closed.
    """
    found = managed_site(viewer=by, code=site)
    if found.state == SiteState.CLOSED:
        raise Conflict(gettext_noop("这个隐患点已经销号，不能再加监测点。"), "hazards.site_closed")
    stream = get_stream(viewer=by, key=datastream)
    if stream.multi:
        text = gettext_noop("这个数据流一次有几个数，不能作监测点。请选一次一个数的。")
        raise BadInput(text, "hazards.stream_of_several", field="datastream")
    if stream.thing.programme_id != found.programme_id:
        text = gettext_noop("这个数据流属于别的对口支援，不能看这个隐患点。")
        raise BadInput(text, "hazards.stream_of_another", field="datastream")
    checked = checked_point(facts, **_told_by(stream))
    point = MonitoringPoint(site=found, datastream=stream, **{name: getattr(checked, name) for name in _FACTS})
    there = location_of(stream.thing)
    if point.lon is None and there is not None and there.west is not None and there.west == there.east:
        point.lon, point.lat = there.west, there.south
    try:
        with transaction.atomic():
            point.save()
    except IntegrityError:
        text = gettext_noop("这个数据流已经是这个隐患点的监测点。")
        raise Conflict(text, "hazards.point_twice", field="datastream") from None
    changes = {**_said(point), "datastream": stream.pk}
    _note(by, at, point, "added", changes=changes)
    return point


@transaction.atomic
def correct_point(
    *, by: Actor, at: datetime, point: UUID, facts: PointFacts, seen: Mapping[str, object] | None = None
) -> MonitoringPoint:
    """Replace what is written of a point; its datastream stays.

    Raises NotVisible, NotAllowed, BadInput, Conflict.
    """
    found = managed_point(viewer=by, uuid=point)
    stream = get_stream(viewer=by, key=found.datastream_id)
    checked = checked_point(facts, **_told_by(stream))
    before = _said(found)
    for name in _FACTS:
        setattr(found, name, getattr(checked, name))
    changes = corrected(before, _said(found), seen)
    if changes:
        found.save(update_fields=[*_FACTS])
        _note(by, at, found, "corrected", changes=changes)
    return found


@transaction.atomic
def restart_point(*, by: Actor, at: datetime, point: UUID, since: datetime, because: str) -> MonitoringPoint:
    """The sensor was replaced, reset or moved at ``since``: what it observed before is not compared with what follows.

    Raises NotVisible, NotAllowed, BadInput without a reason, for an instant ahead, and for one before the last.
    """
    found = managed_point(viewer=by, uuid=point)
    because = checked_reason(because, _WHY, "hazards")
    counts_from = instant_of(since)
    if since > at or counts_from < found.counts_from:
        text = gettext_noop("时间要在上一次起算以后，不晚于现在。")
        raise BadInput(text, "hazards.restart_not_possible", field="since")
    changes = {"counts_from": [datetime_of(one).isoformat() if one else "" for one in (found.counts_from, counts_from)]}
    found.counts_from = counts_from
    found.save(update_fields=["counts_from"])
    _note(by, at, found, "restarted", changes=changes, because=because)
    return found


@transaction.atomic
def set_apart(*, by: Actor, at: datetime, point: UUID, because: str) -> MonitoringPoint:
    """Have a lying sensor decide nothing, for a reason: its readings stay and are shown.

    Raises NotVisible, NotAllowed, BadInput without a reason, Conflict for one that is set apart already.
    """
    found = managed_point(viewer=by, uuid=point)
    because = checked_reason(because, gettext_noop("请写明为什么隔离，别人才知道能不能信。"), "hazards")
    if found.apart_at is not None:
        raise Conflict(gettext_noop("这个监测点已经隔离了。"), "hazards.point_apart")
    found.apart_at, found.apart_by, found.apart_because = at, by.ref, because
    found.save(update_fields=["apart_at", "apart_by", "apart_because"])
    _note(by, at, found, "set_apart", because=because)
    return found


@transaction.atomic
def bring_back(*, by: Actor, at: datetime, point: UUID, because: str) -> MonitoringPoint:
    """Have a point decide again that was set apart. Raises NotVisible, NotAllowed, BadInput, Conflict."""
    found = managed_point(viewer=by, uuid=point)
    because = checked_reason(because, _WHY, "hazards")
    if found.apart_at is None:
        raise Conflict(gettext_noop("这个监测点没有隔离。"), "hazards.point_not_apart")
    found.apart_at, found.apart_by, found.apart_because = None, "", ""
    found.save(update_fields=["apart_at", "apart_by", "apart_because"])
    _note(by, at, found, "brought_back", because=because)
    return found


@transaction.atomic
def remove_point(*, by: Actor, at: datetime, point: UUID, because: str) -> MonitoringPoint:
    """Have a datastream watch the site no more, for a reason; what it has said stays.

    Raises NotVisible, NotAllowed, BadInput.
    """
    found = managed_point(viewer=by, uuid=point)
    because = checked_reason(because, _WHY, "hazards")
    found.removed_at = at
    found.save(update_fields=["removed_at"])
    _note(by, at, found, "removed", because=because)
    return found


def _note(by: Actor, at: datetime, point: MonitoringPoint, act: str, **told: Any) -> None:
    """Have the site judged anew by what watches it now, and write the trail."""
    SiteTrack.objects.filter(site=point.site_id).update(due=0)
    audit.record(by=by, at=at, action=f"hazards.point.{act}", on=point.subject(), **told)


def _told_by(stream: Any) -> dict[str, str]:
    """What the datastream says of itself."""
    observed = stream.observed_property
    return {"definition": observed.definition if observed else "", "unit": unit_symbol(stream.unit)}


def _said(point: MonitoringPoint) -> dict[str, Any]:
    return {name: getattr(point, name) for name in _FACTS}
