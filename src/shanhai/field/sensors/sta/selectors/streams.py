# SPDX-License-Identifier: Apache-2.0
"""What is asked of datastreams before observations of them are stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from shanhai.field.sensors.models import Datastream, Location
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop

_NO_STREAM = gettext_noop("没有编号为 %(id)s 的数据流，或者您看不到它。")


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


def streams_for(keys: Collection[int], *, by: Actor, all_of_them: bool = True) -> dict[int, Stream]:
    """The datastreams that ``by`` may write to, by id. One query. Raises NotVisible, NotAllowed for any other.

    Unless ``all_of_them`` must be there: then others are left out.
    """
    placed = Exists(Location.objects.filter(things=OuterRef("thing")))
    rows = Datastream.objects.visible_to(by).filter(pk__in=keys).annotate(placed=placed)
    names = ("pk", "multi", "observation_type", "multi_types", "feature", "placed", "thing__programme__code")
    found = {row[0]: Stream(*row) for row in rows.values_list(*names, "thing__place")}
    for key in keys if all_of_them else ():
        if key not in found:
            raise NotVisible(_NO_STREAM, "sta.not_found", id=key)
        by.require(SensorPermission.WRITE, programme=found[key].programme, place=found[key].place or None)
    return found
