# SPDX-License-Identifier: Apache-2.0
"""Observations are many: which of them a filter looks at, how many they are, and when that is too many to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet, Sum
from odata_query import ast

from shanhai.field.sensors.models import Datastream
from shanhai.field.sensors.sta.rules import language
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop

_OF_ONE = {("Datastream", "id"), ("Datastream", "@iot.id"), ("MultiDatastream", "id"), ("MultiDatastream", "@iot.id")}
_OF_ITSELF = {("id",), ("@iot.id",)}
_DIGITS = 19
MOST_SKIPPED = 100_000
_OF_TIME = ("phenomenonTime",)
_WITHIN = ("before", "after", "during", "meets", "overlaps", "starts", "finishes")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a filter is sure to be about: one datastream, ids of observations; ``times`` are its terms about time.

    ``whole`` is whether there are no others.
    """

    datastream: int | None = None
    ids: bool = False
    times: tuple[Any, ...] = ()
    whole: bool = False


def narrowed(tree: Any, names: tuple[str, ...] = ()) -> Narrowed:
    """What the terms that must all hold say of datastream, id and time of the observations called by ``names``."""
    datastream, ids = None, False
    times: list[Any] = []
    both = isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And)
    terms = language.operands(tree) if both else [tree]
    for term in terms:
        paths = [language.path_of(one) for one in language.children(term) if isinstance(one, ast.Identifier)]
        named = [one[len(names) :] for one in paths if one[: len(names)] == names]
        if isinstance(term, ast.Call) and term.func.name in _WITHIN:
            times += [term] * (_OF_TIME in named)
        if not isinstance(term, ast.Compare) or len(named) != 1:
            continue
        if isinstance(term.comparator, (ast.Eq, ast.In)):
            ids = ids or named[0] in _OF_ITSELF
            number = next((one for one in (term.left, term.right) if isinstance(one, ast.Integer)), None)
            if named[0] in _OF_ONE and number is not None and len(number.val) < _DIGITS:
                datastream = int(number.val)
        if named[0] == _OF_TIME and not isinstance(term.comparator, ast.NotEq):
            times.append(term)
    return Narrowed(datastream, ids, tuple(times), len(times) == len(terms))


def count_all(viewer: Actor) -> int:
    """How many observations the viewer sees, by what their datastreams have counted."""
    return int(Datastream.objects.visible_to(viewer).aggregate(all=Sum("count"))["all"] or 0)


def check_looked_at(
    rows: QuerySet[Any], within: Q | None, viewer: Actor, *, datastreams: Sequence[int] | None = None
) -> None:
    """Raise Refused where a question would look at more rows than allowed, of these datastreams or of all.

    ``within`` is where the times are that are asked for, None for all times.
    """
    most = settings.SENSORS_LOOKED_AT
    if datastreams is not None:
        # What they have counted may have moved to files.
        rows, within = rows.filter(datastream__in=datastreams), within or Q()
    elif count_all(viewer) <= most:
        return
    if within is None or counted(rows.filter(within), most) is None:
        raise _too_many_to_look_at()


def check_asked_within(nodes: Sequence[Any], names: tuple[str, ...], viewer: Actor) -> None:
    """Raise Refused where another set asks for observations, called by ``names``, that neither id nor time narrows."""
    about = [narrowed(one, names) for one in nodes]
    if not any(one.ids or one.times for one in about) and count_all(viewer) > settings.SENSORS_LOOKED_AT:
        raise _too_many_to_look_at()


def check_skipped(rows: int) -> None:
    """Raise Refused where more rows would be read, to be passed over, than allowed: of months that have moved."""
    if rows > MOST_SKIPPED:
        text = gettext_noop(
            "$skip 最多跳过 %(most)s 条已经归档的观测值。请跟着 @iot.nextLink 翻页，或者用 phenomenonTime 限定时间。"
        )
        raise Refused(text, "sta.skips_too_many", most=MOST_SKIPPED)


def _too_many_to_look_at() -> Refused:
    text = gettext_noop(
        "这样要看过多于 %(most)s 条观测值。请用 phenomenonTime 限定更短的时间，"
        "或者指定数据流（如 Datastreams(1)/Observations），按时间读。"
    )
    return Refused(text, "sta.looks_at_too_many", most=settings.SENSORS_LOOKED_AT)


def counted(rows: QuerySet[Any], most: int) -> int | None:
    """How many rows there are; None for more than ``most``, which are not counted."""
    asked = rows.order_by()[: most + 1]
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            # Workers and compiled code for what is bounded cost twice the count itself.
            cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off")
            found = asked.count()
    else:
        found = asked.count()
    return None if found > most else found


def count_rows(rows: QuerySet[Any]) -> int:
    """How many rows there are. Raises Refused for more than are counted."""
    found = counted(rows, settings.SENSORS_COUNTED)
    if found is None:
        raise too_many_to_count()
    return found


def too_many_to_count() -> Refused:
    """There are more than are counted."""
    text = gettext_noop("符合条件的多于 %(most)s 条，不再数下去。请缩小条件，例如限定时间；或者不要求 $count。")
    return Refused(text, "sta.too_many_to_count", most=settings.SENSORS_COUNTED)
