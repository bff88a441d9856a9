# SPDX-License-Identifier: Apache-2.0
"""Events in few words, and a source of them that answers a walk as the database does: what is asked, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shanhai.field.traceability.recalls.rules.walking import walk
from shanhai.field.traceability.recalls.values import Amount, Ask, Told, Tree
from shanhai.field.traceability.states import Action, EventType

ADD, OBSERVE, DELETE = Action.ADD, Action.OBSERVE, Action.DELETE


def made(number: int, time: int, inputs: str, outputs: str, batch: str = "") -> Told:
    """A transformation; things are words."""
    return Told(
        number, time, EventType.TRANSFORMATION, Action.NONE, 0, (*inputs.split(),), (*outputs.split(),), batch=batch
    )


def packed(number: int, time: int, action: Action, parent: str, children: str = "", **grams: int) -> Told:
    """An aggregation; ``grams`` are portions of lots."""
    portions = {thing: Amount(weight, None) for thing, weight in grams.items()}
    return Told(
        number, time, EventType.AGGREGATION, action, 0, (), (), parent, (*children.split(), *portions), portions
    )


def answers(events: Sequence[Told], asks: Iterable[Ask]) -> Iterator[Told]:
    """What the database would answer."""
    batches = set()
    for ask in asks:
        for one in events:
            things = {*(one.inputs if ask.forward else one.outputs), *one.children}
            if ask.contents or one.action == DELETE:
                things.add(one.parent)
            if things & ask.things:
                batches.add(one.batch)
                yield one
    yield from (one for one in events if one.batch and one.batch in batches)


def tree(events: Sequence[Told], root: str, *, forward: bool, at: int | None = None, most: int = 10**6) -> Tree:
    """The tree of a thing."""
    walking = walk(root, forward=forward, at=at, most=most)
    try:
        asks = next(walking)
        while True:
            asks = walking.send([*answers(events, asks)])
    except StopIteration as done:
        return done.value


def became(events: Sequence[Told], root: str, **more: int) -> str:
    """All things of the tree forward without the root, as words in order."""
    return " ".join(sorted({*tree(events, root, forward=True, **more).nodes} - {root}))


def came_of(events: Sequence[Told], root: str, **more: int) -> str:
    """All things of the tree back."""
    return " ".join(sorted({*tree(events, root, forward=False, **more).nodes} - {root}))
