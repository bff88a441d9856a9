# SPDX-License-Identifier: Apache-2.0
"""Creating entities, alone or with those within them (18-088, clause 10.2): all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.field.sensors.models import Datastream, HistoricalLocation, MultiProperty
from shanhai.field.sensors.models.entities import Owned
from shanhai.field.sensors.sta.rules.bodies import NOT_THERE, TWO_DATASTREAMS, Draft, draft_of, inverse_of, reference_of
from shanhai.field.sensors.sta.selectors.entities import MODELS, TYPES, rows_of
from shanhai.field.sensors.sta.selectors.owning import Owner, own_scope, owner_of
from shanhai.field.sensors.sta.services.observing import Observed, store_observed
from shanhai.field.sensors.sta.services.places import move_features, place_thing, remember_place
from shanhai.field.sensors.sta.values import Link, Under
from shanhai.field.sensors.values import instant_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

# Linking to one of these changes it, too.
_CHANGED = frozenset({"Thing", "Datastream", "MultiDatastream", "HistoricalLocation"})
# Many belong to many, but these name their other side when they are made.
_NAMING = frozenset({"HistoricalLocation", "MultiDatastream"})


def create_entity(*, kind: str, body: Any, under: Under | None = None, by: Actor, at: datetime) -> int:
    """Create what ``body`` describes, of a kind ("Thing") and with all within it, and answer its id.

    ``under`` is the entity whose set it is posted to, which it is linked to; a body that is a reference only links.
    New entities lie in the scope of the thing they belong to, else in that of ``by``. Raises BadInput, NotVisible,
    NotAllowed, Conflict; then nothing is stored.
    """
    if kind == "Observation":
        return create_observation(body=body, under=under, by=by, at=at)[0]
    making = _Making(by, at)
    if under is not None and (key := reference_of(body, kind, bare=True)) is not None:
        with transaction.atomic():
            making.link(under, key)
        return key
    given = {} if under is None else {inverse_of(under.link, TYPES[under.kind], TYPES).name: under.id}
    draft = draft_of(TYPES[kind], body, TYPES, given=given)
    _require_agreed(draft, given)
    with transaction.atomic():
        return making.finish(making.make(draft, given, _owner(draft, under, by)))


def create_observation(
    *, body: Any, under: Under | None = None, by: Actor, at: datetime
) -> tuple[int, Mapping[str, Any] | None]:
    """The same for an observation, with its columns where it is stored now and brings no entities with it.

    Alone it needs no transaction of its own: it shares one with those that others send at the same time.
    """
    given = {} if under is None else {inverse_of(under.link, TYPES[under.kind], TYPES).name: under.id}
    draft = draft_of(TYPES["Observation"], body, TYPES, given=given)
    _require_agreed(draft, given)
    making = _Making(by, at)
    if draft.inline:
        with transaction.atomic():
            return making.finish(making.make(draft, given, _owner(draft, under, by))), None
    observed = making.observed(draft, given, Owner())
    [stored] = store_observed(observed=[observed], by=by, at=at)
    return stored.id, {**observed.columns, "multi": observed.multi} if stored.fresh else None


def _require_agreed(draft: Draft, given: Mapping[str, int]) -> None:
    for name, known in given.items():
        link = draft.type.link(name)
        if link is not None and not link.many and draft.links.get(name, [known]) != [known]:
            text = gettext_noop("地址和内容里的 %(name)s 不是同一个。")
            raise BadInput(text, "sta.two_links", field=name, name=name)
    if draft.type.key == "Observation" and {"Datastream", "MultiDatastream"} <= {*draft.links, *given}:
        raise BadInput(TWO_DATASTREAMS, "sta.two_datastreams", field="MultiDatastream")


def _owner(draft: Draft, under: Under | None, by: Actor) -> Owner:
    """Of what belongs to an existing thing or datastream, theirs."""
    if under is not None and under.kind in _CHANGED:
        return owner_of(under.kind, under.id, viewer=by)
    for link in draft.type.links:
        for one in draft.links.get(link.name, ()):
            if isinstance(one, int) and link.target in _CHANGED:
                return owner_of(link.target, one, viewer=by)
    return own_scope(by)


class _Making:
    """What is made in one go: observations are stored together, at the end."""

    def __init__(self, by: Actor, at: datetime) -> None:
        self._by, self._at = by, at
        self._acts: list[audit.Act] = []
        self._observed: list[Observed] = []

    def make(self, draft: Draft, given: Mapping[str, int], owner: Owner) -> int:
        """Make an entity and those within it; of an observation, the answer is its place among them."""
        kind = draft.type
        owner.require_writer(self._by)
        if kind.key == "Observation":
            self._observed.append(self.observed(draft, given, owner))
            return -len(self._observed)
        model = MODELS[kind.key]
        fields: dict[str, Any] = dict(draft.columns)
        for link in kind.links:
            if not link.many and (one := self._one(draft, link, given, owner)) is not None:
                fields[f"{link.paths[0]}_id"] = one
                if link.target == "Thing":
                    owner = owner_of("Thing", one, viewer=self._by)
        if issubclass(model, Owned):
            fields |= {"programme_id": owner.programme_id, "place": owner.place}
        row: Any = model._default_manager.create(**fields)
        on = owner.subject(kind.key, row.pk)
        self._acts.append(audit.Act("sensors.entity.created", on, {"name": draft.columns.get("name", "")}))
        for link in kind.links:
            if link.many:
                self._many(draft, link, row, given, owner)
        return int(row.pk)

    def finish(self, made: int) -> int:
        """Store the observations and write the trail; the id of what was made first."""
        if self._observed:
            stored = store_observed(observed=self._observed, by=self._by, at=self._at)
            made = made if made >= 0 else stored[-made - 1].id
        audit.record_many(by=self._by, at=self._at, acts=self._acts)
        return made

    def link(self, under: Under, key: int) -> None:
        """Link what is there to what is there."""
        owner = owner_of(under.kind, under.id, viewer=self._by)
        owner.require_writer(self._by)
        row = MODELS[under.kind]._default_manager.get(pk=under.id)
        self._join(under.kind, under.link, row, [self._known(under.link, key)])
        changes = {"link": under.link.name, "linked": key}
        self._acts.append(audit.Act("sensors.entity.changed", owner.subject(under.kind, under.id), changes))
        self.finish(key)

    def _one(self, draft: Draft, link: Link, given: Mapping[str, int], owner: Owner) -> int | None:
        if link.name in given:
            return given[link.name]
        one = next(iter(draft.links.get(link.name, ())), None)
        if isinstance(one, Draft):
            return self.make(one, {}, owner)
        return None if one is None else self._known(link, one)

    def observed(self, draft: Draft, given: Mapping[str, int], owner: Owner) -> Observed:
        """The observation with what it brings; its datastream is asked for when it is stored."""
        ids: dict[str, int] = dict(given)
        for link in draft.type.links:
            one = next(iter(draft.links.get(link.name, ())), None)
            if isinstance(one, Draft):
                ids[link.name] = self.make(one, {}, owner)
            elif one is not None:
                ids[link.name] = self._known(link, one) if link.target == "FeatureOfInterest" else one
        stream = ids.get("Datastream", ids.get("MultiDatastream"))
        if stream is None:
            text = gettext_noop("观测值要写明属于哪个 Datastream 或 MultiDatastream。")
            raise BadInput(text, "sta.no_datastream", field="Datastream")
        columns = {"time": instant_of(self._at), **draft.columns}
        return Observed(stream, "MultiDatastream" in ids, ids.get("FeatureOfInterest"), columns)

    def _many(self, draft: Draft, link: Link, row: Any, given: Mapping[str, int], owner: Owner) -> None:
        ids = [given[link.name]] if link.name in given else []
        back = inverse_of(link, draft.type, TYPES)
        for one in draft.links.get(link.name, ()):
            if isinstance(one, int):
                ids += [self._known(link, one)] if one not in given.values() else []
            elif back.many and link.target not in _NAMING:
                ids.append(self.make(one, {}, owner))
            else:
                self.make(one, {back.name: row.pk}, owner)
        if ids:
            self._join(draft.type.key, link, row, ids)

    def _known(self, link: Link, key: int) -> int:
        """The id, once the entity is there for who links to it, and may be changed where linking changes it."""
        if link.target in _CHANGED:
            owner_of(link.target, key, viewer=self._by).require_writer(self._by)
        elif not rows_of(link.target, viewer=self._by).filter(pk=key).exists():
            raise BadInput(NOT_THERE, "sta.link_to_nothing", field=link.name, name=link.name, id=key)
        return key

    def _join(self, kind: str, link: Link, row: Any, ids: list[int]) -> None:
        join_many(kind=kind, link=link, row=row, ids=ids, by=self._by, at=self._at)


def join_many(*, kind: str, link: Link, row: Any, ids: list[int], by: Actor, at: datetime) -> None:
    """Link a row of a kind to several that are there, as that link of the standard means it. Raises BadInput."""
    match kind, link.name:
        case "Thing", "Locations":
            # A thing that is made with several locations has all of them, of whatever encodings.
            whole = len(ids) > 1 or not row.locations.exists()
            place_thing(thing=row.pk, locations=ids, whole=whole, by=by, at=at)
        case "Location", "Things":
            for thing in ids:
                place_thing(thing=thing, locations=[row.pk], whole=False, by=by, at=at)
        case "HistoricalLocation", "Locations":
            remember_place(row=row, locations=ids, by=by, at=at)
        case "Location", "HistoricalLocations":
            for one in HistoricalLocation.objects.filter(pk__in=ids):
                one.locations.add(row)
        case "MultiDatastream", "ObservedProperties":
            _observe_all(row, ids)
        case (("Thing" | "Sensor" | "ObservedProperty"), "Datastreams"):
            Datastream.objects.filter(pk__in=ids).update(**{link.back[0]: row.pk})
            move_features(things=[row.pk] if kind == "Thing" else [], by=by, at=at)
        case (("Thing" | "Sensor"), "MultiDatastreams"):
            Datastream.objects.filter(pk__in=ids).update(**{link.back[0]: row.pk})
        case _:
            text = gettext_noop("%(name)s 不能从这一头连。请改 %(target)s 自己的链接。")
            raise BadInput(text, "sta.link_from_other_side", field=link.name, name=link.name, target=link.target)


def _observe_all(row: Datastream, ids: list[int]) -> None:
    if len(ids) != len(row.unit):
        text = gettext_noop("ObservedProperties 有 %(count)s 个，unitOfMeasurements 有 %(units)s 个，须一样多。")
        raise BadInput(text, "sta.multi_not_aligned", field="ObservedProperties", count=len(ids), units=len(row.unit))
    row.positions.all().delete()
    made = [MultiProperty(datastream=row, observed_property_id=one, position=place) for place, one in enumerate(ids)]
    MultiProperty.objects.bulk_create(made)
