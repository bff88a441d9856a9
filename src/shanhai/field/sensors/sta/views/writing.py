# SPDX-License-Identifier: Apache-2.0
"""What is answered to POST, PATCH, PUT and DELETE."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import numpy as np
import orjson
from django.conf import settings

from shanhai.base.database.services import not_giving_way
from shanhai.base.formats import say
from shanhai.field.sensors.sta.rules.arrays import blocks_of
from shanhai.field.sensors.sta.rules.parsing import parse_array, parse_json, to_json
from shanhai.field.sensors.sta.rules.paths import Resource, parse_path
from shanhai.field.sensors.sta.rules.results import is_number
from shanhai.field.sensors.sta.selectors.entities import TYPES, rows_of
from shanhai.field.sensors.sta.selectors.plans import Asked
from shanhai.field.sensors.sta.selectors.reading import key_of, place_of
from shanhai.field.sensors.sta.selectors.shapes import shape_of
from shanhai.field.sensors.sta.services.arrays import store_arrays
from shanhai.field.sensors.sta.services.changing import change_entity, patch_entity
from shanhai.field.sensors.sta.services.creating import create_entity, create_observation
from shanhai.field.sensors.sta.services.removing import remove_entity, remove_link
from shanhai.field.sensors.sta.values import EntityType, Under
from shanhai.field.sensors.sta.views.reading import Answer, told
from shanhai.kernel.errors import DomainError
from shanhai.kernel.messages import gettext_noop

ARRAYS = "CreateObservations"
_STEPS = "application/json-patch+json"


class NotHere(DomainError):
    """What is asked for cannot be done at this kind of address."""

    code = "sta.method_not_allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED


def write(method: str, path: str, body: bytes, content_type: str, asked: Asked) -> Answer:
    """Do what is asked at a decoded path below the root. Raises DomainError."""
    with told():
        return not_giving_way(lambda: _write(method, path, body, content_type, asked))


def _write(method: str, path: str, body: bytes, content_type: str, asked: Asked) -> Answer:
    if path == ARRAYS and method == "POST":
        return _arrays(body, asked)
    resource = parse_path(path, TYPES)
    if resource.ref and method == "DELETE":
        return _unlink(resource, asked)
    if not resource.hops or resource.named is not None or resource.ref:
        raise _not_here(method)
    if method == "POST":
        return _create(resource, body, asked)
    if resource.hops[-1].many:
        raise _not_here(method)
    place = place_of(resource, asked)
    key = key_of(place, asked)
    kind, by, at = place.kind.key, asked.viewer, asked.at
    if method == "DELETE":
        remove_entity(kind=kind, key=key, by=by, at=at)
        return Answer(b"")
    given = parse_json(body)
    if method == "PATCH" and content_type.partition(";")[0].strip().lower() == _STEPS:
        patch_entity(kind=kind, key=key, steps=given, by=by, at=at)
    else:
        change_entity(kind=kind, key=key, body=given, whole=method == "PUT", by=by, at=at)
    return Answer(_entity(place.kind, key, asked))


def _unlink(resource: Resource, asked: Asked) -> Answer:
    last = resource.hops[-1]
    if last.many or last.link is None:
        raise _not_here("DELETE")
    place = place_of(resource, asked)
    key, other, kind = place.parent, key_of(place, asked), resource.hops[-2].type.key
    assert key is not None
    remove_link(kind=kind, key=key, link=last.link, other=other, by=asked.viewer, at=asked.at)
    return Answer(b"")


def _create(resource: Resource, body: bytes, asked: Asked) -> Answer:
    last = resource.hops[-1]
    if not last.many:
        raise _not_here("POST")
    under, kind = _under(resource, asked), last.type
    given, columns = parse_json(body), None
    if kind.key == "Observation":
        key, columns = create_observation(body=given, under=under, by=asked.viewer, at=asked.at)
    else:
        key = create_entity(kind=kind.key, body=given, under=under, by=asked.viewer, at=asked.at)
    location = f"{asked.root}/{kind.set_name}({key})"
    made = _entity(kind, key, asked) if columns is None else _stored(kind, key, columns, asked)
    return Answer(made, status=HTTPStatus.CREATED, location=location)


def _under(resource: Resource, asked: Asked) -> Under | None:
    """The entity whose set is posted to. Raises NotVisible, except for a datastream: who stores asks for that."""
    last = resource.hops[-1]
    if last.link is None:
        return None
    before = Resource(resource.hops[:-1])
    first = before.hops[0]
    if len(before.hops) == 1 and first.id is not None and last.type.key == "Observation" and "stream" in first.type.key:
        return Under(first.type.key, first.id, last.link)
    return Under(before.type.key, key_of(place_of(before, asked), asked), last.link)


def _stored(kind: EntityType, key: int, columns: Mapping[str, Any], asked: Asked) -> bytes:
    """An observation that is stored just now, without asking for it."""
    shape = shape_of(kind, root=asked.root, multi=columns["multi"])
    result = columns["result"]
    known = {**columns, "pk": key, "number": None, "value": result}
    if is_number(result):
        known |= {"number": float(result), "value": None}
    return to_json(shape.build([known.get(name) for name in shape.columns]))


def _arrays(body: bytes, asked: Asked) -> Answer:
    blocks = blocks_of(parse_array(body), most=settings.SENSORS_ARRAY_MAX_ROWS)
    ids, because = store_arrays(blocks=blocks, by=asked.viewer, at=asked.at)
    if not len(ids):
        return Answer(b"[]", status=HTTPStatus.CREATED)
    begin, end = f'"{asked.root}/Observations('.encode(), b')"'
    # All at once: what stands between two ids makes addresses of them, and what was refused is put in its place.
    text = orjson.dumps(ids, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].replace(b",", b"%b,%b" % (end, begin))
    first, *others = (b"[%b%b%b]" % (begin, text, end)).split(b"%b0%b" % (begin, end))
    refused = np.flatnonzero(ids == 0).tolist()
    # The standard has "error" for such a row; clients look at how it begins, as another server tells reasons, too.
    told = (orjson.dumps(f"error: {say(because[row])}") for row in refused)
    answer = first + b"".join(part for one in zip(told, others, strict=True) for part in one)
    return Answer(answer, status=HTTPStatus.CREATED)


def _entity(kind: EntityType, key: int, asked: Asked) -> bytes:
    shape = shape_of(kind, root=asked.root)
    return to_json(shape.build(rows_of(kind.key, viewer=asked.viewer).filter(pk=key).values_list(*shape.columns).get()))


def _not_here(method: str) -> NotHere:
    text = gettext_noop("这个地址不能用 %(method)s。新建用 POST 到集合，修改和删除用实体自己的地址。")
    return NotHere(text, method=method)
