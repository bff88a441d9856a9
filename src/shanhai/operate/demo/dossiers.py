# SPDX-License-Identifier: Apache-2.0
"""The demo's made-up dossiers: the papers, contracts, progress and accounts of projects as far as each has come."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO

from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.money import Money
from shanhai.planning.projects.dossier.selectors.detail import ProjectDetail, project_detail
from shanhai.planning.projects.dossier.services import closing, filing
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, list_projects
from shanhai.planning.projects.states import ACCEPTED_ON, ON_SITE, STARTED, Delivery, Method, PaperKind, Stage

MOST = 40
CLOSED = frozenset({Stage.SETTLED, Stage.HANDED_OVER})
# A page of PDF that says what it is: nothing here looks like a paper of a real office.
PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 72>>stream\nBT /F 20 Tf 72 770 Td (Made up for the demo: KIND) Tj ET\nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def load_dossiers(*, by: Actor, at: datetime, programme: str, year: int) -> None:
    """File what each project of that year's plan must have had to stand where it stands."""
    today = local_date(at)
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
        project = project_detail(viewer=by, uuid=row.uuid, on=today)
        begun = project.facts.dates.started_on or project.facts.dates.planned_start_on or date(year, 4, 1)
        _file(by, at, project, min(begun, today) - timedelta(days=60))
        _build(by, at, project, min(begun, today) - timedelta(days=40))
        _close(by, at, project)


def _file(by: Actor, at: datetime, project: ProjectDetail, day: date) -> None:
    facts = project.facts
    for kind in _kinds(project.stage, capital=facts.capital, delivery=facts.delivery):
        content = BytesIO(PAGE.replace(b"KIND", kind.value.encode().ljust(20)))
        filing.file_paper(
            by=by, at=at, project=project.uuid, kind=kind, file=content, name=f"{kind.value}.pdf", signed_on=day
        )


def _build(by: Actor, at: datetime, project: ProjectDetail, day: date) -> None:
    facts, stage = project.facts, project.stage
    if facts.capital and (stage in STARTED or stage is Stage.READY) and facts.total_investment:
        filing.add_contract(
            by=by,
            at=at,
            project=project.uuid,
            number=f"{facts.code}-HT",
            contractor="（演示）施工单位",
            method=Method.OPEN_TENDER,
            amount=Money(facts.total_investment.fen * 95 // 100),
            signed_on=day,
        )
    if stage in ON_SITE and project.progress_percent:
        filing.note_progress(
            by=by,
            at=at,
            project=project.uuid,
            percent=project.progress_percent,
            words="（演示）按计划推进。",
            on=local_date(at) - timedelta(days=12),
        )


def _close(by: Actor, at: datetime, project: ProjectDetail) -> None:
    facts, stage, today = project.facts, project.stage, local_date(at)
    if not facts.capital or stage not in CLOSED or facts.dates.finished_on is None:
        return
    closing.approve_settlement(
        by=by,
        at=at,
        project=project.uuid,
        approved=project.completed_investment,
        surplus=Money(0),
        on=min(facts.dates.finished_on + timedelta(days=80), today),
    )
    if stage is Stage.HANDED_OVER:
        closing.transfer_asset(
            by=by,
            at=at,
            project=project.uuid,
            asset=facts.name,
            keeper=f"{project.place_name}（演示）",
            value=project.completed_investment,
            on=today - timedelta(days=5),
        )


def _kinds(stage: Stage, *, capital: bool, delivery: Delivery) -> list[PaperKind]:
    kinds = []
    if capital:
        kinds.append(PaperKind.APPROVAL)
    if stage is not Stage.PREPARATION and delivery is Delivery.CHEQUE:
        kinds.append(PaperKind.ENTRUSTMENT)
    if capital and (stage in STARTED or stage is Stage.READY):
        kinds.append(PaperKind.AWARD)
    if capital and stage in STARTED:
        kinds.append(PaperKind.START_PERMIT)
    if stage in ACCEPTED_ON:
        kinds.append(PaperKind.ACCEPTANCE)
    if stage in CLOSED:
        kinds.append(PaperKind.FINAL_ACCOUNT)
    if stage is Stage.HANDED_OVER:
        kinds.append(PaperKind.TRANSFER_LIST)
    return kinds
