# SPDX-License-Identifier: Apache-2.0
"""The planning desk of the demo: a season, requests for change, the pack of a leaving batch; and the year's work.

That is nineteen groups, five-year targets, and the reports of last month and of this.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from shanhai.base.accounts import selectors as accounts
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.operate.demo.accounts import acting
from shanhai.planning.adjustments.services import (
    propose_adjustment,
    propose_plan_adjustment,
    submit_adjustment,
)
from shanhai.planning.adjustments.states import Kind
from shanhai.planning.adjustments.values import Wish
from shanhai.planning.handovers.services import open_handover
from shanhai.planning.programmes.campaigns.selectors import list_groups, list_tasks_of_group
from shanhai.planning.programmes.campaigns.services import campaigns as groups
from shanhai.planning.programmes.core.selectors.programmes import list_batches
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.plans.selectors import get_yearly_plan, list_yearly_plans
from shanhai.planning.programmes.plans.services import targets
from shanhai.planning.programmes.states import TaskState
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, list_projects
from shanhai.planning.projects.states import Stage
from shanhai.planning.rounds import services
from shanhai.planning.rounds.selectors import get_round
from shanhai.planning.rounds.values import Said
from shanhai.planning.seasons.services import record_version
from shanhai.planning.seasons.values import Season

SAMPLE = "示例"
OWN_GROUP = "项目组"
MORE_GROUPS = (
    "办公室", "纪检组", "财务组", "宣传组", "智力支援组", "康定工作组", "泸定工作组", "丹巴工作组", "九龙工作组",
    "雅江工作组", "道孚工作组", "理塘工作组", "稻城工作组",
)  # fmt: skip
TARGETS = (
    ("培训干部人才", "person_time", 12000, (2100, 2300, 2400, 2600, 2600), (2150, 2240, 2480, 2610, 2390)),
    ("消费帮扶", "wan_yuan", 20000, (3000, 3500, 4000, 4500, 5000), (2900, 3720, 4010, 4630, 3980)),
    ("新建改建学校", "school", 40, (8, 8, 8, 8, 8), (7, 9, 8, 8, 6)),
)
MONTHS = 2
WORDS = "（演示）按计划推进。"


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
    """Ask to raise the plan of this year, or the last there is, by a twentieth."""
    year = max(one.year for one in list_yearly_plans(viewer=by, programme=programme) if one.year <= local_date(at).year)
    plan = get_yearly_plan(viewer=by, programme=programme, year=year)
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


def load_year(*, by: Actor, at: datetime, programme: str, percents: dict[str, int]) -> None:
    """Fill the year of one programme: ``percents`` is how far each of its tasks has come by now, by name."""
    known = {group.name for group in list_groups(viewer=by, programme=programme)}
    for name in MORE_GROUPS:
        if name not in known:
            groups.add_group(by=by, at=at, programme=programme, name=name)
    _staff(by, at, programme)
    _set_targets(by, at, programme)
    # Who is of no group writes for those that have nobody; somebody else judges.
    writer, judge = acting(username="deputy", at=at), acting(username="office", at=at)
    today = local_date(at)
    first = today.year * 12 + today.month - MONTHS
    for step, number in enumerate(range(first, first + MONTHS), start=1):
        year, month = number // 12, number % 12 + 1
        running = step == MONTHS
        opens_on = today - timedelta(days=5) if running else date(year, month, 25)
        due_on = opens_on + timedelta(days=7)
        # The months before were judged the day after they were due, unless that is still to come.
        moment = at - timedelta(days=max((today - due_on).days - 1, 0))
        opened = services.open_round(
            by=by, at=moment, programme=programme, year=year, month=month, opens_on=opens_on, due_on=due_on
        )
        of_groups = {group.name: group.uuid for group in list_groups(viewer=by, programme=programme)}
        for place, report in enumerate(get_round(viewer=by, uuid=opened.uuid, at=moment)[1]):
            owed = list_tasks_of_group(viewer=by, group=of_groups[report.group.name], until_year=year)
            lines = {
                task.uuid: Said(percents.get(task.name, 0) * step // MONTHS, WORDS)
                for task in owed
                if task.state == TaskState.OPEN
            }
            _report(writer, judge, moment, report, lines, place if running else None)
        if not running:
            services.close_round(by=by, at=moment, round_uuid=opened.uuid)


def _staff(by: Actor, at: datetime, programme: str) -> None:
    people = accounts.list_holders(permission=ProgrammePermission.REPORT_TASK, programme=programme, at=at)
    leads = [one.ref for one in people if one.name == "项目组组长"]
    for group in list_groups(viewer=by, programme=programme):
        if group.name == OWN_GROUP:
            groups.choose_members(by=by, at=at, group=group.uuid, refs=leads)


def _set_targets(by: Actor, at: datetime, programme: str) -> None:
    today = local_date(at)
    for name, unit, amount, planned, reached in TARGETS:
        years = range(today.year - len(planned) + 1, today.year + 1)
        target = targets.set_target(
            by=by,
            at=at,
            programme=programme,
            name=name,
            unit=unit,
            amount=Decimal(amount),
            by_year={year: Decimal(part) for year, part in zip(years, planned, strict=True)},
            provenance="demo",
        )
        for year, part in zip(years, reached, strict=True):
            on = min(date(year, 12, 20), today)
            targets.report_target(by=by, at=at, target=target.uuid, year=year, reached=Decimal(part), on=on)


def _report(by: Actor, judge: Actor, at: datetime, report: Any, lines: dict[UUID, Said], place: int | None) -> None:
    """Write a report as far as it has come; ``place`` among the groups of the running round decides how far that is."""
    if place is not None and (report.group.name == OWN_GROUP or place % 5 == 4):
        return
    summary = f"（演示）{report.group.name}本月工作小结。"
    services.save_report(by=by, at=at, report=report.uuid, summary=summary, lines=lines)
    services.submit_report(by=by, at=at, report=report.uuid)
    if place is not None and place % 5 == 2:
        return
    if place is not None and place % 5 == 3:
        services.return_report(by=judge, at=at, report=report.uuid, because="（演示）请补充投资完成数。")
        return
    services.accept_report(by=judge, at=at, report=report.uuid)
