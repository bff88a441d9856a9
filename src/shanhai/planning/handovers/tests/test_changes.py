# SPDX-License-Identifier: Apache-2.0
"""What a refresh does with an item of every state, while its cause is there, gone, or told otherwise."""

from dataclasses import replace

import pytest

from shanhai.kernel.errors import BadInput, checked_reason
from shanhai.planning.handovers.rules import Changes, changes_between
from shanhai.planning.handovers.states import ItemState
from shanhai.planning.handovers.tests.builders import a_cause
from tests.refusals import refused

CAUSE = a_cause()
OTHERWISE = replace(CAUSE, label="移交清单")
NOTHING = Changes((), (), (), ())


def stored(state):
    return {CAUSE.key: (state, CAUSE)}


def test_a_new_cause_is_added():
    assert changes_between({}, [CAUSE]) == replace(NOTHING, added=(CAUSE,))


def test_the_same_cause_told_by_two_is_added_once():
    assert changes_between({}, [CAUSE, CAUSE]).added == (CAUSE,)


@pytest.mark.parametrize(
    ("state", "causes", "expected"),
    [
        (ItemState.OPEN, [CAUSE], NOTHING),
        (ItemState.OPEN, [OTHERWISE], replace(NOTHING, told_anew=(OTHERWISE,))),
        (ItemState.OPEN, [], replace(NOTHING, gone=(CAUSE.key,))),
        (ItemState.SETTLED, [CAUSE], replace(NOTHING, back=(CAUSE,))),
        (ItemState.SETTLED, [OTHERWISE], replace(NOTHING, back=(OTHERWISE,))),
        (ItemState.SETTLED, [], NOTHING),
        (ItemState.WAIVED, [CAUSE], NOTHING),
        (ItemState.WAIVED, [OTHERWISE], NOTHING),
        (ItemState.WAIVED, [], NOTHING),
    ],
)
def test_an_item_follows_its_cause_unless_it_was_waived(state, causes, expected):
    assert changes_between(stored(state), causes) == expected


def test_a_reason_loses_its_margins_and_what_cannot_be_stored():
    assert checked_reason("  由第十批\x00接着办 \n", "", "handovers") == "由第十批接着办"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("", (BadInput, "handovers.reason_missing")),
        (" \x00\n", (BadInput, "handovers.reason_missing")),
        ("长" * 501, (BadInput, "handovers.reason_too_long")),
    ],
)
def test_a_reason_says_something_and_not_too_much(words, error):
    with refused(error):
        checked_reason(words, "", "handovers")
