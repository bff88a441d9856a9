# SPDX-License-Identifier: Apache-2.0
"""Changing entities (18-088, clause 10.3): part of one (PATCH), all of it (PUT), by a list of steps (JSON Patch)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import jsonpatch
from django.db import transaction
from jsonpointer import JsonPointerException, resolve_pointer

from shanhai.base.audit import services as audit
from shanhai.field.sensors.models import Datastream, Observation
from shanhai.field.sensors.sta.rules.bodies import Draft, draft_of, require_geometry
from shanhai.field.sensors.sta.rules.parsing import require_storable, to_json
from shanhai.field.sensors.sta.rules.results import checked, is_number
from shanhai.field.sensors.sta.selectors.entities import MODELS, TYPES, rows_of
from shanhai.field.sensors.sta.selectors.owning import owner_of
from shanhai.field.sensors.sta.selectors.shapes import shape_of
from shanhai.field.sensors.sta.services.creating import join_many
from shanhai.field.sensors.sta.services.places import BOX, move_features, narrow_areas, place_thing, widen_areas
from shanhai.field.sensors.store.services.correcting import correct
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict
from shanhai.kernel.messages import gettext_noop

# Of what a client leaves out of the whole of an entity, nothing stays.
_EMPTY = {"properties": None, "extra": None, "result_time": None}
# What is copied by all steps together.
_MOST_STEPS, _MOST_BYTES = 500, 2_000_000


@transaction.atomic
def change_entity(*, kind: str, key: int, body: Any, whole: bool, by: Actor, at: datetime) -> None:
    """Set what ``body`` says of an entity; with ``whole``, what it leaves out is emptied. Links may be set by id.

    Raises BadInput, NotVisible, NotAllowed, Conflict; then nothing is changed.
    """
    owner = owner_of(kind, key, viewer=by)
    owner.require_writer(by)
    _hold(kind, key)
    _change(kind, key, _draft(kind, body, whole), whole, by, at)


@transaction.atomic
def patch_entity(*, kind: str, key: int, steps: Any, by: Actor, at: datetime) -> None:
    """Change an entity by the steps of JSON Patch (RFC 6902). Raises BadInput, NotVisible, NotAllowed, Conflict."""
    owner = owner_of(kind, key, viewer=by)
    owner.require_writer(by)
    _hold(kind, key)
    _change(kind, key, _draft(kind, _patched(kind, key, steps, by), whole=True), True, by, at)


def _hold(kind: str, key: int) -> None:
    """Let nobody else change it before it is read: what two say of it at once is all kept.

    Of an observation its datastream is held, as by whoever stores. Raises ObjectDoesNotExist for what has just gone.
    """
    held = {"Observation": Datastream.objects.filter(observations=key)}
    rows = held.get(kind, MODELS[kind]._default_manager.filter(pk=key))
    rows.select_for_update(of=("self",), no_key=True).get()


def _draft(kind: str, body: Any, whole: bool) -> Draft:
    """Related entities within are refused, whether part of the entity is changed or all of it."""
    known = TYPES[kind]
    draft = draft_of(known, body, TYPES, whole=False)
    if whole:
        missing = [one.name for one in known.properties if one.required and not one.computed and one.name not in body]
        if missing:
            text = gettext_noop("%(kind)s 缺少 %(names)s。")
            raise BadInput(text, "sta.missing", field=missing[0], kind=kind, names=tuple(missing))
        columns = {name for one in known.properties if not one.computed for name in one.columns}
        draft.columns = {**{name: value for name, value in _EMPTY.items() if name in columns}, **draft.columns}
    return draft


def _patched(kind: str, key: int, steps: Any, by: Actor) -> Any:
    """The entity as a client writes it, after the steps."""
    known = TYPES[kind]
    written = tuple(one.name for one in known.properties if not one.computed)
    shape = shape_of(known, root="", select=written)
    before = shape.build(rows_of(kind, viewer=by).filter(pk=key).values_list(*shape.columns).get())
    text = gettext_noop("JSON Patch 做不了：%(reason)s。每一步要有 op 和 path，要改的内容须在。")
    try:
        after = _applied(steps, before)
    except jsonpatch.JsonPatchTestFailed as error:
        moved = gettext_noop("JSON Patch 的 test 不成立：现在的内容不是您以为的。请重新读取再改。")
        raise Conflict(moved, "sta.patch_test") from error
    except (jsonpatch.JsonPatchException, JsonPointerException, TypeError, KeyError, ValueError, IndexError) as error:
        raise BadInput(text, "sta.patch", reason=str(error)[:200]) from error
    except (AttributeError, RecursionError) as error:
        raise BadInput(text, "sta.patch", reason=gettext_noop("步骤的写法不对")) from error
    require_storable(after)
    return after


def _applied(steps: Any, entity: Any) -> Any:
    if not isinstance(steps, list) or len(steps) > _MOST_STEPS:
        text = gettext_noop("JSON Patch 须是步骤的数组，最多 %(most)s 步。")
        raise BadInput(text, "sta.patch", most=_MOST_STEPS)
    copied = 0
    for step in steps:
        if isinstance(step, Mapping) and step.get("op") == "copy":
            # All of them together: over and over onto the same place, nothing would grow and nothing end.
            copied += len(to_json(resolve_pointer(entity, str(step.get("from")))))
            if copied > _MOST_BYTES:
                raise BadInput(gettext_noop("JSON Patch 把内容复制得太大。"), "sta.patch_too_large")
        entity = jsonpatch.JsonPatch([step]).apply(entity, in_place=True)
    return entity


def _change(kind: str, key: int, draft: Draft, whole: bool, by: Actor, at: datetime) -> None:
    if kind == "Observation":
        _correct(key, draft, whole, by, at)
        return
    owner = owner_of(kind, key, viewer=by)
    row = MODELS[kind]._default_manager.get(pk=key)
    require_geometry(draft, draft.columns.get("encoding_type", getattr(row, "encoding_type", None)))
    _require_as_many(kind, row, draft)
    fields = dict(draft.columns)
    for link in draft.type.links:
        if not link.many and (one := next(iter(draft.links.get(link.name, ())), None)) is not None:
            assert isinstance(one, int)
            owner_of(link.target, one, viewer=by)
            if link.target == "Thing":
                owner_of("Thing", one, viewer=by).require_writer(by)
            fields[f"{link.paths[0]}_id"] = one
    before = {name: getattr(row, name) for name in fields}
    for name, value in fields.items():
        setattr(row, name, value)
    if fields:
        row.save(update_fields=list(fields))
    _link(kind, row, draft, by, at)
    _follow(kind, row, fields, before, by, at)
    changes = {
        name: [before[name], value] for name, value in fields.items() if before[name] != value and name not in BOX
    }
    if changes or draft.links:
        audit.record(by=by, at=at, action="sensors.entity.changed", on=owner.subject(kind, key), changes=changes)


def _link(kind: str, row: Any, draft: Draft, by: Actor, at: datetime) -> None:
    for link in draft.type.links:
        ids = [one for one in draft.links.get(link.name, ()) if isinstance(one, int)]
        if not link.many or link.name not in draft.links:
            continue
        for one in ids:
            found = owner_of(link.target, one, viewer=by)
            if link.target not in ("Location", "ObservedProperty"):
                found.require_writer(by)
        if (kind, link.name) == ("Thing", "Locations"):
            place_thing(thing=row.pk, locations=ids, whole=True, by=by, at=at)
        elif ids:
            join_many(kind=kind, link=link, row=row, ids=ids, by=by, at=at)


def _follow(kind: str, row: Any, fields: Mapping[str, Any], before: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """New observations are about where the things are now."""
    if kind == "Location" and fields.get("location", row.location) != before.get("location", row.location):
        move_features(things=list(row.things.values_list("pk", flat=True)), by=by, at=at)
    if fields.get("thing_id", None) != before.get("thing_id", None):
        move_features(things=[row.thing_id], by=by, at=at)


def _require_as_many(kind: str, row: Any, draft: Draft) -> None:
    """A MultiDatastream keeps as many units and types as it has properties, or is given all anew."""
    if kind != "MultiDatastream":
        return
    properties = draft.links.get("ObservedProperties")
    count = row.positions.count() if properties is None else len(properties)
    sizes = {len(draft.columns.get("unit", row.unit)), len(draft.columns.get("multi_types", row.multi_types)), count}
    if len(sizes) > 1:
        text = gettext_noop("unitOfMeasurements、multiObservationDataTypes 和 ObservedProperties 须一样多，逐个对应。")
        raise BadInput(text, "sta.multi_not_aligned", field="unitOfMeasurements")
    if count != row.positions.count() and row.count:
        text = gettext_noop("这个 MultiDatastream 已经有观测值，结果的个数不能再变。请另建一个。")
        raise Conflict(text, "sta.multi_has_observations", field="ObservedProperties")


def _correct(key: int, draft: Draft, whole: bool, by: Actor, at: datetime) -> None:
    columns, links = dict(draft.columns), dict(draft.links)
    row = Observation.objects.select_related("datastream").get(pk=key)
    stream = row.datastream
    mine = "MultiDatastream" if stream.multi else "Datastream"
    for name in ("Datastream", "MultiDatastream"):
        if links.pop(name, [stream.pk]) != [stream.pk] or (name != mine and name in draft.links):
            text = gettext_noop("观测值不能换到另一个数据流。请删除以后在那里另存。")
            raise BadInput(text, "sta.observation_moves", field=name)
    if "result" in columns:
        result = columns.pop("result")
        checked(result, stream.observation_type, stream.multi_types)
        columns |= {"number": float(result), "value": None} if is_number(result) else {"number": None, "value": result}
    if features := links.get("FeatureOfInterest"):
        columns["feature_id"] = features[0]
        owner_of("FeatureOfInterest", features[0], viewer=by)  # type: ignore[arg-type]
    if isinstance(columns.get("extra"), dict) and not whole:
        # What is said of one of them leaves the others as they are.
        columns["extra"] = {**(row.extra or {}), **columns["extra"]}
    begin, end = columns.get("time", row.time), columns.get("end", row.end)
    if end is not None and end < begin:
        text = gettext_noop("phenomenonTime 的结束早于开始。")
        raise BadInput(text, "sta.time_reversed", field="phenomenonTime")
    if columns:
        correct(observation=key, changes=columns, by=by, at=at)
    if "feature_id" in columns and columns["feature_id"] != row.feature_id:
        widen_areas(features={stream.pk: [columns["feature_id"]]}, by=by, at=at)
        if row.feature_id is not None:
            narrow_areas(datastreams=[stream.pk], feature=row.feature_id, by=by, at=at)
