# SPDX-License-Identifier: Apache-2.0
"""From when until when a thing was in another: by the time of events, in whatever order and documents they came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from shanhai.field.traceability.recalls.values import EVER, NEVER, Amount, Told
from shanhai.field.traceability.states import Action, EventType


class Stay(NamedTuple):
    """That a thing was in ``parent`` from ``since`` until just before ``until``; ``event`` says so."""

    parent: str
    since: int
    until: int
    event: int


class Stays(NamedTuple):
    """The stays of a thing, and where it was packed again without being unpacked: the earlier parent and the later."""

    stays: tuple[Stay, ...]
    moved: tuple[tuple[str, str], ...]


def stays_of(thing: str, events: Iterable[Told]) -> Stays:
    """Where ``thing`` was. ``events`` name it as a child, or empty a parent of it; others do no harm.

    At one instant what is taken out goes before what is put in. A single thing is in one parent at a time, so that
    packing it elsewhere ends its stay; a portion of a lot may be in many, and leaves one when as much was taken out as
    was put in. An observed stay counts as one from then on; what is taken out and was never put in was there before.
    """
    stays: list[Stay] = []
    moved: list[tuple[str, str]] = []
    for kind in (EventType.AGGREGATION, EventType.ASSOCIATION):
        _follow(thing, sorted((one for one in events if one.type == kind), key=_order), kind, stays, moved)
    return Stays(tuple(stays), tuple(moved))


def _order(event: Told) -> tuple[int, bool, str, int]:
    return event.time, event.action != Action.DELETE, event.parent, event.id


def _follow(
    thing: str, events: Iterable[Told], kind: EventType, stays: list[Stay], moved: list[tuple[str, str]]
) -> None:
    inside: dict[str, tuple[int, int]] = {}
    weights: dict[str, Amount | None] = {}
    last = EVER
    for event in events:
        parent, at = event.parent, event.time
        named, portion = thing in event.children, event.portions.get(thing)
        if not parent or not (named or (not event.children and event.action == Action.DELETE)):
            continue
        if event.action == Action.DELETE:
            if parent in inside:
                weights[parent] = _less(weights.get(parent), portion) if named else None
                if weights[parent] is None:
                    since, by = inside.pop(parent)
                    stays.append(Stay(parent, since, at, by))
            elif named and portion is None:
                stays.append(Stay(parent, last, at, event.id))
            last = at if named else last
            continue
        if portion is None and kind == EventType.AGGREGATION:
            for other, (since, by) in [*inside.items()]:
                if other != parent and since < at:
                    stays.append(Stay(other, since, at, by))
                    moved.append((other, parent))
                    del inside[other]
        if parent not in inside or event.action == Action.ADD:
            weights[parent] = _more(weights.get(parent), portion) if parent in inside else portion
            inside.setdefault(parent, (at, event.id))
        last = at
    stays += [Stay(parent, since, NEVER, by) for parent, (since, by) in inside.items()]


def _more(one: Amount | None, other: Amount | None) -> Amount | None:
    return _added(one, other, 1)


def _less(one: Amount | None, other: Amount | None) -> Amount | None:
    """What is left; None for nothing, and where nobody can say how much was there."""
    left = _added(one, other, -1)
    return left if left is not None and ((left.grams or 0) > 0 or (left.pieces or 0) > 0) else None


def _added(one: Amount | None, other: Amount | None, sign: int) -> Amount | None:
    if one is None or other is None:
        return None
    if one.grams is not None and other.grams is not None:
        return Amount(one.grams + sign * other.grams, None)
    if one.pieces is not None and other.pieces is not None:
        return Amount(None, one.pieces + sign * other.pieces)
    return None
