# SPDX-License-Identifier: Apache-2.0
"""What is asked of datastreams before observations of them are stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

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


def streams_for(rows: Iterable[Mapping[str, Any]], *, by: Actor) -> dict[int, Stream]:
    """Of the datastreams of these rows (``stream_rows``) those that ``by`` may write to or see, by id.

    One query where some may only be seen.
    """
    found = {
        row["id"]: Stream(
            row["id"],
            multi=bool(row["multi"]),
            observation_type=row["observation_type"],
            multi_types=row["multi_types"],
            feature=row["feature_id"],
            placed=bool(row["placed"]),
            programme=row["programme"],
            place=row["place"],
        )
        for row in rows
    }
    closed = [one.pk for one in found.values() if not one.may_be_written(by)]
    seen = set(Datastream.objects.visible_to(by).filter(pk__in=closed).values_list("pk", flat=True)) if closed else ()
    for key in closed:
        if key not in seen:
            del found[key]
    return found
