# SPDX-License-Identifier: Apache-2.0
"""Observations as arrays (18-088, clause 13): columns are turned as a whole, what is wrong is said row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from shanhai.field.sensors.sta.rules.bodies import draft_of, reference_of
from shanhai.field.sensors.sta.rules.parsing import require_storable
from shanhai.field.sensors.sta.rules.results import is_number
from shanhai.field.sensors.sta.values import EntityType
from shanhai.field.sensors.store.rules.times import parse_times
from shanhai.field.sensors.store.values import MOST_NUMBER, Floats, Ints
from shanhai.kernel.errors import BadInput, DomainError
from shanhai.kernel.messages import Message, gettext_noop

_FEATURE = "FeatureOfInterest/id"
_OTHERWISE = "FeatureOfInterest/@iot.id"
_OF_OBSERVATION = ("phenomenonTime", "result", "resultTime", "resultQuality", "validTime", "parameters")
_COMPONENTS = frozenset({*_OF_OBSERVATION, _FEATURE, _OTHERWISE})
_NUMBERS = frozenset({int, float})
_KNOWN = frozenset({"Datastream", "MultiDatastream", "components", "dataArray"})


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of one datastream as a body has them; ``multi`` says that it is named as a MultiDatastream."""

    datastream: int
    multi: bool
    components: tuple[str, ...]
    rows: Sequence[Any]


@dataclass(slots=True)
class Columns:
    """The good rows of a block: ``places`` in it, and their columns; ``others`` as in ``Readings``, or empty.

    Of the rows that are not good ``because`` has the reason, by their place in the block.
    """

    places: Ints
    times: Ints
    numbers: Floats
    values: list[Any] | None = None
    others: list[Mapping[str, Any]] | None = None
    because: dict[int, Message] = field(default_factory=dict)


def blocks_of(body: Any, *, most: int) -> list[Block]:
    """The blocks of a body. Raises BadInput for what is no list of them, or for more than ``most`` rows."""
    if not isinstance(body, list):
        raise BadInput(gettext_noop("内容须是数组，每一项是一个数据流的 dataArray。"), "sta.array_no_list")
    found = [_block(one) for one in body]
    count = sum(len(one.rows) for one in found)
    if count > most:
        text = gettext_noop("一次最多 %(most)s 行，这里有 %(count)s 行。请分几次发。")
        raise BadInput(text, "sta.array_too_long", field="dataArray", most=most, count=count)
    return found


def columns_of(
    blocks: Sequence[Block], *, now: int, observation: EntityType, types: Mapping[str, EntityType]
) -> list[Columns]:
    """Of each block the rows that can be understood; of the others why they cannot."""
    quick = _quickly(blocks, now)
    if quick is not None:
        return quick
    if len(blocks) > 1:
        return [columns_of([one], now=now, observation=observation, types=types)[0] for one in blocks]
    places, drafts, because = [], [], {}
    for place, row in enumerate(blocks[0].rows):
        try:
            drafts.append(_one(blocks[0], row, observation, types))
        except DomainError as error:
            because[place] = error.message
            continue
        places.append(place)
    results = [one["result"] for one in drafts]
    numbers = [float(one) if is_number(one) else np.nan for one in results]
    columns = Columns(
        np.array(places, np.int64),
        np.array([one.get("time", now) for one in drafts], np.int64),
        np.array(numbers, np.float64),
        [None if is_number(one) else one for one in results],
        drafts,
        because,
    )
    return [columns]


def _quickly(blocks: Sequence[Block], now: int) -> list[Columns] | None:
    """The rows where each is a time in words and a number, all alike; None where they are not."""
    names = blocks[0].components
    rows = [row for block in blocks for row in block.rows]
    if not set(names) <= {"phenomenonTime", "result"} or any(one.components != names for one in blocks):
        return None
    if not set(map(type, rows)) <= {list} or not set(map(len, rows)) <= {len(names)}:
        return None
    given = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    if not set(map(type, given["result"])) <= _NUMBERS or not set(map(type, given.get("phenomenonTime", ()))) <= {str}:
        return None
    try:
        times = parse_times(given["phenomenonTime"]) if "phenomenonTime" in given else np.full(len(rows), now, np.int64)
    except DomainError:
        return None
    numbers, end, found = np.array(given["result"], np.float64), 0, []
    if (np.abs(numbers) >= MOST_NUMBER).any():
        return None
    for block in blocks:
        begin, end = end, end + len(block.rows)
        found.append(Columns(np.arange(end - begin), times[begin:end], numbers[begin:end]))
    return found


def _one(block: Block, row: Any, observation: EntityType, types: Mapping[str, EntityType]) -> Mapping[str, Any]:
    if not isinstance(row, list) or len(row) != len(block.components):
        raise BadInput(gettext_noop("一行里的值要和 components 一样多。"), "sta.array_row")
    require_storable(row)
    body = dict(zip(block.components, row, strict=True))
    feature, other = body.pop(_FEATURE, None), body.pop(_OTHERWISE, None)
    feature = other if feature is None else feature
    if feature is not None:
        body["FeatureOfInterest"] = {"@iot.id": feature}
    draft = draft_of(observation, body, types)
    return {**draft.columns, "feature": next(iter(draft.links.get("FeatureOfInterest", ())), None)}


def _block(given: Any) -> Block:
    if not isinstance(given, dict):
        raise BadInput(gettext_noop("每一项须是对象，有 Datastream、components 和 dataArray。"), "sta.array_no_object")
    for name in given:
        if name not in _KNOWN and "@iot." not in name:
            text = gettext_noop("dataArray 的一项里没有 %(name)s 这个属性。")
            raise BadInput(text, "sta.unknown_property", field=name[:80], name=name[:80])
    named = [name for name in ("Datastream", "MultiDatastream") if name in given]
    components, rows = given.get("components"), given.get("dataArray")
    if len(named) != 1 or not isinstance(components, list) or not isinstance(rows, list):
        text = gettext_noop("每一项要有一个 Datastream 或 MultiDatastream，还有 components 和 dataArray 两个数组。")
        raise BadInput(text, "sta.array_incomplete", field="dataArray")
    key = reference_of(given[named[0]], named[0])
    if key is None:
        text = gettext_noop("%(name)s 的 @iot.id 须是整数。")
        raise BadInput(text, "sta.link_no_id", field=named[0], name=named[0])
    names = tuple(one if isinstance(one, str) else "" for one in components)
    if "result" not in names or len(set(names)) < len(names) or not set(names) <= _COMPONENTS:
        text = gettext_noop("components 要有 result，其余可以是 phenomenonTime、resultTime 等观测值的属性，每个一次。")
        raise BadInput(text, "sta.array_components", field="components")
    counted = given.get("dataArray@iot.count", len(rows))
    if counted != len(rows):
        text = gettext_noop("dataArray@iot.count 说有 %(said)s 行，实际是 %(count)s 行。")
        raise BadInput(text, "sta.array_count", field="dataArray@iot.count", said=str(counted)[:20], count=len(rows))
    return Block(key, named[0] == "MultiDatastream", names, rows)
