# SPDX-License-Identifier: Apache-2.0
"""The linked charts: what they draw is what the engine reads, for a day, a month and a year, one point or all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shanhai.field.sensors.stations.tests.builders import sent
from shanhai.field.sensors.stations.values import Span
from shanhai.field.sensors.values import HOUR, instant_of
from shanhai.operations.hazards.criteria.rules.rates import tangent_angle
from shanhai.operations.hazards.criteria.values import Thresholds
from shanhai.operations.hazards.sites.rules.curves import DAY, curves_of, daily_curves
from shanhai.operations.hazards.sites.selectors.curves import MOST_LINES, site_curves
from shanhai.operations.hazards.sites.selectors.sites import points_of
from shanhai.operations.hazards.sites.tests.test_thresholds import slope
from shanhai.operations.hazards.tests.builders import a_point, a_site, a_threshold_set
from shanhai.operations.hazards.values import Quantity
from tests.cast import AT

KNOWN = Thresholds.read({"references": {"a": {"rate": 2, "spread": 0.5, "approved": True}}})


def test_a_uniform_slope_has_its_rate_its_angle_and_its_inverse():
    readings = [(number * HOUR, number * 0.25) for number in range(24 * 10)]

    found = curves_of(readings, quantity=Quantity.DISPLACEMENT, thresholds=KNOWN, point="a", begin=5 * DAY)

    # 0.25 mm an hour are 6 mm a day; V0 is the largest of 1.5 × 2, 2 + 2 × 0.5 and the floor of 5.
    assert found.critical == 5
    assert found.values[0] == (5 * DAY, 30.0)
    assert found.rates[-1][1] == pytest.approx(6, abs=0.01)
    assert found.angles[-1][1] == pytest.approx(tangent_angle(6, 5), abs=0.1)
    assert found.inverses[-1][1] == pytest.approx(1 / 6, abs=0.001)


def test_without_an_approved_reference_there_is_no_angle_and_of_a_year_rates_are_differences():
    days = [(0, 0.0), (DAY, 4.0), (3 * DAY, 10.0)]

    found = daily_curves(days, quantity=Quantity.CRACK, thresholds=KNOWN, point="unknown", begin=DAY)

    assert found.rates == [(DAY, 4.0), (3 * DAY, 3.0)]
    assert (found.angles, found.values) == ([], days[1:])


def test_the_angle_is_drawn_against_what_the_engine_compares_with():
    against_mean = replace(KNOWN, angle=replace(KNOWN.angle, against_mean=True))

    found = daily_curves([(0, 0.0), (DAY, 4.0)], quantity=Quantity.CRACK, thresholds=against_mean, point="a", begin=0)

    assert found.critical == 5
    assert found.angles == [(DAY, tangent_angle(4, 2))]


def test_spans_end_now_or_with_the_latest_and_what_lies_before_a_point_counts_is_left_out(ganzi):
    site = a_site()
    point, gauge = a_point(site), a_point(site, quantity=Quantity.RAIN, factor=2.0)
    slope(point, 2.4)
    sent(gauge.datastream, 1.0, 2.0, every_s=60)

    month = site_curves(site, points_of(site), Span.MONTH, AT)
    assert month.end == instant_of(AT) + 1
    assert len(month.curves[0][1].values) == 20 * 24
    assert sum(mm for _begin, _end, mm in month.rain) == 6.0
    point.counts_from = instant_of(AT) - 5 * DAY
    point.save()
    for span, count in ((Span.DAY, 23), (Span.MONTH, 5 * 24), (Span.YEAR, 6)):
        assert len(site_curves(site, points_of(site), span, AT).curves[0][1].values) == count, span


@pytest.mark.parametrize(("span", "falls"), [(Span.DAY, [1, 2, 3]), (Span.MONTH, [6]), (Span.YEAR, [6])])
def test_a_counter_that_begins_anew_goes_on_and_one_that_was_reset_begins_from_nothing(ganzi, span, falls):
    """A gauge that counts to 6,553.6 mm: an hour before its end, past it, and after a reset far from it."""
    site = a_site()
    gauge = a_point(site, quantity=Quantity.RAIN)
    a_threshold_set(site, numbers={"kind": "landslide", "rain": {"counter_mm": 6553.6}})
    # As an engineer widens what a counter may say.
    gauge.datastream.high = 10_000
    gauge.datastream.save()
    sent(gauge.datastream, 6551.0, 6552.0, 0.4, 3.4, every_s=3600)

    drawn = [round(mm, 3) for _begin, _end, mm in site_curves(site, points_of(site), span, AT).rain]
    assert drawn == falls

    sent(gauge.datastream, 1.5, at=AT + timedelta(hours=1))
    again = site_curves(site, points_of(site), span, AT + timedelta(hours=1)).rain
    assert round(sum(mm for _begin, _end, mm in again), 3) == 7.5


def test_the_page_draws_panels_on_one_axis_with_thresholds_and_a_table(ganzi, sign_in, frozen_clock):
    site = a_site()
    points = [a_point(site) for _number in range(MOST_LINES + 1)]
    for one in points[:2]:
        slope(one, 2.4)
    references = {str(one.uuid): {"rate": 2, "spread": 0.5, "approved": True} for one in points}
    a_threshold_set(site, numbers={"kind": "landslide", "references": references, "rates": {"floor": 2}})
    client = sign_in("duty_officer", programme="zj-ganzi")

    for span in ("day", "month", "year", "nonsense"):
        page = client.get(f"/hazards/sites/{site.code}/?span={span}")
        panels = page.context["panels"]
        assert len(panels) == 4, span
        assert {one["drawing"].times for one in panels} == {panels[0]["drawing"].times}
        assert [words for _y, words in panels[1]["drawing"].limits] == ["3"], "the others are far from what is drawn"
        assert [words for _y, words in panels[2]["drawing"].limits] == ["45", "80", "85"]
        assert all(f">{words}</text>" in page.content.decode() for words in ("蓝色 45", "橙色 80", "红色 85"))
        assert len(page.context["table"][0]["cells"]) == 2
    alone = client.get(f"/hazards/sites/{site.code}/?only={points[1].uuid}").context
    assert [one.pk for _number, one, _words in alone["legend"]] == [points[1].pk]
    assert client.get(f"/hazards/sites/{site.code}/?only=nobody").status_code == 200
