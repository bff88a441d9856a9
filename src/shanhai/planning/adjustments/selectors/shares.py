# SPDX-License-Identifier: Apache-2.0
"""The shares an adjustment is weighed by, of the programme and of its counties, as they stand."""

from __future__ import annotations

from datetime import datetime

from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Base, Share
from shanhai.planning.adjustments.models import Adjustment
from shanhai.planning.adjustments.selectors.current import READER, plan_of
from shanhai.planning.projects.shares.selectors.portfolio import CountyRow, CountyTable, county_table

# The base of what an adjustment of a whole plan is weighed by.
PLAN = Base("year_plan", message(gettext_noop("下达的年度计划")))


def shares_table(*, adjustment: Adjustment, at: datetime) -> CountyTable:
    """The programme by county; where money of a plan changes, only what that year's plan pays for."""
    return county_table(viewer=READER, programme=adjustment.programme.code, as_of=local_date(at), year=adjustment.year)


def shares_of(*, row: CountyRow) -> dict[str, Share]:
    """The shares an adjustment is weighed by, by the keys of ``rules.effects.MEASURES``."""
    livelihood, grassroots = row.livelihood_shares, row.grassroots_shares
    bases = ("plan", "arrived", "paid")
    return {
        "completion": row.completion_rate,
        "investment": row.investment_completion_rate,
        "arrival": Share(row.amount("arrived"), row.amount("plan"), livelihood["plan"].base),
        **{f"livelihood.{base}": livelihood[base] for base in bases},
        **{f"grassroots.{base}": grassroots[base] for base in bases},
    }


def plan_shares_of(*, adjustment: Adjustment, row: CountyRow) -> dict[str, Share]:
    """How much of the year's plan has arrived and is arranged for projects, where a whole plan is raised."""
    plan = Money(sum(plan_of(adjustment).amounts.values()), row.currency)
    return {
        "plan.arrived": Share(row.amount("arrived"), plan, PLAN),
        "plan.arranged": Share(row.amount("plan"), plan, PLAN),
    }


def county_rows(*, place: str, before: CountyTable, after: CountyTable) -> tuple[str, CountyRow, CountyRow]:
    """The name of a county and its row in both tables; an empty row where it has no project."""

    def row(table: CountyTable) -> CountyRow | None:
        return next((one for one in table.rows if one.place == place), None)

    nothing = Money(0, before.total.currency)
    empty = CountyRow(planned_investment=nothing, completed_investment=nothing, currency=before.total.currency)
    old, new = row(before), row(after)
    return (old or new or empty).name, old or empty, new or empty
