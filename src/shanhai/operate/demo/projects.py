# SPDX-License-Identifier: Apache-2.0
"""The demo's made-up projects, and the vouchers that bring their money to where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.money import Money
from shanhai.kernel.units import WAN_YUAN, money_in
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.planning.projects.core.services import add_line, create_project
from shanhai.planning.projects.shares import services as funds
from shanhai.planning.projects.shares.selectors.portfolio import lines_in
from shanhai.planning.projects.states import Delivery, Level, Novelty, Stage
from shanhai.planning.projects.values import Dates, LineFacts, ProjectFacts, Standing
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.values import Source

VOUCHER = "demo.voucher"
# Progress payments of a works contract: three, the last one smaller.
PARTS = (4, 4, 2)
# Some lines were allotted before their share of the plan's money had arrived: history, which a warning names.
WHY = "演示数据：到位前先行核拨"


@dataclass(frozen=True, slots=True)
class _Line:
    uuid: UUID
    code: str
    place: str
    allotted: Money
    paid: Money
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class LoadedLines:
    """The allocation lines of one programme and year, whose money is still to move."""

    programme: str
    fund_source: str
    lines: tuple[_Line, ...]

    def arrive(self, *, by: Actor, at: datetime, plan: Money, tranches: Iterable[tuple[str, int]], year: int) -> None:
        """Bring in what the plan gives to projects in tranches (day, percent), shared among the lines."""
        for number, (day, percent) in enumerate(tranches, start=1):
            funds.record_pooled_arrival(
                by=by,
                at=at,
                programme=self.programme,
                fund_source=self.fund_source,
                year=year,
                amount=Money(plan.fen * percent // 100),
                on_date=date.fromisoformat(day),
                source=Source(VOUCHER, f"{self.programme}:{year}:arrival:{number}"),
                memo=f"第 {number} 批到位",
            )

    def allot_and_pay(self, *, by: Actor, at: datetime) -> None:
        """Allot each line what it has been allotted, and pay it in parts over the time of the works."""
        moving = [line for line in self.lines if line.allotted]
        steps = [step for line in moving for step in self._steps(line)]
        if steps:
            found = lines_in(viewer=by, programme=self.programme).filter(uuid__in=[line.uuid for line in moving])
            funds.take_steps(
                by=by,
                at=at,
                lines=list(found.select_related("project__programme").order_by("pk")),
                steps=steps,
                under=FundPermission.POST,
                on=max(step.on_date for step in steps),
                because=WHY,
            )

    def _steps(self, line: _Line) -> Iterator[Step]:
        def step(kind: StepKind, amount: Money, on: date, name: str, memo: str) -> Step:
            return Step(
                kind=kind,
                programme=self.programme,
                fund_source=self.fund_source,
                amount=amount,
                on_date=on,
                source=Source(VOUCHER, f"{line.code}:{name}"),
                subject=str(line.uuid),
                place=line.place,
                memo=memo,
            )

        yield step(StepKind.ALLOT, line.allotted, line.since, "allot", "核拨")
        parts = line.paid.apportion(PARTS) if line.paid else ()
        span = max(line.until - line.since, timedelta()) / len(PARTS)
        for number, amount in enumerate(parts, start=1):
            yield step(StepKind.PAY, amount, line.since + span * number, f"pay:{number}", f"第 {number} 次付款")


def load_projects(
    *, by: Actor, at: datetime, programme: str, fund_source: str, rows: Iterable[Mapping[str, str]]
) -> LoadedLines:
    """Create the projects of ``rows`` (see demo/projects.csv, amounts in 万元) with one allocation line each."""
    today = clock.local_date(at)
    loaded = []
    for row in rows:
        dates = {name: _day(row[name]) for name in Dates.__dataclass_fields__}
        project = create_project(
            by=by,
            at=at,
            programme=programme,
            facts=_facts(row, Dates(**dates)),
            standing=_standing(row),
            provenance="demo",
        )
        line = add_line(by=by, at=at, project=project.uuid, facts=_line_facts(row, fund_source))
        since = (dates["started_on"] or dates["planned_start_on"] or today) + timedelta(days=7)
        # Works that go on were last paid some weeks ago.
        until = dates["finished_on"] or today - timedelta(days=20)
        loaded.append(
            _Line(
                line.uuid,
                row["code"],
                row["place"],
                _wan(row["allotted_wan"]),
                _wan(row["paid_wan"]),
                min(since, today),
                until,
            )
        )
    return LoadedLines(programme, fund_source, tuple(loaded))


def _facts(row: Mapping[str, str], dates: Dates) -> ProjectFacts:
    return ProjectFacts(
        code=row["code"],
        name=row["name"],
        place=row["place"],
        category=row["category"],
        delivery=Delivery(row["delivery"]),
        novelty=Novelty(row["novelty"]),
        cross_year=row["cross_year"] == "1",
        capital=row["capital"] == "1",
        altitude_m=int(row["altitude_m"]),
        total_investment=_wan(row["total_wan"]),
        other_sources=_wan(row["other_wan"]),
        dates=dates,
    )


def _standing(row: Mapping[str, str]) -> Standing:
    total = int(row["total_wan"])
    return Standing(
        stage=Stage(row["stage"]),
        completed_investment=_wan(row["invested_wan"]),
        progress_percent=int(row["invested_wan"]) * 100 // total if total else 0,
    )


def _line_facts(row: Mapping[str, str], fund_source: str) -> LineFacts:
    return LineFacts(
        year=int(row["year"]),
        fund_source=fund_source,
        amount=_wan(row["aid_wan"]),
        livelihood_percent=int(row["livelihood_percent"]),
        beneficiary_level=Level(row["beneficiary_level"]),
        implementer_level=Level(row["implementer_level"]),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _wan(text: str) -> Money:
    return money_in(int(text), WAN_YUAN)
