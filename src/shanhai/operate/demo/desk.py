# SPDX-License-Identifier: Apache-2.0
"""What waits on the planning desk of the demo: a season, requests for change, warnings, the pack of a leaving batch."""

from __future__ import annotations

from datetime import datetime, timedelta

from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.operate.demo.accounts import acting
from shanhai.planning.adjustments.services.proposing import (
    propose_adjustment,
    propose_plan_adjustment,
    submit_adjustment,
)
from shanhai.planning.adjustments.states import Kind
from shanhai.planning.adjustments.values import Wish
from shanhai.planning.handovers.services import open_handover
from shanhai.planning.programmes.core.selectors.programmes import list_batches
from shanhai.planning.programmes.plans.selectors import get_yearly_plan
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, list_projects
from shanhai.planning.projects.states import Stage
from shanhai.planning.seasons.services import record_version
from shanhai.planning.seasons.values import Season
from shanhai.planning.warnings.services import evaluate_programme

SAMPLE = "示例"


def load_desk(*, by: Actor, at: datetime, programme: str) -> None:
    """Fill the desk of one programme."""
    bands = [
        Season(0, 3000, source=SAMPLE, is_sample=True),
        Season(3000, 4000, "04-01", "11-30", SAMPLE, is_sample=True),
        Season(4000, None, "05-20", "10-31", SAMPLE, is_sample=True),
    ]
    record_version(by=by, at=at, version=f"{at.year} 年施工季（示例）", programme=programme, bands=bands)
    office = acting(username="office", at=at)
    _ask_for_changes(office, at, programme)
    _ask_for_more(office, at, programme)
    # The batch that is there now, as if it left at the end of the year.
    today = local_date(at)
    present = [one for one in list_batches(viewer=by, programme=programme) if one.starts_on <= today <= one.ends_on]
    for batch in present:
        open_handover(by=by, at=at, programme=programme, batch=batch.uuid, due_on=batch.ends_on)


def warn(*, by: Actor, at: datetime, programme: str) -> None:
    """Raise what the rules find."""
    evaluate_programme(by=by, at=at, programme=programme)


def _ask_for_changes(by: Actor, at: datetime, programme: str) -> None:
    today = local_date(at)
    filters = ProjectFilters(stage=Stage.UNDER_WAY, year=today.year)
    found = list_projects(viewer=by, programme=programme, on=today, filters=filters, order="code", offset=0, limit=2)
    for row, kind in zip(found.rows, (Kind.PERIOD, Kind.SITE), strict=False):
        later = (today + timedelta(days=240)).isoformat()
        wish = (
            Wish(values={"planned_finish_on": later, "cross_year": True})
            if kind is Kind.PERIOD
            else Wish(values={"altitude_m": 3650})
        )
        reason = "（演示）材料运输受大雪影响。" if kind is Kind.PERIOD else "（演示）原址地质条件不适合，移到上方台地。"
        asked = propose_adjustment(
            by=by, at=at, project=row.uuid, kind=kind, wish=wish, reason=reason, provenance="demo"
        )
        submit_adjustment(by=by, at=at, adjustment=asked.uuid)


def _ask_for_more(by: Actor, at: datetime, programme: str) -> None:
    """Ask to raise this year's plan by a twentieth."""
    plan = get_yearly_plan(viewer=by, programme=programme, year=local_date(at).year)
    wish = Wish(values={line.fund_source.code: line.amount_fen * 21 // 20 for line in plan.amounts.all()})
    asked = propose_plan_adjustment(
        by=by,
        at=at,
        programme=programme,
        year=plan.year,
        wish=wish,
        reason="（演示）省里追加了应急抢险资金。",
        provenance="demo",
    )
    submit_adjustment(by=by, at=at, adjustment=asked.uuid)
