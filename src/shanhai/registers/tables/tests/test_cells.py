# SPDX-License-Identifier: Apache-2.0
"""Reading single cells, good and bad."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from shanhai.kernel.units import WAN_YUAN, YUAN
from shanhai.registers.tables.rules import cells


@pytest.mark.parametrize(
    ("cell", "unit", "fen"),
    [
        (305, WAN_YUAN, 305_000_000),
        (305.5, WAN_YUAN, 305_500_000),
        (0.1 + 0.2, WAN_YUAN, 300_000),
        ("1,234.56", YUAN, 123_456),
        ("１２３４", YUAN, 123_400),
        ("7.2亿", None, 72_000_000_000),
        ("305万元", YUAN, 305_000_000),
        (Decimal("0.000001"), WAN_YUAN, 1),
        (0, WAN_YUAN, 0),
    ],
)
def test_an_amount_is_read_to_the_fen(cell, unit, fen):
    assert cells.amount(cell, unit).fen == fen


@pytest.mark.parametrize(
    ("cell", "unit", "reason"),
    [
        (305, None, "unit_undeclared"),
        ("305", None, "unit_undeclared"),
        (-1, WAN_YUAN, "negative"),
        ("三百万", WAN_YUAN, "not_an_amount"),
        (33.333333333, WAN_YUAN, "not_an_amount"),
        ("1e400", YUAN, "not_an_amount"),
        (float("inf"), YUAN, "not_an_amount"),
        (float("nan"), YUAN, "not_an_amount"),
        (True, YUAN, "not_an_amount"),
        ("9" * 60, YUAN, "not_an_amount"),
        (date(2026, 1, 1), YUAN, "not_an_amount"),
        ("=1+1", YUAN, "not_an_amount"),
    ],
)
def test_a_cell_that_is_no_amount_says_why(cell, unit, reason):
    with pytest.raises(cells.CellNotUnderstood) as caught:
        cells.amount(cell, unit)

    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (date(2026, 3, 1), date(2026, 3, 1)),
        (datetime(2026, 3, 1, 8, 0), date(2026, 3, 1)),  # noqa: DTZ001 - as a spreadsheet gives it
        ("2026-03-01", date(2026, 3, 1)),
        ("2026/3/1", date(2026, 3, 1)),
        ("2026.3.1", date(2026, 3, 1)),
        ("2026年3月1日", date(2026, 3, 1)),
        ("2026年3月", date(2026, 3, 1)),
        ("2026-03", date(2026, 3, 1)),
        (46082.0, date(2026, 3, 1)),
    ],
)
def test_a_day_is_read_in_the_usual_spellings(cell, day):
    assert cells.day(cell) == day


@pytest.mark.parametrize("cell", ["2026-02-30", "2026-13-01", "明年", "20260301", 3, "03/01/2026", "0000-01-01", True])
def test_a_day_that_does_not_exist_is_refused(cell):
    with pytest.raises(cells.CellNotUnderstood, match="2026-03-01"):
        cells.day(cell)


@pytest.mark.parametrize(
    ("cell", "declared", "percent"),
    [("80%", False, 80), (80, False, 80), (0.8, False, 80), (1, False, 100), (1, True, 1), (0.8, True, 80),
     (0, False, 0), ("是", False, 100), ("否", False, 0), (100.0, False, 100), (0.29, False, 29)],
)  # fmt: skip
def test_a_percentage_is_read_as_people_and_spreadsheets_write_it(cell, declared, percent):
    assert cells.percentage(cell, declared=declared) == percent


@pytest.mark.parametrize("cell", ["-1", 101, "80.5", "大部分", "nan", "inf", "1e99%"])
def test_what_is_no_percentage_is_refused(cell):
    with pytest.raises(cells.CellNotUnderstood):
        cells.percentage(cell, declared=False)


@pytest.mark.parametrize(
    ("cell", "code"), [("GZ-2026-001", "GZ-2026-001"), (20260001.0, "20260001"), (" ＧＺ１ ", "GZ1"), (7, "7")]
)
def test_a_code_is_text_whatever_the_spreadsheet_made_of_it(cell, code):
    assert cells.code(cell) == code


@pytest.mark.parametrize("cell", [5.133012026000012e15, 5133012026000012, "5.13301E+15", "5.1E15"])
def test_a_code_whose_tail_the_spreadsheet_lost_is_refused(cell):
    with pytest.raises(cells.CellNotUnderstood, match="后几位已经丢失"):
        cells.code(cell)


def test_a_long_number_kept_as_text_is_a_good_code():
    assert cells.code("5133012026000012") == "5133012026000012"


@pytest.mark.parametrize(("cell", "value"), [("是", True), ("否", False), (1, True), (0.0, False), (True, True)])
def test_yes_and_no_are_read(cell, value):
    assert cells.yes_or_no(cell) is value


def test_a_maybe_is_refused():
    with pytest.raises(cells.CellNotUnderstood):
        cells.yes_or_no("也许")


@pytest.mark.parametrize("cell", ["海拔高", "10000", "", "1.5", "99999999999999"])
def test_a_number_outside_its_range_is_refused(cell):
    with pytest.raises(cells.CellNotUnderstood):
        cells.whole_number(-200, 9000)(cell)


def test_a_number_may_carry_its_unit():
    assert cells.whole_number(-200, 9000)("4500米") == 4500
