# SPDX-License-Identifier: Apache-2.0
"""The portfolio that is measured: one programme of three years, its plans, projects by import, postings, tasks.

Everything goes through the services that people use: the projects are a table that the project importer reads, the
postings are ``post_entries`` in batches. Nothing is random, so two runs measure the same.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from uuid import UUID

import xlsxwriter
from django.conf import settings
from django.db import connection

from shanhai.base.accounts.services import users
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.errors import Conflict
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.kernel.registry import registries
from shanhai.kernel.units import WAN_YUAN, money_in
from shanhai.operate.archive import first_with_records
from shanhai.planning.programmes.campaigns.services import campaigns, tasks
from shanhai.planning.programmes.core import services as programmes
from shanhai.planning.programmes.plans.services import plans
from shanhai.planning.programmes.values import SAMPLE_CATEGORIES, SourceAmount
from shanhai.planning.projects.shares import services as funds
from shanhai.planning.projects.shares.selectors.portfolio import lines_in
from shanhai.portal.imports import importer_named, run
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.services.entries import post_entries
from shanhai.registers.ledger.values import AccountKind, NewEntry, NewPosting, Source
from shanhai.registers.places import selectors as places
from shanhai.registers.tables.selectors.workbooks import open_workbook
from tests.bench.report import Cost, cost

Say = Callable[[str], None]

PROGRAMME, FUND_SOURCE = "bench", "provincial"
SUPPORTER, RECIPIENT = "330000", "513300"
YEARS = 3
BATCH = 100_000
TASKS, ACTIONS, GROUPS = 2_000, 8, 19
USERNAME = "bench"
# A round brings money to a line and pays it out: 到位, 核拨, 支付, 支付.
ROUND = 4
STAGES = ("前期准备", "招投标", "资金到位即可实施", "已开工", "已开工", "已开工", "完工", "验收", "移交", "停工")
WORKS = ("乡村道路", "寄宿制学校", "卫生院供氧", "牦牛养殖", "饮水工程", "文化中心", "产业园厂房", "防洪堤")
HEADER = (
    "项目编号", "项目名称", "县(市)", "类别", "建设方式", "新建/续建", "阶段", "年度", "资金来源", "总投资(万元)",
    "援助资金(万元)", "完成投资(万元)", "民生比例(%)", "受益层级", "实施层级", "计划开工", "计划完工",
)  # fmt: skip


class NotEmpty(Conflict):
    """The database to be measured in holds records."""

    code = "operate.bench_not_empty"


@dataclass(frozen=True, slots=True)
class Ground:
    """What the projects of a table need before they can be taken in, and the rows of that table."""

    by: Actor
    at: datetime
    years: range
    counties: tuple[str, ...]
    user: UUID
    rows: list[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Built:
    """What was built: the days it spans, its counties, what each batch of postings took, the campaign of the tasks."""

    first_day: date
    last_day: date
    counties: tuple[str, ...]
    user: UUID
    posting: tuple[Cost, ...]
    campaign: UUID


@dataclass(frozen=True, slots=True)
class _Line:
    uuid: str
    place: str
    fen: int
    year: int


def lay_ground(*, at: datetime, projects: int) -> Ground:
    """Prepare an empty database, its tables made, for that many projects. Raises NotEmpty for any other."""
    if first_with_records():
        raise NotEmpty(gettext_noop("要测量的数据库里已经有数据。请不带 --inside 运行，它会另用一个空的数据库。"))
    by = system("bench", tuple(registries.permissions))
    # A plan is issued on 20 January: before that day the year before is the last.
    last = (clock.local_date(at) - timedelta(days=20)).year
    years = range(last - YEARS + 1, last + 1)
    _load_places(by, at)
    counties = tuple(one.code for one in places.list_counties_of(RECIPIENT))
    user = users.create_user(by=by, at=at, username=USERNAME, password="measured-and-dropped-51")
    users.grant_role(by=by, at=at, user=user.uuid, role="commander", everywhere=True, valid_from=date(years[0], 1, 1))
    rows = list(_rows(projects, years, counties))
    _make_programme(by, at, years, rows)
    return Ground(by, at, years, counties, user.uuid, rows)


def take_in(ground: Ground, path: Path) -> None:
    """Take the table of projects at ``path`` in, as the console does."""
    with open_workbook(path=path) as file:
        report = run(
            importer=importer_named("projects"),
            file=file,
            options={"programme": PROGRAMME},
            answers={"taken_over": "yes"},
            by=ground.by,
            at=ground.at,
            dry_run=False,
        )
    if not report.applied:
        raise RuntimeError(f"the made-up projects were not taken in: {[str(p) for p in report.problems[:3]]}")


def write_table(ground: Ground, path: Path) -> None:
    """The table of projects as a workbook."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEADER, *ground.rows]):
            sheet.write_row(number, 0, row)


def build(*, at: datetime, projects: int, postings: int, say: Say) -> Built:
    """Build the portfolio in an empty database. Raises NotEmpty for any other."""
    ground = lay_ground(at=at, projects=projects)
    by, today = ground.by, clock.local_date(at)
    say(f"{projects} projects …")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "projects.xlsx"
        write_table(ground, path)
        take_in(ground, path)
    costs = _post(by, at, postings, today, say)
    campaign = _make_campaign(by, at, ground.years[-1], min(TASKS, projects), say)
    if connection.vendor == "postgresql":
        # What autovacuum does by itself within a minute.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return Built(date(ground.years[0], 1, 20), today, ground.counties, ground.user, costs, campaign)


def _load_places(by: Actor, at: datetime) -> None:
    importer = importer_named("divisions")
    for name, crs in (("divisions.csv", ""), ("divisions.geojson", "wgs84")):
        options = {"crs": crs} if crs else {}
        with open_workbook(path=Path(settings.SHARE_DIR) / "demo" / name) as file:
            run(importer=importer, file=file, options=options, answers={}, by=by, at=at, dry_run=False)


def _rows(count: int, years: Sequence[int], counties: Sequence[str]) -> Iterator[tuple[object, ...]]:
    for number in range(count):
        year, aid = years[number % len(years)], 100 + number * 37 % 400
        start = date(year, 3, 1) + timedelta(days=number % 90)
        yield (
            f"B-{year}-{number:05d}",
            f"{WORKS[number % len(WORKS)]}{number:05d}",
            counties[number % len(counties)],
            SAMPLE_CATEGORIES[number % len(SAMPLE_CATEGORIES)].code,
            ("交钥匙", "交支票")[number % 2],
            ("新建", "新建", "续建")[number % 3],
            STAGES[number * 7 % len(STAGES)],
            year,
            FUND_SOURCE,
            aid * 12 // 10,
            aid,
            aid * (number % 10) // 10,
            number * 13 % 101,
            ("村", "乡镇", "县", "地")[number % 4],
            ("县", "县", "乡镇", "地")[number % 4],
            start,
            start + timedelta(days=200 + number % 100),
        )


def _make_programme(by: Actor, at: datetime, years: range, rows: Sequence[tuple[object, ...]]) -> None:
    planned: dict[int, int] = defaultdict(int)
    for row in rows:
        planned[int(str(row[HEADER.index("年度")]))] += int(str(row[HEADER.index("援助资金(万元)")]))
    programmes.create_programme(
        by=by,
        at=at,
        code=PROGRAMME,
        name="测量用",
        name_en="Measured",
        supporter=SUPPORTER,
        recipient=RECIPIENT,
        starts_on=date(years[0], 1, 1),
        ends_on=date(years[-1] + 1, 12, 31),
        five_year_plan=money_in(sum(planned.values()) * 2, WAN_YUAN),
    )
    programmes.add_fund_source(by=by, at=at, programme=PROGRAMME, code=FUND_SOURCE, name="省级对口支援资金")
    for year, wan in sorted(planned.items()):
        amount = SourceAmount(FUND_SOURCE, money_in(wan + 1000, WAN_YUAN), money_in(1000, WAN_YUAN))
        plan = plans.make_yearly_plan(by=by, at=at, programme=PROGRAMME, year=year, amounts=[amount])
        plans.issue_yearly_plan(by=by, at=at, plan=plan.uuid, issued_on=date(year, 1, 20))


def _make_campaign(by: Actor, at: datetime, year: int, count: int, say: Say) -> UUID:
    say(f"{count} tasks …")
    names = [f"工作组{number:02d}" for number in range(GROUPS)]
    for name in names:
        campaigns.add_group(by=by, at=at, programme=PROGRAMME, name=name)
    campaign = campaigns.start_campaign(by=by, at=at, programme=PROGRAMME, year=year, name="提升行动")
    actions = [
        campaigns.add_action(by=by, at=at, campaign=campaign.uuid, name=f"行动{number}") for number in range(ACTIONS)
    ]
    for number in range(count):
        task = tasks.add_task(
            by=by,
            at=at,
            action=actions[number % ACTIONS].uuid,
            name=f"任务{number:04d}",
            owner_group=names[number % GROUPS],
            helpers=[names[(number + 1) % GROUPS]],
            due_on=date(year, 1, 31) + timedelta(days=number % 330),
        )
        if percent := min(number * 7 % 140, 100):
            tasks.report_progress(by=by, at=at, task=task.uuid, progress_percent=percent)
    return campaign.uuid


def _post(by: Actor, at: datetime, postings: int, today: date, say: Say) -> tuple[Cost, ...]:
    found = lines_in(viewer=by, programme=PROGRAMME)
    stored = list(found.select_related("project__programme", "project__place", "yearly_plan").order_by("pk"))
    lines = [_Line(str(one.uuid), one.project.place.code, one.amount_fen, one.yearly_plan.year) for one in stored]
    entries = _entries(lines, postings // ROUND, today)
    costs = []
    while batch := list(islice(entries, BATCH)):
        costs.append(cost(partial(post_entries, by=by, at=at, entries=batch)))
        say(f"{len(batch)} postings in {costs[-1].seconds:.1f} s")
    for year in sorted({line.year for line in lines}):
        # No further steps: this only brings the lines up to what the ledger holds for them.
        concerned = [one for one in stored if one.yearly_plan.year == year]
        funds.take_steps(
            by=by, at=at, lines=concerned, steps=(), under=FundPermission.POST, on=min(date(year, 12, 31), today)
        )
    return tuple(costs)


def _entries(lines: Sequence[_Line], rounds: int, today: date) -> Iterator[NewEntry]:
    """``rounds`` rounds of four entries, line after line, each line's spread over its plan's year."""
    most = -(-rounds // len(lines))
    for number in range(rounds):
        turn, index = divmod(number, len(lines))
        line = lines[index]
        first, last = date(line.year, 1, 20), min(date(line.year, 12, 31), today)
        on = first + (last - first) * (turn + index / len(lines)) / most
        arrived = line.fen // most
        allotted = arrived * 9 // 10
        steps = (
            (AccountKind.ISSUED, AccountKind.ARRIVED, arrived),
            (AccountKind.ARRIVED, AccountKind.ALLOTTED, allotted),
            (AccountKind.ALLOTTED, AccountKind.PAID, allotted * 6 // 10),
            (AccountKind.ALLOTTED, AccountKind.PAID, allotted * 3 // 10),
        )
        for step, (source, target, fen) in enumerate(steps):
            posting = NewPosting(source, target, Money(fen), line.uuid, line.place)
            yield NewEntry(Source("bench", f"{number}:{step}"), PROGRAMME, FUND_SOURCE, on, (posting,))
