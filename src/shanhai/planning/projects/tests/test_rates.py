# SPDX-License-Identifier: Apache-2.0
"""The rates of progress against figures that were published."""

from decimal import Decimal

from shanhai.kernel.money import Money
from shanhai.planning.projects.rules import Counts, rates

# Xinjiang, July 2015: 943 of 1,022 new projects started; all 182 continuing ones at work.
XINJIANG = Counts(total=1204, new=1022, new_started=943, started=1125)
# Kezhou 2021: 343 projects, 311 completed, 283 accepted.
KEZHOU = Counts(total=343, new=343, new_started=343, started=343, completed=311, accepted=283)


def of(counts, key, completed=0, planned=0):
    return rates(counts, completed=Money(completed), planned=Money(planned))[key]


def percents(shares):
    return [(key, item.percent(1)) for key, item in shares.items()]


def test_the_start_rate_counts_new_projects_and_shows_the_continuing_ones_apart():
    assert percents(of(XINJIANG, "start_rate")) == [
        ("new_projects", Decimal("92.3")),
        ("continuing_projects", Decimal("100.0")),
        ("all_projects", Decimal("93.4")),
    ]


def test_the_acceptance_rate_stands_on_completed_projects_and_shows_all_beside_it():
    assert percents(of(KEZHOU, "acceptance_rate")) == [
        ("completed_projects", Decimal("91.0")),
        ("all_projects", Decimal("82.5")),
    ]


def test_the_completion_rate_shows_what_leaving_out_cross_year_projects_does_to_it():
    counts = Counts(total=80, completed=64, within=64, within_completed=64)

    assert percents(of(counts, "completion_rate")) == [
        ("all_projects", Decimal("80.0")),
        ("within_year_projects", Decimal("100.0")),
    ]


def test_the_investment_rate_divides_completed_by_planned_money():
    found = of(Counts(), "investment_completion_rate", 178_700_000_000, 198_900_000_000)

    assert [(key, share.percent(2)) for key, share in found.items()] == [("planned_investment", Decimal("89.84"))]


def test_a_rate_of_nothing_has_no_value():
    assert [share.ratio for share in of(Counts(), "start_rate").values()] == [None, None, None]
