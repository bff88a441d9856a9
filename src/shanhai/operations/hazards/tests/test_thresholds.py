# SPDX-License-Identifier: Apache-2.0
"""Numbers by which a site is judged: there and back without a change, and refused with the path of what is wrong."""

import json

import pytest

from shanhai.kernel.errors import BadInput
from shanhai.operations.hazards.criteria.values import Reference, Thresholds
from shanhai.operations.hazards.values import SiteKind


@pytest.mark.parametrize("kind", SiteKind)
def test_what_is_written_is_read_back_without_a_change(kind):
    given = Thresholds.read({"kind": kind, "angle": {"red": 86.5}, "references": {"p": {"rate": 0.1, "spread": 1 / 3}}})

    assert Thresholds.read(json.loads(json.dumps(given.write()))) == given
    assert given.references == {"p": Reference(rate=0.1, spread=1 / 3)}
    assert Thresholds.read({"kind": kind}) == Thresholds.default(kind)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ([], "{}"),
        ({"kind": "volcano"}, "kind"),
        ({"angles": {}}, "angles"),
        ({"angle": {"purple": 1}}, "angle.purple"),
        ({"angle": {"red": "85"}}, "angle.red"),
        ({"angle": {"red": True}}, "angle.red"),
        ({"angle": {"red": float("nan")}}, "angle.red"),
        ({"angle": {"red": None}}, "angle.red"),
        ({"angle": {"against_mean": 1}}, "angle.against_mean"),
        ({"angle": {"red": 79}}, "angle.red"),
        ({"rates": {"window_hours": 1}}, "rates.window_hours"),
        ({"references": {"p": {"rate": -1}}}, "references.p.rate"),
        ({"references": {"p": {"source": 5}}}, "references.p.source"),
        ({"combination": {"criteria": {"luck": 1}}}, "combination.criteria.luck"),
        ({"combination": {"hold_hours": {"red": 1e9}}}, "combination.hold_hours.red"),
        ({"silence_hours": {"rain": -1}}, "silence_hours.rain"),
        ({"rain": 5}, "rain"),
        ({"angle": {"red": 10**400}}, "angle.red"),
        ({"silence_hours": {"rain": 0}}, "silence_hours.rain"),
        ({"answer_minutes": {"red": 31}}, "answer_minutes.orange"),
        ({"answer_minutes": {"red": 0.5}}, "answer_minutes.red"),
        ({"combination": {"criteria_needed": {"red": 0}}}, "combination.criteria_needed.red"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(given, path):
    with pytest.raises(BadInput) as refused:
        Thresholds.read(given)

    assert refused.value.field == path
    assert path in str(refused.value)


def test_a_number_may_be_absent_only_where_nothing_depends_on_it():
    assert Thresholds.read({"rain": {"day_mm": None}}).rain.day_mm is None
