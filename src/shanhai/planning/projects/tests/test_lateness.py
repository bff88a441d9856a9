# SPDX-License-Identifier: Apache-2.0
"""When a project is late. The winter stop is not."""

from datetime import date

import pytest

from shanhai.planning.projects.rules import late_since
from shanhai.planning.projects.states import Stage

ON = date(2026, 11, 22)
PAST, TODAY, AHEAD = date(2026, 10, 31), ON, date(2027, 5, 20)

CASES = [
    ("preparation", PAST, AHEAD, True),
    ("tendering", PAST, AHEAD, True),
    ("ready", PAST, AHEAD, True),
    ("ready", TODAY, AHEAD, False),
    ("ready", None, PAST, True),
    ("ready", None, None, False),
    ("under_way", PAST, AHEAD, False),
    ("under_way", PAST, PAST, True),
    ("under_way", PAST, TODAY, False),
    ("under_way", None, None, False),
    ("suspended", PAST, PAST, False),
    ("completed", PAST, PAST, False),
    ("accepted", PAST, PAST, False),
    ("settled", PAST, PAST, False),
    ("handed_over", PAST, PAST, False),
    ("cancelled", PAST, PAST, False),
]


@pytest.mark.parametrize(("stage", "start", "finish", "late"), CASES)
def test_late_means_planned_before_today_and_not_done(stage, start, finish, late):
    assert (late_since(Stage(stage), start, finish, ON) is not None) is late
