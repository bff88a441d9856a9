# SPDX-License-Identifier: Apache-2.0
"""The demo's made-up projects, the vouchers that bring their money to where they stand, and their dossiers.

A dossier has the papers, contracts, progress and accounts of a project as far as it has come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.money import Money
from shanhai.kernel.units import WAN_YUAN, money_in
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.planning.projects.core.selectors import get_project
from shanhai.planning.projects.core.services import add_line, create_project
from shanhai.planning.projects.dossier.services import filing, stages
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, list_projects
from shanhai.planning.projects.shares import services as funds
from shanhai.planning.projects.shares.selectors.portfolio import lines_in
from shanhai.planning.projects.shares.services.arrivals import record_pooled_arrival
from shanhai.planning.projects.states import (
    ACCEPTED_ON,
    ON_SITE,
    STARTED,
    Delivery,
    Level,
    Method,
    Novelty,
    PaperKind,
    Stage,
)
from shanhai.planning.projects.values import Dates, LineFacts, ProjectFacts, Standing
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.values import Source

if TYPE_CHECKING:
    from shanhai.planning.projects.models import AllocationLine, Project

# A line of demo/projects.csv, with the allocation line made of it.
Loaded: TypeAlias = "tuple[AllocationLine, Mapping[str, str]]"
VOUCHER = "demo.voucher"
# Progress payments of a works contract: three, the last one smaller.
PARTS = (4, 4, 2)
# Some lines were allotted before their share of the plan's money had arrived: history, which a warning names.
WHY = "演示数据：到位前先行核拨"
MOST = 40
CLOSED = frozenset({Stage.SETTLED, Stage.HANDED_OVER})
# A page of PDF that says what it is: nothing here looks like a paper of a real office.
PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 72>>stream\nBT /F 20 Tf 72 770 Td (Made up for the demo: KIND) Tj ET\nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def load_projects(
    *, by: Actor, at: datetime, programme: str, fund_source: str, rows: Iterable[Mapping[str, str]]
) -> list[Loaded]:
    """Create the projects of ``rows`` (see demo/projects.csv, amounts in 万元) with one allocation line each."""
    loaded = []
    for row in rows:
        facts, standing = _facts(row), _standing(row)
        project = create_project(by=by, at=at, programme=programme, facts=facts, standing=standing, provenance="demo")
        line = add_line(by=by, at=at, project=project.uuid, facts=_line_facts(row, fund_source))
        loaded.append((line, row))
    return loaded


def move_money(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    fund_source: str,
    year: int,
    tranches: Iterable[tuple[str, int]],
    loaded: Sequence[Loaded],
) -> None:
    """Bring in what the lines were given in ``tranches`` (day, percent); allot each, and pay it while works go on."""
    given = sum(_wan(row["aid_wan"]).fen for _, row in loaded)
    for number, (day, percent) in enumerate(tranches, start=1):
        record_pooled_arrival(
            by=by,
            at=at,
            programme=programme,
            fund_source=fund_source,
            year=year,
            amount=Money(given * percent // 100),
            on_date=date.fromisoformat(day),
            source=Source(VOUCHER, f"{programme}:{year}:arrival:{number}"),
            memo=f"第 {number} 批到位",
        )
    today = clock.local_date(at)
    moving = [(line, row) for line, row in loaded if int(row["allotted_wan"])]
    steps = [step for line, row in moving for step in _steps(programme, fund_source, line, row, today)]
    if steps:
        found = lines_in(viewer=by, programme=programme).filter(uuid__in=[line.uuid for line, _ in moving])
        funds.take_steps(
            by=by,
            at=at,
            lines=list(found.select_related("project__programme").order_by("pk")),
            steps=steps,
            under=FundPermission.POST,
            on=max(step.on_date for step in steps),
            because=WHY,
        )


def _steps(
    programme: str, fund_source: str, line: AllocationLine, row: Mapping[str, str], today: date
) -> Iterator[Step]:
    def step(kind: StepKind, amount: Money, on: date, name: str, memo: str) -> Step:
        return Step(
            kind=kind,
            programme=programme,
            fund_source=fund_source,
            amount=amount,
            on_date=on,
            source=Source(VOUCHER, f"{row['code']}:{name}"),
            subject=str(line.uuid),
            place=row["place"],
            memo=memo,
        )

    begun = _day(row["started_on"]) or _day(row["planned_start_on"]) or today
    since = min(begun + timedelta(days=7), today)
    # Works that go on were last paid some weeks ago.
    until = _day(row["finished_on"]) or today - timedelta(days=20)
    yield step(StepKind.ALLOT, _wan(row["allotted_wan"]), since, "allot", "核拨")
    parts = _wan(row["paid_wan"]).apportion(PARTS) if int(row["paid_wan"]) else ()
    span = max(until - since, timedelta()) / len(PARTS)
    for number, amount in enumerate(parts, start=1):
        yield step(StepKind.PAY, amount, since + span * number, f"pay:{number}", f"第 {number} 次付款")


def _facts(row: Mapping[str, str]) -> ProjectFacts:
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
        dates=Dates(**{name: _day(row[name]) for name in Dates.__dataclass_fields__}),
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


def load_dossiers(*, by: Actor, at: datetime, programme: str, year: int) -> None:
    """File what each project of that year's plan must have had to stand where it stands."""
    today = clock.local_date(at)
    found = list_projects(
        viewer=by,
        programme=programme,
        on=today,
        filters=ProjectFilters(year=year),
        order="code",
        offset=0,
        limit=MOST,
    )
    for row in found.rows:
        project = get_project(viewer=by, uuid=row.uuid)
        begun = project.started_on or project.planned_start_on or date(year, 4, 1)
        _file(by, at, project, min(begun, today) - timedelta(days=60))
        _build(by, at, project, min(begun, today) - timedelta(days=40))
        _close(by, at, project)


def _file(by: Actor, at: datetime, project: Project, day: date) -> None:
    last = clock.local_date(at) - timedelta(days=5)
    days = {PaperKind.ACCEPTANCE: project.accepted_on or last, PaperKind.TRANSFER_LIST: last}
    for kind in _kinds(Stage(project.stage), capital=project.capital, delivery=Delivery(project.delivery)):
        content = BytesIO(PAGE.replace(b"KIND", kind.value.encode().ljust(20)))
        filing.file_paper(
            by=by,
            at=at,
            project=project.uuid,
            kind=kind,
            file=content,
            name=f"{kind.value}.pdf",
            signed_on=days.get(kind, day),
        )


def _build(by: Actor, at: datetime, project: Project, day: date) -> None:
    stage = Stage(project.stage)
    given = sum(line.amount_fen for line in project.lines.all()) + project.other_sources_fen
    signed = min(
        project.total_investment_fen * 95 // 100, project.total_investment_fen if project.cross_year else given
    )
    if project.capital and (stage in STARTED or stage is Stage.READY) and signed:
        filing.add_contract(
            by=by,
            at=at,
            project=project.uuid,
            number=f"{project.code}-HT",
            contractor="（演示）施工单位",
            method=Method.OPEN_TENDER,
            amount=Money(signed),
            signed_on=day,
        )
    if stage in ON_SITE and project.progress_percent:
        filing.note_progress(
            by=by,
            at=at,
            project=project.uuid,
            percent=project.progress_percent,
            words="（演示）按计划推进。",
            on=clock.local_date(at) - timedelta(days=12),
        )


def _close(by: Actor, at: datetime, project: Project) -> None:
    stage, last = Stage(project.stage), clock.local_date(at) - timedelta(days=5)
    if not project.capital or stage not in CLOSED or project.finished_on is None:
        return
    stages.approve_settlement(
        by=by,
        at=at,
        project=project.uuid,
        approved=project.completed_investment,
        surplus=Money(0),
        on=max(project.accepted_on or last, min(project.finished_on + timedelta(days=80), last)),
    )
    if stage is Stage.HANDED_OVER:
        stages.transfer_asset(
            by=by,
            at=at,
            project=project.uuid,
            asset=project.name,
            keeper=f"{project.place.name}（演示）",
            value=project.completed_investment,
            on=last,
        )


def _kinds(stage: Stage, *, capital: bool, delivery: Delivery) -> list[PaperKind]:
    started = stage in STARTED
    wanted = {
        PaperKind.APPROVAL: capital,
        PaperKind.ENTRUSTMENT: stage is not Stage.PREPARATION and delivery is Delivery.CHEQUE,
        PaperKind.AWARD: capital and (started or stage is Stage.READY),
        PaperKind.START_PERMIT: capital and started,
        PaperKind.ACCEPTANCE: stage in ACCEPTED_ON,
        PaperKind.FINAL_ACCOUNT: stage in CLOSED,
        PaperKind.TRANSFER_LIST: stage is Stage.HANDED_OVER,
    }
    return [kind for kind, has in wanted.items() if has]
