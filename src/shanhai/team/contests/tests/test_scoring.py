# SPDX-License-Identifier: Apache-2.0
"""How a score is made: trimmed from five votes on, exact, ties share the place, no vote is no score."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.team.contests.rounds.rules.samples import CRITERIA
from shanhai.team.contests.rounds.rules.scoring import places, score, total
from shanhai.team.contests.values import Scored

VOTES = st.lists(st.integers(0, 100), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("votes", "made"),
    [
        ([], (None, (), ())),
        ([70], ("70.00", (70,), ())),
        ([70, 71, 71], ("70.67", (70, 71, 71), ())),
        ([0, 80, 80, 80, 100], ("80.00", (80, 80, 80), (0, 100))),
        ([50] * 5, ("50.00", (50, 50, 50), (50, 50))),
        ([1, 2, 3, 4], ("2.50", (1, 2, 3, 4), ())),
    ],
    ids=str,
)
def test_a_score(votes, made):
    found = score(votes, 5)
    assert (found.score and str(found.score), found.kept, found.dropped) == made


@given(VOTES, st.integers(3, 9))
def test_a_score_lies_between_the_votes_that_count_and_none_is_lost(votes, trims_from):
    found = score(votes, trims_from)
    assert sorted((*found.kept, *found.dropped)) == sorted(votes)
    assert min(found.kept) <= found.score <= max(found.kept)
    assert len(found.dropped) == (2 if len(votes) >= trims_from else 0)


@given(VOTES, st.randoms())
def test_the_order_of_votes_does_not_matter(votes, random):
    shuffled = list(votes)
    random.shuffle(shuffled)
    assert score(votes, 5) == score(shuffled, 5)


@given(st.lists(st.integers(0, 100), min_size=5, max_size=9), st.integers(0, 100))
def test_one_judge_who_gives_nothing_or_everything_moves_a_trimmed_score_no_further_than_the_next(votes, wild):
    first, second, *_rest = sorted(votes)
    low = score([0, *votes], 5).score
    assert low >= min(first, second)
    assert score([wild, *votes], 5).score <= max(votes)


def test_a_total_weighs_and_needs_every_score():
    whole = [(Scored((100,), (), Decimal(100)), one.weight, one.most) for one in CRITERIA]
    assert total(whole) == Decimal("100.00")
    assert total([*whole[:-1], (Scored(), 15, 100)]) is None
    # Not made of rounded scores: a third of 20 and of 80.
    thirds = [(score([0, 0, 1], 5), 20, 1), (score([0, 0, 1], 5), 80, 1)]
    assert total(thirds) == Decimal("33.33")
    assert sum(one.weight for one in CRITERIA) == 100


@given(st.dictionaries(st.integers(), st.none() | st.decimals(0, 100, places=2), max_size=12))
def test_places_are_shared_and_left_free(totals):
    found = places(totals)
    known = sorted((value for value in totals.values() if value is not None), reverse=True)
    for key, value in totals.items():
        assert found[key] == (None if value is None else known.index(value) + 1)
