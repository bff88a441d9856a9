# SPDX-License-Identifier: Apache-2.0
"""What is typed into a form is read as a cell is, and what may mean two things is refused."""

import pytest
from django.core.exceptions import ValidationError

from shanhai.registers.tables.forms import DayField, PercentField, WholeField


@pytest.mark.parametrize(("text", "percent"), [("80", 80), ("80%", 80), ("８０％", 80), ("0", 0), ("1", 1)])
def test_a_percentage_is_whole(text, percent):
    assert PercentField(min_value=0, max_value=100).clean(text) == percent


@pytest.mark.parametrize("text", ["0.8", "0.8%", "12,5", "101", "-1", "是"])
def test_a_percentage_that_may_mean_two_things_or_none_is_refused(text):
    with pytest.raises(ValidationError):
        PercentField(min_value=0, max_value=100).clean(text)


def test_numbers_and_days_are_read_as_in_tables():
    assert WholeField().clean("1,200") == 1200
    assert DayField().clean("2026年3月1日").isoformat() == "2026-03-01"
