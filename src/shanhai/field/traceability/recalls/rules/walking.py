# SPDX-License-Identifier: Apache-2.0
"""The walk from a thing to all that was made of it, or to all that went into it, over plain events.

It asks level by level for the events that it needs, so that whoever answers may fetch those of a whole level at once.

Going forward, a thing is followed into what was made of it, and into what it was packed in for as long as it was in
there: what was made of a box after a thing had left it is not made of the thing, and neither are its neighbours. What
came out of a thing that is itself followed is followed too. Going back, what went into a thing is what its
transformations took in, and what was in those at that instant. A thing out of a box was made of what the box was.
What was made of a thing does not depend on clocks: a transformation counts whatever its time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from shanhai.field.traceability.recalls.rules.cycles import cycles_of
from shanhai.field.traceability.recalls.rules.stays import Stay, Stays, stays_of
from shanhai.field.traceability.recalls.values import EVER, NEVER, Ask, How, Joint, Node, Told, Tree

# A class of trade items says which goods, not which of them: what is made of it is not made of all of it.
_CLASS = re.compile(r"https://id\.gs1\.org/(?:01/\d{14}|8006/\d{18}|8010/[^/]+|8003/\d{14}|253/\d{13}|255/\d{13})")
MOST = 250_000
Walk = Generator[list[Ask], Iterable[Told], Tree]


def walk(root: str, *, forward: bool, at: int | None = None, most: int = MOST) -> Walk:
    """The tree of ``root``, of ``most`` things; a class of trade items in it is a leaf.

    ``at`` is the instant of which the contents of the root are asked, None for all since it was last empty. Yields what
    it asks, and is sent the events; those asked once are not asked again.
    """
    return _Walker(root, forward, at, most).walk()


class _State(NamedTuple):
    """What is followed. Forward: from when until when it holds what is followed; ``whole`` where it is that itself.

    Back: ``until`` is the instant of which its contents are asked; not ``whole`` where it is only asked what it was
    made of, since something came out of it.
    """

    thing: str
    since: int
    until: int
    whole: bool


class _Step(NamedTuple):
    """A state that waits until all about its thing is known. Of packing, only its thing and ``whole`` are known yet."""

    how: How
    source: _State | None
    state: _State
    event: int = 0
    time: int = 0


@dataclass(slots=True)
class _Known:
    """All events that were told, by the things that they name."""

    ids: set[int] = field(default_factory=set)
    inputs: defaultdict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))
    outputs: defaultdict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))
    parents: defaultdict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))
    children: defaultdict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))
    emptied: defaultdict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))
    batches: defaultdict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))
    stays: dict[str, Stays] = field(default_factory=dict)

    def take(self, events: Iterable[Told]) -> None:
        for event in events:
            if event.id in self.ids:
                continue
            self.ids.add(event.id)
            for thing in event.inputs:
                self.inputs[thing].append(event)
            for thing in event.outputs:
                self.outputs[thing].append(event)
            for thing in event.children:
                self.children[thing].append(event)
            if event.parent:
                self.parents[event.parent].append(event)
            if event.parent and not event.children:
                self.emptied[event.parent].append(event)
            if event.batch:
                self.batches[event.batch].append(event)
        self.stays.clear()

    def stays_of(self, thing: str) -> Stays:
        """Where it was, by all that is known."""
        found = self.stays.get(thing)
        if found is None:
            named = self.children[thing]
            emptied = [one for parent in {event.parent for event in named} for one in self.emptied[parent]]
            found = self.stays[thing] = stays_of(thing, [*named, *emptied])
        return found

    def contents(self, parent: str) -> list[str]:
        """Whatever was in it at some time, each once."""
        named = self.parents.get(parent)
        return [*dict.fromkeys(child for event in named for child in event.children)] if named else []

    def holders(self, child: str, *, single: bool = False) -> list[str]:
        """Whatever it was in at some time; of ``single`` things alone, not of portions of a lot."""
        if (found := self.children.get(child)) is None:
            return []
        named = (one for one in found if not single or child not in one.portions)
        return [*dict.fromkeys(event.parent for event in named if event.parent)]

    def together(self, event: Told) -> list[Told]:
        """The events of one transformation."""
        return self.batches[event.batch] if event.batch else [event]


class _Walker:
    def __init__(self, root: str, forward: bool, at: int | None, most: int) -> None:
        self.tree, self.known, self.at, self.most = Tree(root, forward), _Known(), at, most
        self.asked: dict[str, bool] = {}
        self.reached: dict[str, list[_State]] = {}
        self.made: dict[str, Joint] = {}
        self.packed: set[tuple[str, str, int]] = set()
        self.fillings: dict[str, int] = {}

    def walk(self) -> Walk:
        tree, depth = self.tree, 0
        steps = [_Step(How.ROOT, None, _State(tree.root, EVER, NEVER, True))]
        while steps:
            if asks := self._asks(steps):
                self.known.take((yield asks))
            found = [(step, *one) for step in steps for one in self._resolved(step)]
            steps = [
                further
                for step, state, stay in found
                if self._is_new(step, state, stay, depth)
                for further in self._further(state)
            ]
            depth += 1
        if not tree.forward:
            self._prune()
        tree.cycles = cycles_of(tree)
        moves = {
            (one, two, thing)
            for thing in tree.nodes
            if thing in self.known.children
            for one, two in self.known.stays_of(thing).moved
        }
        tree.moved = tuple(sorted(moves))
        return tree

    def _asks(self, steps: list[_Step]) -> list[Ask]:
        wanted: dict[bool, set[str]] = {True: set(), False: set()}
        for step in steps:
            thing, contents = step.state.thing, step.state.whole
            if thing not in self.asked or (contents and not self.asked[thing]):
                self.asked[thing] = contents
                wanted[contents].add(thing)
        wanted[False] -= wanted[True]
        return [Ask(frozenset(things), self.tree.forward, key) for key, things in wanted.items() if things]

    def _resolved(self, step: _Step) -> Iterator[tuple[_State, Stay]]:
        """The states that a step leads to, and by what stay, now that all about both of its things is known."""
        source, thing = step.source, step.state.thing
        if source is None or step.how == How.MADE:
            yield step.state, Stay("", step.time, NEVER, step.event)
            return
        up = (step.how == How.PACKED) == self.tree.forward
        child, parent = (source.thing, thing) if up else (thing, source.thing)
        for stay in self.known.stays_of(child).stays:
            if stay.parent == parent and (state := self._after(step, source, stay)) is not None:
                yield state, stay

    def _after(self, step: _Step, source: _State, stay: Stay) -> _State | None:
        thing, until = step.state.thing, min(source.until, stay.until)
        since = max(source.since, stay.since)
        if self.tree.forward:
            if step.how == How.PACKED:
                return _State(thing, since, until, False) if since < until else None
            return _State(thing, since, NEVER, True) if since < until and self._counts(source, stay) else None
        if step.how == How.PACKED:
            return _State(thing, EVER, until, True) if self._counts(source, stay) else None
        return _State(thing, EVER, until, False) if stay.since < source.until else None

    def _counts(self, source: _State, stay: Stay) -> bool:
        """Whether what was in a thing then is of what is asked."""
        if self.at is not None and source.thing == self.tree.root:
            return stay.since <= self.at <= stay.until
        if self.tree.forward and source.since != EVER:
            return stay.until > source.since
        if source.until != NEVER:
            return stay.since <= source.until <= stay.until
        return stay.until > self._filled(source.thing)

    def _filled(self, parent: str) -> int:
        """Since when it was not empty when it was so last."""
        if parent not in self.fillings:
            found = (one for child in self.known.contents(parent) for one in self.known.stays_of(child).stays)
            start, end = EVER, EVER
            for since, until in sorted((one.since, one.until) for one in found if one.parent == parent):
                start, end = (since, until) if since > end else (start, max(end, until))
            self.fillings[parent] = start
        return self.fillings[parent]

    def _is_new(self, step: _Step, state: _State, stay: Stay, depth: int) -> bool:
        tree, thing, event = self.tree, state.thing, stay.event
        if thing not in tree.nodes:
            if len(tree.nodes) >= self.most:
                tree.cut = True
                return False
            through = step.source.thing if step.source else ""
            time = stay.since if stay.since != EVER else stay.until
            tree.nodes[thing] = Node(depth, through, event, step.how, time, EVER)
        node = tree.nodes[thing]
        node.left = max(node.left, state.until)
        if step.source and step.how != How.MADE and (key := (step.source.thing, thing, event)) not in self.packed:
            self.packed.add(key)
            portion = tree.forward and any(key[0] in one.portions for one in self.known.children[key[0]])
            tree.joints.append(Joint(step.how, event, [key[0]], [thing], stay.since, stay.until, portion))
        if (before := self.reached.get(thing)) is None:
            self.reached[thing] = [state]
        elif any(self._covers(one, state) for one in before):
            return False
        else:
            self.reached[thing] = [one for one in before if not self._covers(state, one)] + [state]
        return not _CLASS.fullmatch(thing) or depth == 0

    def _covers(self, one: _State, other: _State) -> bool:
        if one.whole < other.whole or one.since > other.since or one.until < other.until:
            return False
        # Going back, contents are those at an instant.
        return self.tree.forward or not one.whole or one.until == other.until or not self.known.parents[one.thing]

    def _further(self, state: _State) -> Iterator[_Step]:
        known, thing, forward = self.known, state.thing, self.tree.forward
        for event in (known.inputs if forward else known.outputs).get(thing, ()):
            if state.whole or (state.since <= event.time <= state.until):
                yield from self._made(state, event)
        inward, outward = (How.HELD, How.PACKED) if forward else (How.PACKED, How.HELD)
        for parent in known.holders(thing, single=not forward):
            yield _Step(outward, state, _State(parent, 0, 0, False))
        for child in known.contents(thing) if state.whole else ():
            if not forward or any(child not in one.portions for one in known.children[child]):
                yield _Step(inward, state, _State(child, 0, 0, True))

    def _made(self, state: _State, event: Told) -> Iterator[_Step]:
        """What a transformation leads to: once, however many of its things are followed."""
        key = event.batch or str(event.id)
        if (joint := self.made.get(key)) is not None:
            if state.thing not in joint.sources[-1:]:
                joint.sources.append(state.thing)
            return
        joint = self.made[key] = Joint(How.MADE, event.id, [state.thing], [])
        self.tree.joints.append(joint)
        for one in self.known.together(event):
            for thing in one.outputs if self.tree.forward else one.inputs:
                joint.targets.append(thing)
                since, until = (one.time, NEVER) if self.tree.forward else (EVER, one.time)
                yield _Step(How.MADE, state, _State(thing, since, until, True), one.id, one.time)

    def _prune(self) -> None:
        """Take out what only something came out of, and nobody says what it was made of."""
        tree = self.tree
        origins = {thing for thing, states in self.reached.items() if not any(state.whole for state in states)}
        kept = {one for joint in tree.joints if joint.how == How.MADE for one in joint.sources}
        into = defaultdict(list)
        for joint in tree.joints:
            if joint.how == How.HELD:
                into[joint.targets[0]].append(joint.sources[0])
        waiting = [*kept]
        while waiting:
            for source in into[waiting.pop()]:
                if source not in kept:
                    kept.add(source)
                    waiting.append(source)
        for thing in origins - kept:
            tree.nodes.pop(thing, None)
        tree.joints = [one for one in tree.joints if one.how == How.MADE or one.targets[0] in tree.nodes]
        tree.joints = [one for one in tree.joints if one.how == How.MADE or one.sources[0] in tree.nodes]
