# SPDX-License-Identifier: Apache-2.0
"""Trees both ways, by tables and against a walk that replays all events for each thing and each instant."""

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shanhai.field.traceability.recalls.tests.told import ADD, DELETE, OBSERVE, became, came_of, made, packed, tree
from shanhai.field.traceability.states import EventType

BOXED = [
    made(1, 1, "a", "x"),
    packed(2, 2, ADD, "box", "x y"),
    packed(3, 3, ADD, "pallet", "box"),
    made(4, 5, "pallet", "dish"),
]


@pytest.mark.parametrize(
    ("events", "forward", "back"),
    [
        # What is packed in what goes in.
        (BOXED, "box dish pallet x", "a box pallet x y"),
        # Taken out in time, though the word of it came last.
        ([*BOXED, packed(5, 4, DELETE, "box", "x")], "box pallet x", "box pallet y"),
        # Unpacked as a whole.
        ([*BOXED, packed(5, 4, DELETE, "box")], "box pallet x", "box pallet"),
        # Taken out later.
        ([*BOXED, packed(5, 6, DELETE, "box", "x")], "box dish pallet x", "a box pallet x y"),
        # At the same instant as it went in: nobody can tell, so it counts.
        ([*BOXED, packed(5, 5, DELETE, "box", "x")], "box dish pallet x", "a box pallet x y"),
        # The pallet held other boxes when it went in.
        ([*BOXED, packed(5, 4, DELETE, "pallet", "box"), packed(6, 4, ADD, "pallet", "z")], "box pallet x", "pallet z"),
    ],
)
def test_what_went_in_is_what_was_packed_at_that_instant(events, forward, back):
    for order in (events, events[::-1]):
        assert became(order, "a") == forward
        assert came_of(order, "dish") == back


def test_what_is_packed_elsewhere_has_left_and_that_is_told():
    events = [
        packed(1, 1, ADD, "p", "x"),
        packed(2, 3, ADD, "q", "x"),
        made(3, 2, "p", "early"),
        made(4, 4, "p q", "late"),
    ]

    assert became(events, "x") == "early late p q"
    assert tree(events, "x", forward=True).moved == (("p", "q", "x"),)
    assert became([*events[:3], made(4, 4, "p", "late")], "x") == "early p q"


def test_a_portion_of_a_lot_stays_until_as_much_was_taken_out():
    events = [packed(1, 1, ADD, "box", l=5000), packed(2, 2, ADD, "other", l=3000), packed(3, 3, DELETE, "box", l=2000)]

    assert became([*events, made(9, 6, "box", "dish")], "l") == "box dish other"
    assert became([*events, packed(4, 4, DELETE, "box", l=3000), made(9, 6, "box", "dish")], "l") == "box other"
    # A box that is followed does not lead to all of the lot.
    assert became([*events, made(9, 6, "l", "soup")], "box") == ""
    assert came_of([*events, made(9, 0, "herb", "l")], "box") == "herb l"


def test_a_transformation_of_several_events_is_one():
    events = [made(1, 1, "a", "", "t"), made(2, 2, "b", "x", "t"), made(3, 9, "", "y", "t"), made(4, 9, "c", "z")]

    assert became(events, "a") == "x y"
    assert came_of(events, "y") == "a b"


def test_what_comes_out_of_what_was_made_goes_on():
    events = [made(1, 1, "a", "crate"), packed(2, 3, DELETE, "crate", "one two"), made(3, 4, "one", "dish")]

    assert became(events, "a") == "crate dish one two"
    assert came_of(events, "dish") == "a crate one"
    # Neighbours are not followed.
    assert "two" not in came_of(events, "one")


def test_of_a_box_that_is_used_again_the_last_filling_counts():
    events = [
        packed(1, 1, ADD, "crate", "old"),
        packed(2, 2, DELETE, "crate"),
        packed(3, 3, ADD, "crate", "new more"),
        packed(4, 4, DELETE, "crate", "more"),
    ]
    assert came_of(events, "crate") == "more new"
    assert came_of([*events, packed(5, 5, DELETE, "crate")], "crate") == "more new"
    assert came_of(events, "crate", at=1) == "old"
    assert came_of(events, "crate", at=5) == "new"
    assert became([*events, made(6, 7, "new", "dish"), made(7, 7, "old", "soup")], "crate") == "dish more new"


def test_cycles_end_and_are_told():
    events = [made(1, 1, "a", "b"), made(2, 2, "b", "c"), made(3, 3, "c", "b d"), made(4, 4, "d", "e")]

    assert became(events, "a") == "b c d e"
    assert tree(events, "a", forward=True).cycles == ("b", "c")
    assert tree(events, "e", forward=False).cycles == ("b", "c")
    inside = [packed(1, 1, ADD, "p", "q"), packed(2, 2, ADD, "q", "p")]
    assert tree(inside, "p", forward=True).cycles == ("p", "q")
    # One in the other by turns is none.
    turns = [packed(1, 1, ADD, "p", "q"), packed(2, 2, DELETE, "p", "q"), packed(3, 3, ADD, "q", "p")]
    assert tree(turns, "p", forward=True).cycles == ()


def test_a_class_of_goods_is_named_and_not_followed():
    gtin = "https://id.gs1.org/01/04012345123456"
    events = [made(1, 1, "a", gtin), made(2, 2, gtin, "everything"), made(3, 3, f"{gtin}/10/L", "dish")]

    assert became(events, "a") == gtin
    assert became(events, f"{gtin}/10/L") == "dish"


def test_a_tree_ends_where_it_would_be_too_large_and_says_so():
    events = [made(1, 1, "a", " ".join(f"x{number}" for number in range(50)))]

    assert len((found := tree(events, "a", forward=True, most=20)).nodes) == 20
    assert found.cut
    assert not tree(events, "a", forward=True).cut


THINGS = "abcdef"
_event = st.one_of(
    st.builds(
        lambda time, ins, outs: ("made", time, "".join(sorted(ins)), "".join(sorted(outs))),
        st.integers(1, 6), st.sets(st.sampled_from(THINGS), min_size=1, max_size=2),
        st.sets(st.sampled_from(THINGS), min_size=1, max_size=2),
    ),
    st.builds(
        lambda time, action, parent, children: (action, time, parent, "".join(sorted(children - {parent}))),
        st.integers(1, 6), st.sampled_from([ADD, ADD, OBSERVE, DELETE]), st.sampled_from(THINGS),
        st.sets(st.sampled_from(THINGS), max_size=2),
    ),
)  # fmt: skip


def events_of(drawn):
    for number, (kind, time, one, two) in enumerate(drawn, 1):
        if kind == "made":
            yield made(number, time * 2, " ".join(one), " ".join(two))
        elif two or kind == DELETE:
            yield packed(number, time * 2, kind, one, " ".join(two))


def brute(events):
    """In what each thing was in each slot, by replaying all packing; slots are the odd instants, between events."""
    packing = sorted(
        (one for one in events if one.type == EventType.AGGREGATION),
        key=lambda one: (one.time, one.action != DELETE, one.parent, one.id),
    )
    inside = {}
    for child in THINGS:
        where, before = set(), 1
        history = dict.fromkeys(range(1, 15, 2), frozenset())
        told = [one for one in packing if child in one.children]
        parents = {one.parent for one in told}
        for one in packing:
            named = child in one.children
            if not named and not (one.action == DELETE and not one.children and one.parent in parents):
                continue
            if one.action == DELETE:
                if named and one.parent not in {parent for parent, _ in where}:
                    for slot in range(before, one.time, 2):
                        history[slot] |= {one.parent}
                where = {(parent, since) for parent, since in where if parent != one.parent}
            else:
                where = {(parent, since) for parent, since in where if parent == one.parent or since == one.time}
                if one.parent not in {parent for parent, _ in where}:
                    where.add((one.parent, one.time))
            before = one.time + 1 if named else before
            for slot in range(one.time + 1, 15, 2):
                history[slot] = frozenset(parent for parent, _ in where) | (
                    history[slot] if slot < one.time else frozenset()
                )
        inside[child] = history
    return inside


@settings(max_examples=300, deadline=None)
@given(st.lists(_event, max_size=9), st.sampled_from(THINGS))
@example([("made", 1, "a", "b"), (ADD, 2, "c", "b"), ("made", 3, "c", "d"), (DELETE, 2, "c", "")], "a")
def test_it_finds_what_a_walk_of_every_instant_finds(drawn, root):
    events = [*events_of(drawn)]
    inside = brute(events)
    whole, carried = {root: 0}, set()
    grew = True
    while grew:
        before = (dict(whole), set(carried))
        for thing, since in [*whole.items()]:
            carried |= {(thing, slot) for slot in range(1, 15, 2) if slot > since}
        for thing, slot in [*carried]:
            carried |= {(parent, slot) for parent in inside[thing][slot]}
        for one in events:
            near = {one.time - 1, one.time + 1}
            if any(thing in whole or any((thing, slot) in carried for slot in near) for thing in one.inputs):
                for thing in one.outputs:
                    whole[thing] = min(whole.get(thing, one.time), one.time)
        for parent, since in [*whole.items()]:
            filled = since
            if not since:
                full = [slot for slot in range(1, 15, 2) if any(parent in inside[child][slot] for child in THINGS)]
                filled = max((slot for slot in full if slot - 2 not in full), default=0) - 1
            for child in THINGS:
                slots = [slot for slot in range(1, 15, 2) if parent in inside[child][slot] and slot > filled]
                if slots and child != parent:
                    first = min(slots)
                    while parent in inside[child].get(first - 2, ()) and first - 2 > since:
                        first -= 2
                    whole[child] = min(whole.get(child, first - 1), first - 1)
        grew = before != (whole, carried)
    assert {*became(events, root).split()} | {root} == {*whole} | {thing for thing, _ in carried}


def test_it_does_not_depend_on_the_order_of_arrival():
    events = [*BOXED, packed(5, 4, DELETE, "box", "x"), packed(6, 5, ADD, "tray", "x"), made(7, 6, "tray", "soup")]
    found = set()
    for seed in range(20):
        random.Random(seed).shuffle(events)
        found.add((became(events, "a"), came_of(events, "soup")))
    assert len(found) == 1
