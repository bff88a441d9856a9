# SPDX-License-Identifier: Apache-2.0
"""As of means as of: a programme's year is walked act by act, and every figure of each day is asked for once more."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

import pytest

from shanhai.kernel import proofs
from shanhai.kernel.clock import SHANGHAI
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.money import Money
from shanhai.planning.imports.services import undo_batch
from shanhai.planning.imports.tests.builders import import_file
from shanhai.planning.programmes.money.providers import LABELS
from shanhai.planning.programmes.plans.services import plans
from shanhai.planning.programmes.tests.builders import a_target
from shanhai.planning.programmes.values import SourceAmount, StepKind
from shanhai.planning.projects.core import services as core
from shanhai.planning.projects.dossier.services.cancelling import cancel
from shanhai.planning.projects.dossier.services.stages import move
from shanhai.planning.projects.lists.selectors.overviews import county_lines
from shanhai.planning.projects.models import LineChange, Project
from shanhai.planning.projects.shares import services as funds
from shanhai.planning.projects.shares.selectors.flow import money_flow
from shanhai.planning.projects.shares.selectors.portfolio import county_table
from shanhai.planning.projects.shares.selectors.what_if import head_rooms, what_if
from shanhai.planning.projects.states import Level, Novelty, Stage
from shanhai.planning.projects.tests.builders import (
    a_programme,
    a_row,
    a_workbook,
    some_facts,
    without_gates,
)
from shanhai.planning.projects.values import Dates, LineFacts
from shanhai.registers.ledger.values import Source
from tests.cast import AUDITOR, DEPUTY, FINANCE, OFFICE, OFFICE_WHO_POSTS

pytestmark = pytest.mark.django_db
# Figures that tables state once, and that say of themselves that they have no history.
WITHOUT_HISTORY = {"investment_completion_rate"}


def at(day: date) -> datetime:
    return datetime.combine(day, time(10), tzinfo=SHANGHAI)


def everything(day: date) -> dict[str, Any]:
    """Every figure as of the day with all its proofs, of the whole programme, and of a county and a year's plan."""
    found: dict[str, Any] = {}
    for place, year in ((None, None), ("513301", 2026)):
        scope = FigureScope("zj-ganzi", as_of=day, place=place, year=year)
        of = str((place, year))
        for figure in proofs.all_figures(AUDITOR, scope):
            if figure.key in WITHOUT_HISTORY:
                continue
            found[of + figure.key] = (figure.value, figure.gap, figure.other_bases, figure.floor_percent)
            # The ledger's own proofs of a day are looked at where the ledger is.
            for part in ("part", "whole") if figure.key not in LABELS else ():
                proof = proofs.evidence(AUDITOR, scope, figure.key, part, limit=100)
                found[f"{of}{figure.key}:{part}"] = (
                    proof.count, proof.total, [(row.label, row.measure, row.percent) for row in proof.rows]
                )  # fmt: skip
        table = county_table(viewer=AUDITOR, **scope.selection)
        found[of + "counties"] = [(row.place, row.counts, row.planned_investment, row.sums) for row in table.rows]
        found[of + "stages"] = [
            (line.row.place, {stage: count for stage, count in line.stages.items() if count})
            for line in county_lines(viewer=AUDITOR, **scope.selection).lines
        ]
        found[of + "head_rooms"] = head_rooms(viewer=AUDITOR, **scope.selection)
        flow = money_flow(viewer=AUDITOR, **scope.selection)
        found[of + "flow"] = [(link.source, link.target, link.fen) for link in flow.links]
    return found


@dataclass
class Year:
    """What the acts of a year leave for one another."""

    tmp_path: Any
    made: dict[str, Any] = field(default_factory=dict)

    def project(self, day: date, code: str, **kw: Any) -> None:
        facts = some_facts(code=code, name=f"{code} 工程", **kw)
        self.made[code] = without_gates(
            core.create_project(by=OFFICE, at=at(day), programme="zj-ganzi", facts=facts)
        ).uuid

    def line(self, day: date, code: str, yuan: int, percent: int, level: Level, name: str) -> None:
        facts = LineFacts(2026, "province", Money.from_yuan(yuan), percent, level, level)
        self.made[name] = core.add_line(by=OFFICE, at=at(day), project=self.made[code], facts=facts).uuid

    def continues(self, day: date, code: str) -> None:
        facts = replace(Project.objects.get(uuid=self.made[code]).facts, novelty=Novelty.CONTINUING)
        core.correct_project(by=DEPUTY, at=at(day), project=self.made[code], facts=facts, because="批文是续建")

    def amounts(self, day: date, **yuan: int) -> None:
        given = {self.made[name]: Money.from_yuan(some) for name, some in yuan.items()}
        core.revise_amounts(by=OFFICE, at=at(day), amounts=given, because="调剂")

    def money(self, day: date, kind: str, name: str, yuan: int) -> None:
        funds.take_step(
            by=FINANCE, at=at(day), kind=StepKind(kind), line=self.made[name], amount=Money.from_yuan(yuan),
            on_date=day, source=Source("test", f"{kind}{name}{day}"),
        )  # fmt: skip

    def move(self, day: date, code: str, to: Stage) -> None:
        move(by=DEPUTY, at=at(day), project=self.made[code], to=to, because="冬休")

    def cancel(self, day: date, code: str) -> None:
        cancel(by=DEPUTY, at=at(day), project=self.made[code], because="选址变更")

    def table(self, day: date, **cells: Any) -> None:
        path = a_workbook(self.tmp_path / f"{day}.xlsx", a_row(**{"项目编号": "T", "项目名称": "T 工程"} | cells))
        report = import_file(path, by=OFFICE_WHO_POSTS, at=at(day), on_date=day)
        assert report.batch, report
        self.made[f"table {day}"] = report.batch

    def untake(self, day: date, of: date) -> None:
        undo_batch(by=OFFICE, at=at(day), batch=self.made[f"table {of}"], because="传错了")

    def raised(self, day: date) -> None:
        old, new = Money.from_yuan(10_000), Money.from_yuan(12_000)
        plans.adjust_issued_plan(
            by=OFFICE, at=at(day), plan=self.made["plan"], amounts={"province": (old, new)}, on_date=day,
            ground="test", because="追加",
        )  # fmt: skip

    def reserve(self, day: date) -> None:
        plans.release_plan_reserve(
            by=OFFICE, at=at(day), plan=self.made["plan"], fund_source="province", amount=Money.from_yuan(400),
            on_date=day, because="抢险",
        )  # fmt: skip

    def planned(self, day: date, year: int) -> None:
        amounts = [SourceAmount("province", Money.from_yuan(10_000), Money.from_yuan(1_000))]
        made = plans.make_yearly_plan(by=OFFICE, at=at(day), programme="zj-ganzi", year=year, amounts=amounts)
        self.made["plan"] = made.uuid

    def issued(self, day: date) -> None:
        plans.issue_yearly_plan(by=OFFICE, at=at(day), plan=self.made["plan"], issued_on=day)


ACTS: tuple[tuple[date, Callable[[Year, date], object]], ...] = (
    (date(2026, 1, 5), lambda year, day: year.planned(day, 2026)),
    (date(2026, 1, 8), lambda year, day: year.project(day, "A", dates=Dates(date(2026, 3, 1), date(2026, 8, 1)))),
    (date(2026, 1, 9), lambda year, day: year.line(day, "A", 900, 100, Level.VILLAGE, "a")),
    (date(2026, 1, 10), lambda year, day: (year.issued(day), year.table(day))),
    (date(2026, 2, 1), lambda year, day: year.project(day, "B", place="513322", category="health")),
    (date(2026, 2, 2), lambda year, day: year.line(day, "B", 500, 0, Level.PREFECTURE, "b")),
    (date(2026, 2, 20), lambda year, day: year.money(day, "arrive", "a", 600)),
    (date(2026, 3, 3), lambda year, day: year.move(day, "A", Stage.TENDERING)),
    (date(2026, 3, 9), lambda year, day: year.move(day, "A", Stage.READY)),
    (date(2026, 4, 1), lambda year, day: year.move(day, "A", Stage.UNDER_WAY)),
    (date(2026, 4, 15), lambda year, day: year.amounts(day, a=800, b=600)),
    (date(2026, 4, 20), lambda year, day: year.continues(day, "A")),
    (date(2026, 5, 2), lambda year, day: year.money(day, "allot", "a", 300)),
    (date(2026, 5, 3), lambda year, day: year.money(day, "pay", "a", 200)),
    (date(2026, 6, 1), lambda year, day: year.reserve(day)),
    (date(2026, 6, 10), lambda year, day: year.raised(day)),
    (date(2026, 6, 11), lambda year, day: year.table(day, 民生比例="50%", 受益层级="州", **{"新建/续建": "续建"})),
    (date(2026, 6, 20), lambda year, day: year.amounts(day, a=700, b=700)),
    (date(2026, 7, 1), lambda year, day: year.cancel(day, "B")),
    (date(2026, 7, 9), lambda year, day: year.move(day, "A", Stage.SUSPENDED)),
    (date(2026, 8, 1), lambda year, day: year.move(day, "A", Stage.UNDER_WAY)),
    (date(2026, 9, 1), lambda year, day: year.move(day, "A", Stage.COMPLETED)),
    (date(2026, 9, 20), lambda year, day: year.move(day, "A", Stage.ACCEPTED)),
)


def test_figures_as_of_a_day_are_those_computed_on_it(tmp_path):
    """Lines, plan amounts, stages and tags have history: a share of 2024's projects as of 2023 is none."""
    a_programme(yuan=0)
    a_target()
    year, then = Year(tmp_path), {}
    for number, (day, act) in enumerate(ACTS):
        act(year, day)
        # Every other day: to ask for everything takes a second.
        if number % 2:
            then[day] = everything(day)

    days = list(then)
    assert all(then[day] != then[before] for before, day in pairwise(days)), "an act that changes nothing shows nothing"
    for day, found in then.items():
        again = everything(day)
        differ = {key: (value, again[key]) for key, value in found.items() if again[key] != value}
        assert not differ, (day, differ)


def test_a_table_taken_back_leaves_no_trace_in_any_day(tmp_path):
    a_programme(yuan=0)
    year = Year(tmp_path)
    for day, act in ACTS[:14]:
        act(year, day)
    days = [date(2026, 5, 3), date(2026, 6, 11), date(2026, 7, 1)]
    before = [everything(day) for day in days]
    year.table(date(2026, 6, 11), 民生比例="50%", 受益层级="州", **{"新建/续建": "续建"})
    assert LineChange.objects.exists()
    assert everything(days[-1]) != before[-1]

    year.untake(date(2026, 6, 12), of=date(2026, 6, 11))

    assert [everything(day) for day in days] == before


def test_what_a_table_brings_late_was_in_force_from_the_issue_of_its_plan(tmp_path):
    a_programme(yuan=0)
    year = Year(tmp_path)
    year.planned(date(2026, 1, 5), 2026)
    year.issued(date(2026, 1, 10))
    year.table(date(2026, 6, 1))

    def planned(day: date) -> tuple[int, int]:
        total = county_table(viewer=AUDITOR, programme="zj-ganzi", as_of=day).total
        return total.counts.total, total.amount("plan").fen

    assert [planned(day) for day in (date(2026, 1, 9), date(2026, 1, 10))] == [(0, 0), (1, 200_000)]


def test_what_would_be_if_money_moved_is_of_the_day_too(tmp_path):
    a_programme(yuan=0)
    year, asked = Year(tmp_path), {}
    for day, act in ACTS[:18]:
        act(year, day)
        if "b" in year.made:
            ask = {"programme": "zj-ganzi", "fen": 100, "source": year.made["a"], "target": year.made["b"]}
            asked[day] = ask, what_if(viewer=DEPUTY, as_of=day, **ask)

    assert asked
    assert all(what_if(viewer=DEPUTY, as_of=day, **ask) == found for day, (ask, found) in asked.items())


def test_a_step_of_which_a_table_says_no_day_was_taken_when_the_table_came(tmp_path):
    a_programme(yuan=0)
    year, money = Year(tmp_path), {f"{kind}（万元）": 0 for kind in ("到位", "核拨", "支付")}
    year.table(date(2026, 2, 1), 阶段="待开工", **money)
    without_gates(Project.objects.get())
    then = everything(date(2026, 3, 1))

    year.table(date(2026, 4, 1), 阶段="已开工", **money)

    assert Project.objects.values_list("stage", "started_on").get() == ("under_way", None)
    assert everything(date(2026, 3, 1)) == then
    counts = county_table(viewer=AUDITOR, programme="zj-ganzi", as_of=date(2026, 4, 1)).total.counts
    assert (counts.total, counts.started) == (1, 1)
