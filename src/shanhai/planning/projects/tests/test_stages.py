# SPDX-License-Identifier: Apache-2.0
"""Every pair of stages, legal and illegal, and the ways a table may jump."""

from itertools import product

import pytest

from shanhai.kernel.states import IllegalMove, require_move
from shanhai.planning.projects.dossier.rules import may_hold_money
from shanhai.planning.projects.states import MOVES, Stage, steps_between

LEGAL = {
    ("preparation", "tendering"), ("preparation", "cancelled"),
    ("tendering", "ready"), ("tendering", "cancelled"),
    ("ready", "under_way"), ("ready", "cancelled"),
    ("under_way", "suspended"), ("under_way", "completed"), ("under_way", "cancelled"),
    ("suspended", "under_way"), ("suspended", "cancelled"),
    ("completed", "accepted"), ("accepted", "settled"), ("settled", "handed_over"),
}  # fmt: skip
PAIRS = [(old.value, new.value) for old, new in product(Stage, Stage)]


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_a_move_is_legal_exactly_when_the_design_lists_it(old, new):
    if (old, new) in LEGAL:
        require_move(MOVES, Stage(old), Stage(new))
        return

    with pytest.raises(IllegalMove):
        require_move(MOVES, Stage(old), Stage(new))


@pytest.mark.parametrize(
    ("old", "new", "steps"),
    [
        ("ready", "ready", ()),
        ("preparation", "under_way", ("tendering", "ready", "under_way")),
        ("preparation", "suspended", ("tendering", "ready", "under_way", "suspended")),
        ("suspended", "completed", ("under_way", "completed")),
        ("under_way", "handed_over", ("completed", "accepted", "settled", "handed_over")),
        ("tendering", "cancelled", ("cancelled",)),
        ("completed", "under_way", None),
        ("completed", "cancelled", None),
        ("cancelled", "preparation", None),
    ],
)
def test_a_table_may_jump_forward_but_never_back(old, new, steps):
    assert steps_between(Stage(old), Stage(new)) == steps


@pytest.mark.parametrize(
    ("stage", "paid", "may"),
    [("ready", 0, True), ("ready", 1, False), ("under_way", 1, True), ("cancelled", 1, True)],
)
def test_nothing_is_paid_before_work_has_begun(stage, paid, may):
    assert may_hold_money(Stage(stage), paid) is may
