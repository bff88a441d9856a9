# SPDX-License-Identifier: Apache-2.0
"""Dates that cannot be true, or do not agree with the stage."""

from datetime import date

import pytest

from shanhai.planning.projects.rules import date_faults
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.values import Dates

TODAY = date(2026, 11, 22)
MARCH, JUNE, OCTOBER = date(2026, 3, 1), date(2026, 6, 1), date(2026, 10, 1)


@pytest.mark.parametrize(
    ("stage", "dates", "found"),
    [
        ("preparation", Dates(), []),
        ("under_way", Dates(started_on=MARCH), []),
        ("under_way", Dates(), []),
        ("suspended", Dates(MARCH, JUNE, MARCH), []),
        ("accepted", Dates(MARCH, JUNE, MARCH, JUNE, OCTOBER), []),
        ("preparation", Dates(JUNE, MARCH), [("planned_finish_on", "date_order")]),
        ("completed", Dates(started_on=JUNE, finished_on=MARCH), [("finished_on", "date_order")]),
        ("accepted", Dates(finished_on=JUNE, accepted_on=MARCH), [("accepted_on", "date_order")]),
        ("accepted", Dates(accepted_on=JUNE), [("finished_on", "accepted_without_finish")]),
        ("ready", Dates(started_on=MARCH), [("started_on", "stage_against_dates")]),
        ("under_way", Dates(finished_on=JUNE), [("finished_on", "stage_against_dates")]),
        ("completed", Dates(finished_on=JUNE, accepted_on=OCTOBER), [("accepted_on", "stage_against_dates")]),
        ("under_way", Dates(started_on=date(2026, 11, 23)), [("started_on", "future_date")]),
        ("preparation", Dates(date(1989, 12, 31)), [("planned_start_on", "impossible_date")]),
        ("preparation", Dates(None, date(2062, 3, 1)), [("planned_finish_on", "impossible_date")]),
        ("cancelled", Dates(started_on=MARCH), []),
    ],
)
def test_dates_agree_with_one_another_and_with_the_stage(stage, dates, found):
    assert [fault[:2] for fault in date_faults(Stage(stage), dates, today=TODAY)] == found
