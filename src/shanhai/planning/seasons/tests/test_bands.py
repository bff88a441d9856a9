# SPDX-License-Identifier: Apache-2.0
"""Bands touch, their days are in every year, and the sample says what of it is made up."""

from datetime import date

import pytest

from shanhai.kernel.errors import BadInput, Refused
from shanhai.planning.seasons.rules import SAMPLE_BANDS, band_for, check_bands, plan_tender
from shanhai.planning.seasons.tests.builders import a_season, two_bands
from tests.refusals import refused

TODAY = date(2026, 3, 1)


def low(**kw):
    return a_season(**{"from_m": 0, "to_m": 4000, "opens": "", "closes": "", **kw})


def test_bands_in_any_order_come_back_from_the_lowest_up():
    assert [band.from_m for band in check_bands(two_bands()[::-1])] == [0, 4000]


def test_a_gap_is_refused_and_named():
    with refused(Refused, "seasons.bands_do_not_touch", match=r"4000 米到 4200 米之间没有规定"):
        check_bands([low(), a_season(from_m=4200)])


@pytest.mark.parametrize("to_m", [None, 4001])
def test_an_overlap_is_refused_and_named(to_m):
    with refused(Refused, "seasons.bands_do_not_touch", match=r"0 米起的一段和下一段在 4000 米以上重叠"):
        check_bands([low(to_m=to_m), a_season()])


def test_a_band_given_twice_overlaps():
    with refused(Refused, "seasons.bands_do_not_touch"):
        check_bands([low(), a_season(), a_season()])


def test_the_lowest_and_the_highest_altitudes_may_not_be_left_out():
    with refused(Refused, "seasons.bands_do_not_touch", match="0 到 4000 米没有规定"):
        check_bands([a_season()])
    with refused(Refused, "seasons.bands_do_not_touch", match="到 6000 米为止"):
        check_bands([low(), a_season(to_m=6000)])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"opens": "02-29", "closes": "10-31"}, "02-29"),
        ({"opens": "04-31", "closes": "10-31"}, "04-31"),
        ({"opens": "4-1", "closes": "10-31"}, "4-1"),
        ({"opens": "04-01\n", "closes": "10-31"}, "04-01"),
        ({"opens": "０４-01", "closes": "10-31"}, "０４-01"),
        ({"opens": "04-01", "closes": ""}, "“”"),
        ({"opens": "11-01", "closes": "10-31"}, "10-31 早于开工日 11-01"),
        ({"from_m": -1}, "-1"),
        ({"from_m": 9000}, "9000"),
        ({"to_m": 4000}, "4000"),
        ({"to_m": 9001}, "9001"),
        ({"source": " "}, "没有写明依据"),
        ({"source": "长" * 301}, "没有写明依据"),
    ],
)
def test_a_band_that_cannot_be_is_refused_with_what_is_wrong(wrong, says):
    with refused(BadInput, "seasons.band_not_possible", match=says):
        check_bands([low(), a_season(**wrong)])


@pytest.mark.parametrize("bands", [[], [low()] * 13])
def test_no_bands_and_too_many_are_refused(bands):
    with refused(BadInput, "seasons.band_not_possible"):
        check_bands(bands)


@pytest.mark.parametrize(
    ("altitude", "opens"),
    [(-154, ""), (0, ""), (2999, ""), (3000, "04-01"), (3999, "04-01"), (4000, "05-20"), (8848, "05-20")],
)
def test_an_altitude_has_one_season_in_the_sample(altitude, opens):
    assert band_for(check_bands(SAMPLE_BANDS), altitude).opens == opens


def test_the_sample_says_that_it_is_one():
    assert {band.is_sample for band in SAMPLE_BANDS} == {True}
    assert all("示例" in band.source for band in SAMPLE_BANDS)


def planned(season=None, **kw):
    facts = {"work_days": 100, "finish_by": date(2026, 10, 31), "tender_days": 45, "prepare_days": 15, **kw}
    return plan_tender(season or a_season(), **{"today": TODAY, **facts})


def test_a_plan_in_time_warns_of_nothing():
    plan = planned()

    assert (plan.tender_by, plan.start_by, plan.finish_if_now) == (
        date(2026, 5, 25), date(2026, 7, 24), date(2026, 8, 27)
    )  # fmt: skip
    assert (plan.working_days, plan.winter_days, plan.warnings) == (165, 0, ())


def test_a_day_that_has_passed_is_said_with_the_earliest_finish():
    (warning,) = planned(today=date(2026, 5, 26)).warnings

    assert "最晚招标日 2026-05-25 已经过了" in str(warning)
    assert "最早 2027-05-20 完工" in str(warning)


def test_a_finish_in_winter_and_a_winter_in_between_are_said():
    (in_winter,) = planned(finish_by=date(2026, 12, 31)).warnings
    (between,) = planned(finish_by=date(2027, 6, 30)).warnings

    assert "2026-12-31 在冬季停工期内" in str(in_winter)
    assert "停工过冬 200 天" in str(between)


def test_a_plan_by_the_sample_says_so():
    (warning,) = planned(SAMPLE_BANDS[2]).warnings

    assert "示例" in str(warning)
