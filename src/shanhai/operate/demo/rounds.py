# SPDX-License-Identifier: Apache-2.0
"""The year's work on the desk of the demo: nineteen groups, five-year targets, reports of last month and of this."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from shanhai.base.accounts import selectors as accounts
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.operate.demo.accounts import acting
from shanhai.planning.programmes.campaigns.selectors import list_groups, list_tasks_of_group
from shanhai.planning.programmes.campaigns.services import campaigns as groups
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.states import TaskState
from shanhai.planning.programmes.targets import services as targets
from shanhai.planning.rounds import services
from shanhai.planning.rounds.selectors import ReportRow, get_round
from shanhai.planning.rounds.values import Said

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
        for place, report in enumerate(get_round(viewer=by, uuid=opened.uuid, at=moment).rows):
            owed = list_tasks_of_group(viewer=by, group=of_groups[report.group], until_year=year)
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


def _report(
    by: Actor, judge: Actor, at: datetime, report: ReportRow, lines: dict[UUID, Said], place: int | None
) -> None:
    """Write a report as far as it has come; ``place`` among the groups of the running round decides how far that is."""
    if place is not None and (report.group == OWN_GROUP or place % 5 == 4):
        return
    summary = f"（演示）{report.group}本月工作小结。"
    services.save_report(by=by, at=at, report=report.uuid, summary=summary, lines=lines)
    services.submit_report(by=by, at=at, report=report.uuid)
    if place is not None and place % 5 == 2:
        return
    if place is not None and place % 5 == 3:
        services.return_report(by=judge, at=at, report=report.uuid, because="（演示）请补充投资完成数。")
        return
    services.accept_report(by=judge, at=at, report=report.uuid)
