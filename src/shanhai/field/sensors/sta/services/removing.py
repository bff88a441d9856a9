# SPDX-License-Identifier: Apache-2.0
"""Deleting entities, with what the standard lets go with them (18-088, table 25), and links between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, Q, QuerySet

from shanhai.base.audit import services as audit
from shanhai.field.sensors.models import Datastream, HistoricalLocation, Observation
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.sta.selectors.entities import MODELS
from shanhai.field.sensors.sta.selectors.owning import owner_of, owners_of, require_all
from shanhai.field.sensors.sta.services.places import narrow_areas, place_thing, remember_place
from shanhai.field.sensors.sta.values import Link
from shanhai.field.sensors.store.services.correcting import remove, remove_about
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict
from shanhai.kernel.messages import gettext_noop


@transaction.atomic
def remove_entity(*, kind: str, key: int, by: Actor, at: datetime) -> None:
    """Delete an entity and what cannot be without it: datastreams of things, sensors and properties; observations of
    datastreams and features; where things were, of things and locations.

    A registered station, with its devices, goes only with who manages stations. Raises NotVisible, NotAllowed, also
    where what goes along lies beyond what ``by`` may write to.
    """
    owner = owner_of(kind, key, viewer=by)
    owner.require_writer(by)
    if kind == "Observation":
        known = Observation.objects.filter(pk=key).values_list("datastream", "feature").first()
        remove(observations=[key], by=by, at=at)
        if known is not None and known[1] is not None:
            narrow_areas(datastreams=known[:1], feature=known[1], by=by, at=at)
        return
    row: Any = MODELS[kind]._default_manager.select_for_update(of=("self",)).get(pk=key)
    about: list[int] = []
    streams, histories = _along(kind, row)
    require_all(by, owners_of("Datastream", streams))
    require_all(by, owners_of("HistoricalLocation", histories))
    if kind == "Thing" and row.code is not None:
        by.require(SensorPermission.MANAGE, programme=owner.programme or None, place=owner.place or None)
    if kind == "FeatureOfInterest":
        about, gone = list(streams.values_list("pk", flat=True)), {}
        remove_about(feature=key, by=by, at=at)
    else:
        # Held, so that nobody stores into what goes.
        keys = list(streams.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        gone = {"datastreams": len(keys), "observations": sum(streams.values_list("count", flat=True))}
        with _kept_elsewhere():
            Datastream.objects.filter(pk__in=keys).delete()
        histories.delete()
    name = str(row)
    if kind not in ("Datastream", "MultiDatastream"):
        row.delete()
    narrow_areas(datastreams=about, feature=key, by=by, at=at)
    changes = {"name": name, **{what: count for what, count in gone.items() if count}}
    audit.record(by=by, at=at, action="sensors.entity.removed", on=owner.subject(kind, key), changes=changes)


@contextmanager
def _kept_elsewhere() -> Iterator[None]:
    """Say so where records of other apps stand on what was to go."""
    try:
        yield
    except ProtectedError as error:
        text = gettext_noop(
            "别处的记录要靠它的数据（例如隐患点的监测点），不能删除。不用它的，请在那里撤掉，数据留着。"
        )
        raise Conflict(text, "sensors.stream_needed") from error


@transaction.atomic
def remove_link(*, kind: str, key: int, link: Link, other: int, by: Actor, at: datetime) -> None:
    """Let a thing no longer be at a location, or a historical location not tell of it; both stay, from either end.

    Raises NotVisible, NotAllowed, and Conflict for what the standard does not let be without the other.
    """
    owner = owner_of(kind, key, viewer=by)
    owner.require_writer(by)
    ends = {kind: key, link.target: other}
    location = ends.pop("Location", 0)
    one, held = ends.popitem() if ends else ("", 0)
    if not location or one not in ("Thing", "HistoricalLocation"):
        text = gettext_noop("%(kind)s 不能没有 %(name)s，这个链接不能去掉。可以改成连到另一个，或者删除实体。")
        of = kind if link.required or not link.many else link.target
        raise Conflict(text, "sta.link_mandatory", kind=of, name=link.name if of == kind else kind)
    owner_of(one, held, viewer=by).require_writer(by)
    row: Any = MODELS[one]._default_manager.select_for_update(of=("self",)).get(pk=held)
    left = set(row.locations.values_list("pk", flat=True)) - {location}
    if one == "Thing":
        place_thing(thing=held, locations=left, whole=True, by=by, at=at)
    elif left:
        remember_place(row=row, locations=left, by=by, at=at)
    else:
        text = gettext_noop("HistoricalLocation 至少要有一个 Location，最后一个不能去掉。可以删除它自己。")
        raise Conflict(text, "sta.link_last", field=link.name)
    changes = {"link": link.name, "unlinked": other}
    audit.record(by=by, at=at, action="sensors.entity.changed", on=owner.subject(kind, key), changes=changes)


def _along(kind: str, row: Any) -> tuple[QuerySet[Datastream], QuerySet[HistoricalLocation]]:
    """The datastreams and the histories that go with it; of a feature, datastreams that lose observations."""
    none = Q(pk__in=[])
    streams = {
        "Thing": Q(thing=row.pk),
        "Sensor": Q(sensor=row.pk),
        "ObservedProperty": Q(observed_property=row.pk) | Q(positions__observed_property=row.pk),
        "Datastream": Q(pk=row.pk),
        "MultiDatastream": Q(pk=row.pk),
        "FeatureOfInterest": Q(feature=row.pk)
        | Q(pk__in=Observation.objects.filter(feature=row.pk).values("datastream")),
    }
    histories = {"Location": Q(locations=row.pk), "Thing": Q(thing=row.pk)}
    return (
        Datastream.objects.filter(pk__in=Datastream.objects.filter(streams.get(kind, none)).values("pk")),
        HistoricalLocation.objects.filter(
            pk__in=HistoricalLocation.objects.filter(histories.get(kind, none)).values("pk")
        ),
    )
