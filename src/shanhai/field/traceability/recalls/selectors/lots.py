# SPDX-License-Identifier: Apache-2.0
"""All that an inspector asks of a thing, and a party of it as far as that is theirs: one page, and the console."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from shanhai.field.traceability.models import Event, Lot, Party, Recall, RecallLot, TestReport
from shanhai.field.traceability.recalls.labels import WAYS
from shanhai.field.traceability.recalls.rules.balance import Balance, balances_of, findings_of
from shanhai.field.traceability.recalls.selectors.holders import whereabouts
from shanhai.field.traceability.recalls.selectors.story import Story, story_of
from shanhai.field.traceability.recalls.selectors.things import Thing, find_thing, path_of
from shanhai.field.traceability.recalls.selectors.trees import tree_of
from shanhai.field.traceability.recalls.values import NEVER, Finding, Tree, moment_of
from shanhai.field.traceability.store.rules.keys import key_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message, gettext_noop, message

_CYCLE = gettext_noop("有的东西按记录出自它自己。")
_MOVED = gettext_noop("没有从前一个包装取出，就装进了另一个。")
_CUT = gettext_noop("太多，没有列全。")


@dataclass(frozen=True, slots=True)
class Row:
    """A thing of a tree as a page shows it. ``how`` is how it hangs on ``through``, ``left`` when it had left that."""

    identifier: str
    name: str
    depth: int
    how: Message
    through: str
    at: datetime | None
    left: datetime | None
    holder: Party | None
    lot: Lot | None = None


@dataclass(frozen=True, slots=True)
class Traced:
    """A thing, its trees both ways, its balance, what does not fit, what was said of it, its tests, its recalls.

    ``claimed`` says by the number of an event that does not fit whose word that is.
    """

    thing: Thing
    back: Tree
    forth: Tree
    balances: tuple[Balance, ...]
    findings: tuple[Finding, ...]
    story: Story
    claimed: Mapping[int, str]
    holders: Mapping[str, int | None]
    tests: Sequence[TestReport]
    recalls: Sequence[Recall]


def trace(*, viewer: Actor, text: str, most: int = 20_000) -> Traced:
    """Everything of the thing that ``text`` says, as far as the viewer may see. Raises NotVisible."""
    thing = find_thing(viewer=viewer, text=text)
    back = tree_of(viewer=viewer, root=thing.identifier, forward=False, most=most)
    forth = tree_of(viewer=viewer, root=thing.identifier, forward=True, most=most)
    story = story_of(viewer=viewer, things=[thing.identifier])
    said = story.said_of(thing.identifier)
    findings = (*findings_of(thing.identifier, said), *_of_trees(back, forth))
    doubted = Event.objects.filter(pk__in={event for one in findings for event in one.events})
    listed = RecallLot.objects.filter(identifier=thing.identifier).values("recall")
    return Traced(
        thing,
        back,
        forth,
        balances_of(thing.identifier, said),
        findings,
        story,
        dict(doubted.values_list("pk", "party__organisation__name")),
        {**whereabouts(back).holders, **whereabouts(forth).holders},
        [*tests_of(Lot.objects.visible_to(viewer), [*back.nodes])],
        [*Recall.objects.visible_to(viewer).filter(pk__in=listed).order_by("-started_at")],
    )


def holder_of(traced: Traced) -> Party | None:
    """Who has the thing itself by the latest event; None where that is not known."""
    found = Party.objects.filter(pk=traced.holders.get(traced.thing.identifier) or 0).select_related("organisation")
    return found.first()


def claimants(traced: Traced, one: Finding) -> list[str]:
    """Whose word it is what does not fit, each once."""
    return [*dict.fromkeys(traced.claimed[event] for event in one.events if event in traced.claimed)]


def tests_of(lots: QuerySet[Lot], things: Sequence[str]) -> QuerySet[TestReport]:
    """The papers about lots among these things, the latest first; of 500 things at most."""
    here = lots.filter(identifier__in=things[:500])
    found = TestReport.objects.filter(lot__in=here, undone=False).select_related("lot")
    return found.order_by("-issued_on", "-pk")


def rows_of(tree: Tree, holders: Mapping[str, int | None], start: int, size: int) -> list[Row]:
    """A part of a tree, in the order in which it was found. Two queries."""
    nodes = [*tree.nodes.items()][start : start + size]
    wanted = {holders.get(thing) for thing, _ in nodes} - {None}
    parties = Party.objects.select_related("organisation").in_bulk(wanted) if wanted else {}
    lots = {one.identifier: one for one in Lot.objects.filter(identifier__in=[thing for thing, _ in nodes])}
    return [
        Row(
            thing,
            path_of(thing).rpartition("/")[2] if "/x/" in thing else path_of(thing),
            node.depth,
            message(WAYS[node.how, tree.forward]) if node.depth else message(""),
            path_of(node.through).rpartition("/")[2] if "/x/" in node.through else path_of(node.through),
            moment_of(node.time) if node.event else None,
            None if node.left == NEVER or not tree.forward else moment_of(node.left),
            parties.get(holders.get(thing) or 0),
            lots.get(thing),
        )
        for thing, node in nodes
    ]


def recalls_of(things: Sequence[str]) -> QuerySet[RecallLot]:
    """What stands on the lists of real recalls among these things and was not taken out before. One query."""
    some = things[:500]
    # Found by their keys, of which there is an index.
    listed = RecallLot.objects.filter(key__in=[*map(key_of, some)], identifier__in=some)
    listed = listed.filter(left_at=None, recall__drill=False)
    return listed.select_related("recall").order_by("recall__ended_at", "-recall__started_at")


def as_json(traced: Traced) -> dict[str, Any]:
    """What ``shanhai trace --json`` prints: stable names, instants in UTC, weights in grams."""
    return {
        "thing": traced.thing.identifier,
        "code": traced.thing.lot.code if traced.thing.lot else None,
        "back": _tree(traced.back),
        "forth": _tree(traced.forth),
        "balance": [
            {
                "unit": "g" if one.grams else "pieces",
                "in": one.came_in,
                "used": one.used,
                "packed": one.packed,
                "lost": one.lost,
                "out": one.went_out,
                "left": one.left,
                "counted": one.counted,
                "unexplained": one.unexplained,
            }
            for one in traced.balances
        ],
        "findings": [
            {
                "rule": one.rule,
                "message": str(one.said),
                "things": [*one.things],
                "events": [*one.events],
                "claimed_by": claimants(traced, one),
            }
            for one in traced.findings
        ],
        "superseded": [
            {"event": one.told.event_id, "reason": str(one.reason), "missing": one.missing}
            for one in traced.story.wrong
        ],
        "recalls": [str(one.uuid) for one in traced.recalls],
    }


def _tree(tree: Tree) -> dict[str, Any]:
    return {
        "things": [
            {
                "thing": thing,
                "depth": node.depth,
                "through": node.through or None,
                "how": node.how.value,
                "at": moment_of(node.time).isoformat() if node.event else None,
                "left": None if node.left == NEVER else moment_of(node.left).isoformat(),
            }
            for thing, node in tree.nodes.items()
        ],
        "joints": [
            {"how": one.how.value, "event": one.event, "from": one.sources, "to": one.targets} for one in tree.joints
        ],
        "cycles": [*tree.cycles],
        "complete": not tree.cut,
    }


def _of_trees(*trees: Tree) -> list[Finding]:
    found = []
    joints = [one for tree in trees for one in tree.joints]
    cycles = {thing for tree in trees for thing in tree.cycles}
    if cycles:
        said = {
            one.event for one in joints if not cycles.isdisjoint(one.sources) and not cycles.isdisjoint(one.targets)
        }
        found.append(Finding("cycle", message(_CYCLE), tuple(sorted(cycles)), tuple(sorted(said))))
    moved = {one for tree in trees for one in tree.moved}
    if moved:
        pairs = {frozenset((parent, thing)) for *parents, thing in moved for parent in parents}
        said = {one.event for one in joints if frozenset((*one.sources, *one.targets)) in pairs}
        found.append(Finding("moved", message(_MOVED), tuple(sorted({one[-1] for one in moved})), tuple(sorted(said))))
    if any(tree.cut for tree in trees):
        found.append(Finding("cut", message(_CUT)))
    return found
