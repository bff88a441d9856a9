# SPDX-License-Identifier: Apache-2.0
"""What is asked of datastreams before observations of them are stored."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from django.db import connection

from shanhai.field.sensors.models import Datastream
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.kernel.actors import Actor


class Stream(NamedTuple):
    """What is asked of a datastream before observations of it are stored."""

    pk: int
    multi: bool
    observation_type: str
    multi_types: Sequence[str] | None
    feature: int | None
    placed: bool
    programme: str | None
    place: str

    def may_be_written(self, by: Actor) -> bool:
        """Whether ``by`` may store observations of it."""
        return by.may(SensorPermission.WRITE, programme=self.programme, place=self.place or None)


# Asked before each observation: building it anew by the ORM costs several times what the database takes to answer.
_ASKED = """
    SELECT d.id, d.multi, d.observation_type, d.multi_types, d.feature_id,
        EXISTS (SELECT 1 FROM sensors_thing_locations l WHERE l.thing_id = d.thing_id), p.code, t.place
    FROM sensors_datastream d JOIN sensors_thing t ON t.id = d.thing_id
    LEFT JOIN programmes_programme p ON p.id = t.programme_id WHERE d.id IN ({})"""
_AT_ONCE = 900


def streams_for(keys: Collection[int], *, by: Actor) -> dict[int, Stream]:
    """The datastreams that ``by`` may write to or see, by id. One query, and a second where some are only seen."""
    found = {one.pk: one for one in _asked(list(keys))}
    closed = [one.pk for one in found.values() if not one.may_be_written(by)]
    seen = set(Datastream.objects.visible_to(by).filter(pk__in=closed).values_list("pk", flat=True)) if closed else ()
    for key in closed:
        if key not in seen:
            del found[key]
    return found


def _asked(keys: Sequence[int]) -> Iterator[Stream]:
    with connection.cursor() as cursor:
        for at in range(0, len(keys), _AT_ONCE):
            some = keys[at : at + _AT_ONCE]
            cursor.execute(_ASKED.format(", ".join(["%s"] * len(some))), some)
            for key, multi, kind, types, *others in cursor.fetchall():
                yield Stream(key, bool(multi), kind, json.loads(types) if isinstance(types, str) else types, *others)
