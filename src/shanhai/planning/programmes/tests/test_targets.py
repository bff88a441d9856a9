# SPDX-License-Identifier: Apache-2.0
"""The five-year targets: set, reported year by year, shown as a share with its proof."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils.translation import override

from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.money import Money
from shanhai.kernel.proofs import evidence, get_figure
from shanhai.planning.programmes.models import TargetYear
from shanhai.planning.programmes.plans.selectors import list_targets
from shanhai.planning.programmes.plans.services import targets
from shanhai.planning.programmes.tests.builders import a_programme, a_target
from tests.cast import AT, DEPUTY, LEAD, OFFICE
from tests.refusals import refused

pytestmark = pytest.mark.django_db
SCOPE = FigureScope(programme="zj-ganzi", as_of=date(2023, 12, 31))


@pytest.fixture(autouse=True)
def programme():
    return a_programme()


def report(target, year, reached, on):
    return targets.report_target(by=OFFICE, at=AT, target=target.uuid, year=year, reached=Decimal(reached), on=on)


def test_the_years_add_up_to_a_share_of_the_target_with_their_rows_behind_it():
    target = a_target(by_year={2022: Decimal(200), 2023: Decimal(250)})
    report(target, 2022, 210, date(2022, 12, 20))
    report(target, 2023, 190, date(2023, 11, 30))

    figure = get_figure(DEPUTY, SCOPE, f"target:{target.uuid}")

    assert figure.value.percent() == Decimal("40.00")
    assert figure.value.base.key == "five_year_target"
    rows = evidence(DEPUTY, SCOPE, figure.key, "part")
    assert [(row.label, row.measure.number) for row in rows.rows] == [("2022", 210), ("2023", 190)]
    assert rows.total.number == 400
    assert evidence(DEPUTY, SCOPE, figure.key, "whole").total.number == 1000
    with override("en"):
        (target,) = evidence(DEPUTY, SCOPE, figure.key, "whole").rows
        assert (target.label, target.source.label) == ("培训人次", "Five-year targets")


def test_money_is_a_target_too():
    target = a_target(name="消费帮扶", unit="wan_yuan", amount=5000)
    report(target, 2022, 1250, date(2022, 12, 20))

    value = get_figure(DEPUTY, SCOPE, f"target:{target.uuid}").value

    assert (value.part, value.whole) == (Money.from_yuan(12_500_000), Money.from_yuan(50_000_000))


def test_what_was_reported_later_does_not_count_as_of_an_earlier_day():
    target = a_target()
    report(target, 2023, 190, date(2024, 1, 5))

    figure = get_figure(DEPUTY, SCOPE, f"target:{target.uuid}")

    assert figure.value is None
    assert "还没有" in str(figure.gap)


def test_a_later_word_replaces_an_earlier_one():
    target = a_target()
    report(target, 2022, 100, date(2022, 10, 1))
    report(target, 2022, 120, date(2022, 12, 1))

    assert TargetYear.objects.get().reached == 120


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"name": ""}, (BadInput, "programmes.text_not_accepted")),
        ({"unit": "parsec"}, (BadInput, "programmes.target_not_accepted")),
        ({"amount": Decimal(0)}, (BadInput, "programmes.target_not_accepted")),
        ({"amount": Decimal(-1)}, (BadInput, "programmes.target_not_accepted")),
        ({"amount": Decimal("NaN")}, (BadInput, "programmes.target_not_accepted")),
        ({"amount": Decimal("Infinity")}, (BadInput, "programmes.target_not_accepted")),
        ({"amount": Decimal(10) ** 16}, (BadInput, "programmes.target_not_accepted")),
        ({"amount": Decimal("0.00001")}, (BadInput, "programmes.target_not_accepted")),
        ({"by_year": {2030: Decimal(1)}}, (BadInput, "programmes.year_outside")),
        ({"by_year": {2022: Decimal(-1)}}, (BadInput, "programmes.target_not_accepted")),
        ({"provenance": "hearsay"}, (BadInput, "programmes.provenance_unknown")),
    ],
    ids=str,
)
def test_a_bad_target_is_refused(facts, error):
    given = {"name": "培训", "unit": "person_time", "amount": Decimal(10), **facts}

    with refused(error):
        targets.set_target(by=OFFICE, at=AT, programme="zj-ganzi", **given)

    assert list_targets(viewer=OFFICE, programme="zj-ganzi") == []


def test_a_bad_report_is_refused():
    target = a_target()

    with refused(Conflict, "programmes.target_already_there"):
        a_target()
    with refused(BadInput, "programmes.year_outside"):
        report(target, 2030, 1, date(2023, 1, 1))
    with refused(BadInput, "programmes.target_not_accepted"):
        report(target, 2022, "-3", date(2023, 1, 1))
    with pytest.raises(NotVisible):
        targets.report_target(by=OFFICE, at=AT, target=uuid4(), year=2022, reached=Decimal(1), on=date(2022, 1, 1))
    with pytest.raises(NotAllowed):
        targets.report_target(by=LEAD, at=AT, target=target.uuid, year=2022, reached=Decimal(1), on=date(2022, 1, 1))

    assert not TargetYear.objects.exists()
