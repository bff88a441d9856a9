# SPDX-License-Identifier: Apache-2.0
"""What a person sees who scans a code: facts of organisations and counties, never of a person; gaps said as gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shanhai.field.traceability.labels import PARTY_KINDS
from shanhai.field.traceability.models import Lot, Opened, Recall, TestReport
from shanhai.field.traceability.recalls.labels import REASONS, STEPS
from shanhai.field.traceability.recalls.rules.telling import leads_to
from shanhai.field.traceability.recalls.selectors.lots import recalls_of, tests_of
from shanhai.field.traceability.recalls.selectors.story import Story, Told, Wrong, story_of
from shanhai.field.traceability.recalls.selectors.things import Thing, find_thing
from shanhai.field.traceability.recalls.selectors.trees import among, tree_of
from shanhai.field.traceability.recalls.values import Tree
from shanhai.field.traceability.states import LotState, PartyKind
from shanhai.field.traceability.store.rules.keys import key_of
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.registers.places.selectors import divisions_of

if TYPE_CHECKING:
    from shanhai.registers.places.models import Division

# Of a buyer's page: a tree with more behind it says so.
MOST_THINGS, MOST_EVENTS, MOST_STEPS = 300, 300, 40
_NO_ORIGIN = gettext_noop("最初从哪里来：有的原料没有来处的记录。")
_NO_PLACE = gettext_noop("产地在哪个县：没有登记。")
_NO_TEST = gettext_noop("谁检验过：没有检验报告。")
_NO_COLD = gettext_noop("运输和存放的温度：没有记录。")
_CUT = gettext_noop("原料太多，这一页没有全部查到底。")
_NO_CORRECTION = gettext_noop("有一条记录声明有误，说好的更正还没有来。")
_WRONG = gettext_noop("记录有误")
_UNHEARD = gettext_noop("有 %(count)s 条记录来自没有经手这批货的单位，这里不显示。")


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step: when, what, who did it (an organisation and its kind), in which county."""

    at: datetime
    what: Message
    who: str
    kind: Message
    county: Division | None


@dataclass(frozen=True, slots=True)
class PublicPage:
    """The page of a code. ``unknown`` are the gaps, ``wrong`` facts that were declared wrong: when, which, why."""

    thing: Thing
    definition: dict[str, Any]
    recalls: Sequence[Recall]
    origins: Sequence[Division]
    since: datetime | None
    steps: Sequence[StepShown]
    more_steps: int
    tests: Sequence[TestReport]
    wrong: Sequence[tuple[datetime, Message, Message]]
    unknown: Sequence[Message]
    demo: bool
    void: bool


def public_page(*, code: str) -> PublicPage:
    """What is known of a code, whoever asks. A query a level of what it was made of, and eleven. Raises NotVisible.

    Whose word counts: who brought the thing, to whom they say that they handed it or from whom they had it, and so on;
    and who made a lot that they say went into it. Whoever else may capture events says nothing here.
    """
    thing = find_thing(viewer=None, text=code)
    whole = tree_of(viewer=None, root=thing.identifier, forward=False, most=MOST_THINGS)
    tree, story, unheard = _heard(thing, whole, story_of(viewer=None, things=whole.nodes, most=MOST_EVENTS))
    tests = [*tests_of(Lot.objects.all(), [*tree.nodes])]
    first = set(tree.nodes) - {source for joint in tree.joints for source in joint.sources}
    begun = [one for one in story.events if _adds(one) and one.things & first]
    counties = divisions_of({one.party.place for one in story.events})
    origins = {counties[one.party.place].pk: counties[one.party.place] for one in begun if one.party.place in counties}
    shown = [
        _shown(one, counties.get(one.party.place))
        for one in story.events
        # That a box was given its code is no step of the goods in it.
        if one.word and leads_to(one.said, tree.nodes) and (one.things & first or not _adds(one))
    ]
    return PublicPage(
        thing,
        thing.lot.product_class.definition if thing.lot else {},
        [one.recall for one in recalls_of([thing.identifier])],
        [*origins.values()],
        begun[0].at if begun else None,
        shown[-MOST_STEPS:],
        max(0, len(shown) - MOST_STEPS),
        tests[:10],
        [(one.told.at, _what(one.told), _why(one)) for one in story.wrong],
        [*_unknown(tree, story, begun, [*origins], tests), *([message(_UNHEARD, count=unheard)] if unheard else [])],
        bool(thing.lot and thing.lot.provenance == "demo") or thing.party.provenance == "demo",
        thing.lot is not None and thing.lot.state == LotState.VOID,
    )


def _heard(thing: Thing, tree: Tree, story: Story) -> tuple[Tree, Story, int]:
    """What parties say whose word counts, of the things that they lead to; and how many events of others there are."""
    keys = {key_of(one): one for one in tree.nodes}
    made_by = dict(Lot.objects.filter(key__in=among(keys)).values_list("identifier", "made_by"))
    opened = [*Opened.objects.filter(key__in=among(keys)).values_list("owner", "reader", "key")]
    said_by = {one.id: one.party.pk for one in (*story.events, *(wrong.told for wrong in story.wrong))}
    parties, things, before = {thing.party.pk}, {thing.identifier}, (0, 0)
    while before != (before := (len(parties), len(things))):
        for joint in tree.joints:
            if said_by.get(joint.event) in parties and not things.isdisjoint(joint.sources):
                things.update(joint.targets)
        parties.update(made_by[one] for one in things if one in made_by)
        parties.update(reader for owner, reader, key in opened if owner in parties and keys[key] in things)
    joints = [one for one in tree.joints if said_by.get(one.event) in parties and not things.isdisjoint(one.sources)]
    events = tuple(one for one in story.events if one.party.pk in parties and one.things & things)
    wrong = tuple(one for one in story.wrong if one.told.party.pk in parties and one.told.things & things)
    nodes = {one: node for one, node in tree.nodes.items() if one in things}
    unheard = sum(one.party.pk not in parties for one in story.events)
    return replace(tree, nodes=nodes, joints=joints), replace(story, events=events, wrong=wrong), unheard


def _adds(told: Told) -> bool:
    return told.said.get("type") == "ObjectEvent" and told.said.get("action") == "ADD"


def _shown(told: Told, county: Division | None) -> StepShown:
    kind = message(PARTY_KINDS[PartyKind(told.party.kind)])
    return StepShown(told.at, _what(told), told.party.organisation.name, kind, county)


def _what(told: Told) -> Message:
    """Which step, in the words of a chain or of the standard alone, as of why."""
    return told.step if told.ours or told.step.text in STEPS.values() else message(STEPS["other"])


def _why(one: Wrong) -> Message:
    """Why, in the words of the standard alone: what somebody typed may name people."""
    return one.reason if one.reason.text in REASONS.values() else message(_WRONG)


def _unknown(
    tree: Tree, story: Story, begun: Sequence[Told], origins: Sequence[int], tests: Sequence[TestReport]
) -> Iterable[Message]:
    made = {source for joint in tree.joints for source in joint.sources}
    known = {thing for one in begun for thing in one.things}
    if any(thing not in made and thing not in known for thing in tree.nodes):
        yield message(_NO_ORIGIN)
    if not origins:
        yield message(_NO_PLACE)
    if not tests:
        yield message(_NO_TEST)
    if not any(one.said.get("sensorElementList") for one in story.events):
        yield message(_NO_COLD)
    if tree.cut or story.cut:
        yield message(_CUT)
    if any(one.missing for one in story.wrong):
        yield message(_NO_CORRECTION)
