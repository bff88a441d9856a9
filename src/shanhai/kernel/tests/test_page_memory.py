# SPDX-License-Identifier: Apache-2.0
"""What is asked once while a page is read, and never kept longer."""

from shanhai.kernel.actors import Actor
from shanhai.kernel.page_memory import remembered, remembering

ONE, OTHER = Actor("user:one"), Actor("user:other")


class Asked:
    def __init__(self) -> None:
        self.times = 0

        @remembered
        def count(*, viewer: Actor, programme: str, year: int | None = None) -> int:
            self.times += 1
            return self.times

        self.count = count


def test_within_the_block_the_same_question_is_asked_once_with_its_defaults_or_without():
    asked = Asked()

    with remembering():
        first = asked.count(viewer=ONE, programme="a")
        again = asked.count(programme="a", year=None, viewer=ONE)

    assert (first, again, asked.times) == (1, 1, 1)


def test_another_viewer_and_another_question_are_answered_anew():
    asked = Asked()

    with remembering():
        asked.count(viewer=ONE, programme="a")
        asked.count(viewer=OTHER, programme="a")
        asked.count(viewer=ONE, programme="b")
        asked.count(viewer=ONE, programme="a", year=2026)

    assert asked.times == 4


def test_outside_and_after_the_block_nothing_is_kept():
    asked = Asked()
    asked.count(viewer=ONE, programme="a")

    with remembering():
        asked.count(viewer=ONE, programme="a")
    asked.count(viewer=ONE, programme="a")

    assert asked.times == 3


def test_two_functions_with_the_same_question_do_not_mix():
    one, two = Asked(), Asked()

    with remembering():
        one.count(viewer=ONE, programme="a")
        two.count(viewer=ONE, programme="a")

    assert (one.times, two.times) == (1, 1)
