# SPDX-License-Identifier: Apache-2.0
"""Templates and evaluations by hand, brought to a state through the services."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from shanhai.insight.evaluations import services
from shanhai.insight.evaluations.models import Evaluation, Template
from shanhai.insight.evaluations.states import EvaluationState
from shanhai.insight.evaluations.values import ItemRow, Scoring
from tests.cast import AT, DEPUTY, OFFICE

BY_HAND = tuple(
    ItemRow(row, "手工", "产出", f"指标{row}", Decimal(weight), Scoring.BY_HAND)
    for row, weight in ((5, 40), (6, 50), (7, 10))
)
YEAR = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}


def a_template(*rows: ItemRow, in_force: bool = True) -> Template:
    """A template of the programme zj-ganzi, all of whose items are said by hand unless rows are given."""
    services.take_in_template(by=OFFICE, at=AT, rows=rows or BY_HAND, programme="zj-ganzi")
    found = Template.objects.latest("pk")
    return services.put_in_force(by=DEPUTY, at=AT, template=found.uuid) if in_force else found


def an_evaluation(state: str = "assessing", *, template: Template | None = None) -> Evaluation:
    """An evaluation of 2026 in the state: 80 percent of each weight were said, and given."""
    made = services.open_evaluation(by=OFFICE, at=AT, template=(template or a_template()).uuid, **YEAR)
    of = {"at": AT, "evaluation": made.uuid}
    places = range(1, made.scores.count() + 1)
    steps = {
        "submitted": lambda: (
            services.assess(by=OFFICE, **of, reached=dict.fromkeys(places, Decimal(80)), words={}),
            services.submit(by=OFFICE, **of),
        ),
        "decided": lambda: services.decide(by=DEPUTY, **of, points_given={}, opinions={}),
        "appealed": lambda: services.appeal(by=OFFICE, **of, against={2: "少算了两个项目"}, because="见附件"),
    }
    for reached, step in steps.items():
        if made.state == EvaluationState(state):
            break
        step()
        made.refresh_from_db()
        assert made.state == reached
    return made
