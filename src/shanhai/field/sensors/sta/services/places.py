# SPDX-License-Identifier: Apache-2.0
"""What follows from where things are: their history, and what their observations are about that name nothing else.

Called by the services beside it, within their transactions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.conf import settings
from django.db.models import Count

from shanhai.field.sensors.models import Datastream, FeatureOfInterest, HistoricalLocation, Location, Thing
from shanhai.field.sensors.sta.rules.geometry import Box, area_of, around, box_of, is_geojson
from shanhai.field.sensors.values import instant_of
from shanhai.kernel.actors import Actor

BOX = ("west", "south", "east", "north")


def place_thing(*, thing: int, locations: Collection[int], whole: bool, by: Actor, at: datetime) -> None:
    """Let a thing be at ``locations``, and remember since when.

    Unless they are the ``whole`` of it, they take the place of those of their own encodings: several locations of a
    thing are one place told in several ways.
    """
    there = Location.objects.filter(things=thing)
    before = set(there.values_list("pk", flat=True))
    after = set(locations)
    if not whole:
        told = Location.objects.filter(pk__in=after).values("encoding_type")
        after |= set(there.exclude(encoding_type__in=told).values_list("pk", flat=True))
    if after == before:
        return
    _settle(thing, after)
    # A historical location has one at least.
    if not after:
        return
    made = HistoricalLocation.objects.create(thing_id=thing, time=instant_of(at))
    made.locations.set(after)


def remember_place(*, row: HistoricalLocation, locations: Collection[int], by: Actor, at: datetime) -> None:
    """Say where a thing was since a time; where that is its latest, it is there now."""
    row.locations.set(locations)
    later = HistoricalLocation.objects.filter(thing=row.thing_id, time__gt=row.time)
    if not later.exists() and row.time <= instant_of(at):
        _settle(row.thing_id, set(locations))


def move_features(*, things: Collection[int], by: Actor, at: datetime) -> None:
    """Let new observations be about where the things are now, those from before about where they were."""
    for thing in things:
        _follow(thing)


def give_features(*, datastreams: Collection[int], by: Actor, at: datetime) -> None:
    """Let observations of datastreams that have no feature yet be about where their thing is."""
    streams = Datastream.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=datastreams, feature=None)
    for stream in streams.order_by("pk"):
        stream.feature = _feature_at(stream.thing_id)
        if stream.feature is not None:
            stream.observed_area = _widened(stream.observed_area, stream.feature)
            stream.save(update_fields=["feature", "observed_area"])


def widen_areas(*, features: Mapping[int, Collection[int]], by: Actor, at: datetime) -> None:
    """Let the observed areas of datastreams hold the features of theirs, all by id."""
    known = {row.pk: row for row in FeatureOfInterest.objects.filter(pk__in=_all(features))}
    for stream in (
        Datastream.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=features).order_by("pk")
    ):
        area = stream.observed_area
        for key in sorted(features[stream.pk]):
            area = _widened(area, known.get(key))
        if area != stream.observed_area:
            Datastream.objects.filter(pk=stream.pk).update(observed_area=area)


def narrow_areas(*, datastreams: Collection[int], feature: int, by: Actor, at: datetime) -> None:
    """Let the observed areas of datastreams no longer hold a feature that none of their observations is about.

    Of one with more observations than a question may look at, or with some in files, the area stays as it is.
    """
    held = Datastream.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=datastreams)
    for stream in held.filter(count__lte=settings.SENSORS_LOOKED_AT).order_by("pk"):
        # The next observation may be about these.
        expected = {stream.feature_id, stream.moved_feature_id}
        if feature in expected or stream.observations.filter(feature=feature).exists():
            continue
        about = dict(stream.observations.values_list("feature").annotate(count=Count("pk")).order_by())
        if sum(about.values()) < stream.count:
            continue
        area = None
        held_now = [key for key in {*about, *expected} if key is not None]
        for one in FeatureOfInterest.objects.filter(pk__in=held_now).order_by("pk"):
            area = _widened(area, one)
        if area != stream.observed_area:
            stream.observed_area = area
            stream.save(update_fields=["observed_area"])


def _widened(area: dict[str, object] | None, feature: FeatureOfInterest | None) -> dict[str, object] | None:
    """An observed area that holds the feature, too: its geometry where it is the first, else a box."""
    if feature is None or feature.west is None or not is_geojson(feature.encoding_type):
        return area
    box: Box = (feature.west, feature.south, feature.east, feature.north)  # type: ignore[assignment]
    known = None if area is None else box_of(area)
    if known is None:
        given: dict[str, object] = feature.feature
        return given.get("geometry") if given.get("type") == "Feature" else given  # type: ignore[return-value]
    both = around(known, box)
    return area if both == known else area_of(both)


def _all(features: Mapping[int, Collection[int]]) -> set[int]:
    return {key for many in features.values() for key in many}


def _settle(thing: int, locations: set[int]) -> None:
    """Where a thing is; what its observations are about follows."""
    Thing(pk=thing).locations.set(locations)
    _follow(thing)


def _follow(thing: int) -> None:
    streams = Datastream.objects.select_for_update(of=("self",), no_key=True).filter(thing=thing, feature__isnull=False)
    held = list(streams.order_by("pk"))
    feature = _feature_at(thing) if held else None
    for stream in held:
        moved = None if feature is None or feature.pk == stream.feature_id else feature
        if stream.moved_feature_id != (moved.pk if moved else None):
            stream.moved_feature = moved
            stream.observed_area = _widened(stream.observed_area, moved)
            stream.save(update_fields=["moved_feature", "observed_area"])


def _feature_at(thing: int) -> FeatureOfInterest | None:
    """What is where the thing is: one for all its datastreams, made where there is none. None for a thing nowhere."""
    locations = list(Location.objects.filter(things=thing).order_by("pk"))
    if not locations:
        return None
    here = next((one for one in locations if is_geojson(one.encoding_type)), locations[0])
    of_thing = Datastream.objects.filter(thing=thing)
    known = FeatureOfInterest.objects.filter(pk__in=of_thing.exclude(feature=None).values("feature"))
    known |= FeatureOfInterest.objects.filter(pk__in=of_thing.exclude(moved_feature=None).values("moved_feature"))
    for one in known:
        if one.feature == here.location and one.encoding_type == here.encoding_type:
            return one
    return FeatureOfInterest.objects.create(
        name=here.name,
        description=here.description,
        encoding_type=here.encoding_type,
        feature=here.location,
        programme_id=here.programme_id,
        place=here.place,
        **{name: getattr(here, name) for name in BOX},
    )
