# SPDX-License-Identifier: Apache-2.0
"""Things that came of themselves, as events claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from shanhai.field.traceability.recalls.values import How, Joint, Tree

_Way = tuple[list[str], list[str], Joint]


def cycles_of(tree: Tree) -> tuple[str, ...]:
    """The things of a tree that lie on a way that leads back to them, or between two such; in order.

    Things that were packed into one another count only where they were so at one instant.
    """
    # What was in a box was also packed into it: that is one claim told from both ends.
    joints = [one for one in tree.joints if one.how != How.HELD]
    left, ways = _left(joints)
    if not left or any(joint.how == How.MADE for joint in ways):
        return tuple(sorted(left))
    instants = {joint.since for joint in ways}
    now = (_left(one for one in ways if one.since <= instant < one.until)[0] for instant in instants)
    return tuple(sorted(set().union(*now)))


def _left(joints: Iterable[Joint]) -> tuple[set[str], list[Joint]]:
    """What stays once all is taken away that nothing leads to, or that leads nowhere: things and joints."""
    left = _led_to([(one.sources, one.targets, one) for one in joints])
    left = _led_to([(targets, sources, one) for sources, targets, one in left])
    # Of those the things that also lead on.
    return {thing for targets, _, _ in left for thing in targets}, [one for _, _, one in left]


def _led_to(ways: list[_Way]) -> list[_Way]:
    """The ways on between things to which others lead: without all that begins somewhere."""
    coming: dict[str, int] = defaultdict(int)
    on: dict[str, list[int]] = defaultdict(list)
    for at, (sources, targets, _) in enumerate(ways):
        for thing in targets:
            coming[thing] += 1
        for thing in sources:
            on[thing].append(at)
    missing = [len(sources) for sources, _, _ in ways]
    gone = {thing for thing in on if not coming[thing]}
    begins, opened = [*gone], [at for at, number in enumerate(missing) if not number]
    while begins or opened:
        while opened:
            for thing in ways[opened.pop()][1]:
                coming[thing] -= 1
                if not coming[thing]:
                    gone.add(thing)
                    begins.append(thing)
        for at in on[begins.pop()] if begins else ():
            missing[at] -= 1
            if not missing[at]:
                opened.append(at)
    kept = (ways[at] for at, number in enumerate(missing) if number)
    return [
        ([one for one in sources if one not in gone], [one for one in targets if one in on and one not in gone], joint)
        for sources, targets, joint in kept
    ]
