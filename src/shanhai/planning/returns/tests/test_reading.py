# SPDX-License-Identifier: Apache-2.0
from decimal import Decimal

import pytest

from shanhai.kernel.errors import BadInput
from shanhai.planning.returns.rules.checks import printed, read_stated
from shanhai.planning.returns.rules.sheet import plain_number
from shanhai.planning.returns.values import COUNTY, Interval, MeasureKind, Row, Table
from tests.refusals import refused

COUNT, AMOUNT, RATE = MeasureKind.COUNT, MeasureKind.AMOUNT, MeasureKind.RATE


def between(low: str, high: str) -> Interval:
    return Interval(Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    ("text", "kind", "low", "high"),
    [
        ("17.87", AMOUNT, "17.865", "17.875"),
        ("8.20", AMOUNT, "8.195", "8.205"),
        ("8.2", AMOUNT, "8.15", "8.25"),
        ("10558", AMOUNT, "10557.5", "10558.5"),
        ("1,234.5", AMOUNT, "1234.45", "1234.55"),
        ("１２，３４５", AMOUNT, "12344.5", "12345.5"),
        ("0.00", AMOUNT, "0", "0.005"),
        ("343", COUNT, "343", "343"),
        ("343.0", COUNT, "343", "343"),
        ("89.71%", RATE, "89.705", "89.715"),
        ("91%", RATE, "90.5", "91.5"),
        ("0.9071", RATE, "90.705", "90.715"),
        ("1", RATE, "99.5", "100.5"),
        ("90.71", RATE, "90.705", "90.715"),
    ],
)
def test_a_printed_number_stands_for_every_number_that_rounds_to_it(text, kind, low, high):
    assert read_stated(text, kind).interval == between(low, high)


def test_a_column_in_percent_is_not_read_as_fractions():
    assert read_stated("0.9", RATE, in_percent=True).number == Decimal("0.9")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", AMOUNT), ("约17", AMOUNT), ("-3", AMOUNT), ("1e5", AMOUNT), ("17.87亿", AMOUNT), ("1.2.3", AMOUNT),
        ("9" * 16, AMOUNT), ("9" * 10_000, AMOUNT), ("NaN", AMOUNT), ("Infinity", RATE), ("12.5", COUNT),
        ("50%", COUNT), ("50%%", RATE), ("=1+1", AMOUNT), ("٣", COUNT), ("１２\x00", COUNT),
    ],
)  # fmt: skip
def test_what_is_not_a_number_is_refused_with_a_sentence(text, kind):
    with refused(BadInput, "returns.number_not_understood") as caught:
        read_stated(text, kind)

    assert str(caught.value).endswith("。")
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (68, "68"), (68.0, "68"), (17.439999999999998, "17.44"), (8.2, "8.2"), (0.9071, "0.9071"),
        (1e-7, "0.0000001"), (61 / 68, "0.897058823529"), (float("nan"), "nan"), (float("inf"), "inf"),
    ],
)  # fmt: skip
def test_a_spreadsheet_number_is_written_as_a_person_typed_it(number, text):
    assert plain_number(number) == text


def test_a_printed_suggestion_is_rounded_half_up_and_never_below_zero():
    assert printed(Decimal("78.375"), 2, RATE).text == "78.38%"
    assert printed(Decimal("0.001"), 2, AMOUNT).interval == between("0", "0.005")


def test_an_interval_begins_at_its_lower_end():
    with pytest.raises(ValueError, match="lower end"):
        between("2", "1")


def test_intervals_add_subtract_and_meet_at_their_ends():
    assert between("1", "2") + between("3", "4") == between("4", "6")
    assert between("5", "6") - between("1", "2") == between("3", "5")
    assert between("1", "2").meets(between("2", "3"))
    assert not between("1", "2").meets(between("2.01", "3"))


def test_two_rows_of_one_name_make_no_table():
    with pytest.raises(ValueError, match="label of its own"):
        Table(COUNTY, (Row("甲县", {}), Row("甲县", {})))
