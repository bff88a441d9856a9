# SPDX-License-Identifier: Apache-2.0
"""What a sentence is made of is said in the reader's language, too: states, rows, lists, sentences within sentences."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from enum import Enum, StrEnum

import pytest
from django.utils import translation

from shanhai.base.formats import say, spoken
from shanhai.kernel.messages import message
from shanhai.kernel.states import IllegalMove, require_move
from shanhai.planning.adjustments.states import MOVES, State
from shanhai.planning.rounds.states import ReportState
from tests.architecture.tree import SRC, shown

HAN = re.compile(r"[\u4e00-\u9fff]")


def states_that_move() -> Iterator[type[StrEnum]]:
    """The states for which an app says what may follow what."""
    modules = [module for name, module in sys.modules.items() if re.fullmatch(r"shanhai\..*states", name)]
    for value in (value for module in modules for value in vars(module).values() if isinstance(value, Mapping)):
        if value and all(isinstance(key, StrEnum) and isinstance(after, frozenset) for key, after in value.items()):
            yield type(next(iter(value)))


def test_every_state_that_moves_has_a_word_for_people():
    found = set(states_that_move())

    assert len(found) >= 9
    with translation.override("zh-hans"):
        left = [member for one in found for member in one if not HAN.search(spoken(member))]
    assert left == []


def test_no_list_is_joined_before_its_reader_is_known():
    joined = re.compile(r"\"、\"\.join")
    # Where a sentence is read out in its own language, in Chinese, it is.
    others = [path for path in SRC.rglob("*.py") if path.name != "messages.py"]
    wrong = [shown(path) for path in others if joined.search(path.read_text())]

    assert wrong == []


def test_a_state_without_a_word_would_be_seen():
    with translation.override("zh-hans"):
        assert spoken(StrEnum("Left", {"OUT": "left_out"}).OUT) == "left_out"


def test_a_refused_move_names_the_states_in_words():
    with pytest.raises(IllegalMove) as caught:
        require_move(MOVES, State.APPLIED, State.SUBMITTED)

    with translation.override("zh-hans"):
        said = say(caught.value.message)
    assert re.findall("“(.+?)”", said) == ["已执行", "待审批"]


def test_two_states_of_one_value_have_each_its_own_word():
    same: list[Enum] = [State.SUBMITTED, ReportState.SUBMITTED]
    with translation.override("zh-hans"):
        assert [spoken(one) for one in same] == ["待审批", "已上报"]


def test_a_list_in_a_sentence_is_read_out_with_its_parts_in_words():
    with translation.override("zh-hans"):
        assert say(message("缺少：%(parts)s。", parts=("甲", message("第 %(row)s 行", row=3)))) == "缺少：甲、第 3 行。"
    assert str(message("缺少：%(parts)s。", parts=("甲", 3))) == "缺少：甲、3。"
