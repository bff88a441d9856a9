# SPDX-License-Identifier: Apache-2.0
"""Writing the rows of a checked table: projects, their stages, their lines and the money, in bulk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from shanhai.base.accounts.permissions import Permission
from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.figures import Strength
from shanhai.kernel.money import Money
from shanhai.planning.programmes.core.selectors.programmes import get_programme, list_fund_sources
from shanhai.planning.programmes.plans.selectors import list_yearly_plans
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.planning.projects.imports.rules.known import Known
from shanhai.planning.projects.imports.rules.matching import Candidate, Novel
from shanhai.planning.projects.imports.rules.whole_sheet import issue_due
from shanhai.planning.projects.imports.selectors.imports import Checked, Progress
from shanhai.planning.projects.models import AllocationLine, ImportBatch, ImportedRow, Project, StageMove
from shanhai.planning.projects.rules import known_since
from shanhai.planning.projects.shares.services import take_steps
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.values import Dates, Funds
from shanhai.registers.places.selectors.divisions import find_divisions

BATCH = 500
QUIET: Progress = lambda done, total: None  # noqa: E731 - the least that can be told
BECAUSE = "导入：{name}"
STATED = (
    "name", "initials", "place", "category", "delivery", "novelty", "cross_year", "capital", "altitude_m",
    "total_investment_fen", "other_sources_fen", "completed_investment_fen", "progress_percent", "stage",
    *Dates.__dataclass_fields__,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Row:
    """A row to be written, with the project and the line it is written to."""

    candidate: Candidate
    project: Project
    line: AllocationLine


@transaction.atomic
def take_over(
    *, by: Actor, at: datetime, checked: Checked, batch: ImportBatch, on: date, progress: Progress = QUIET
) -> int:
    """Write what the rows of a checked table bring, and post their money; answers how many ledger entries are new.

    What each row did is kept in ``batch``, which also makes the entries' sources. Raises NotAllowed, and what the chain
    raises.
    """
    known = checked.known
    by.require(Permission.PROJECT_IMPORT, programme=known.programme)

    wanted = [candidate for candidate in checked.candidates if candidate.brings is not Novel.UNCHANGED]
    projects = _projects(by, at, wanted, known, BECAUSE.format(name=batch.name))
    rows = _lines(by, wanted, projects, known.programme)
    progress(1, 5)
    steps = list(_steps(rows, known, checked.issued, batch=batch, on=on))
    posted = 0
    if steps:
        subjects = {step.subject for step in steps}
        lines = [row.line for row in rows if str(row.line.uuid) in subjects]
        under = Permission.PROJECT_IMPORT

        def taken(count: int) -> None:
            progress(len(steps) + 3 * count, 5 * len(steps))

        posted = take_steps(by=by, at=at, lines=lines, steps=steps, under=under, on=on, progress=taken)
    # Now that they have their totals: storing them twice takes longer than posting all their money.
    AllocationLine.objects.bulk_create([row.line for row in rows if row.line.pk is None], batch_size=BATCH)
    ImportedRow.objects.bulk_create((_imported(row, batch) for row in rows), batch_size=BATCH)
    audit.record_many(by=by, at=at, acts=[_act(row, known) for row in rows if row.candidate.known is not None])
    return posted


def _projects(by: Actor, at: datetime, wanted: Sequence[Candidate], known: Known, because: str) -> dict[str, Project]:
    programme = get_programme(viewer=by, code=known.programme)
    divisions = find_divisions(candidate.facts.place for candidate in wanted)
    stored = Project.objects.in_bulk([candidate.known.pk for candidate in wanted if candidate.known])
    found, fresh, moves = {}, [], []
    for candidate in wanted:
        if candidate.known is not None:
            project = stored[candidate.known.pk]
        else:
            project = Project(programme=programme, currency=known.currency)
            fresh.append(project)
        project.programme = programme
        project.state(candidate.facts)
        project.place = divisions[candidate.facts.place]
        standing = candidate.standing
        project.stage, project.progress_percent = standing.stage.value, standing.progress_percent
        project.completed_investment_fen = standing.completed_investment.fen
        moves += _moves(project, candidate, by=by, at=at, because=because)
        found[project.code] = project
    Project.objects.bulk_create(fresh, batch_size=BATCH)
    changed = [found[candidate.facts.code] for candidate in wanted if candidate.known is not None]
    Project.objects.bulk_update(changed, STATED, batch_size=BATCH)
    StageMove.objects.bulk_create(moves, batch_size=BATCH)
    return found


def _moves(project: Project, candidate: Candidate, *, by: Actor, at: datetime, because: str) -> list[StageMove]:
    today = local_date(at)

    def moved(old: str, new: Stage) -> StageMove:
        day = known_since(new, candidate.facts.dates, today)
        return StageMove(project=project, old=old, new=new.value, by=by.ref, at=at, on_date=day, because=because)

    if candidate.known is None:
        return [moved("", candidate.standing.stage)]
    before = (candidate.known.standing.stage, *candidate.steps)
    return [moved(old.value, new) for old, new in zip(before, candidate.steps, strict=False)]


def _lines(by: Actor, wanted: Sequence[Candidate], projects: Mapping[str, Project], programme: str) -> list[_Row]:
    """Each row with its line: known ones are brought up to date, new ones are not stored yet."""
    plans = {plan.year: plan for plan in list_yearly_plans(viewer=by, programme=programme)}
    sources = {source.code: source for source in list_fund_sources(viewer=by, programme=programme)}
    stored = AllocationLine.objects.in_bulk([row.known_line.pk for row in wanted if row.known_line])
    rows, changed = [], []
    for candidate in wanted:
        facts, project = candidate.line, projects[candidate.facts.code]
        if candidate.known_line is not None:
            line = stored[candidate.known_line.pk]
            changed.append(line)
        else:
            line = AllocationLine(yearly_plan=plans[facts.year], fund_source=sources[facts.fund_source])
        line.project = project
        line.amount_fen, line.livelihood_percent = facts.amount.fen, facts.livelihood_percent
        line.beneficiary_level, line.implementer_level = facts.beneficiary_level.value, facts.implementer_level.value
        rows.append(_Row(candidate, project, line))
    columns = ["amount_fen", "livelihood_percent", "beneficiary_level", "implementer_level"]
    AllocationLine.objects.bulk_update(changed, columns, batch_size=BATCH)
    return rows


def _steps(
    rows: Sequence[_Row], known: Known, issued: Mapping[str, int], *, batch: ImportBatch, on: date
) -> Iterator[Step]:
    # First come, first served: what arrives once the issued plan is used up lies over it.
    left = Counter(issued)
    for row in rows:
        left[row.candidate.line.fund_source] += issue_due(row.candidate, known)
    for row in rows:
        source = row.candidate.line.fund_source
        for kind, fen in _moved(row.candidate, known):
            over = max(fen - max(left[source], 0), 0) if kind is StepKind.ARRIVE else 0
            left[source] -= fen - over if kind is StepKind.ARRIVE else 0
            yield Step(
                kind=kind,
                programme=known.programme,
                fund_source=source,
                amount=Money(fen, known.currency),
                on_date=on,
                source=batch.source_of(row.candidate.row, kind),
                subject=str(row.line.uuid),
                place=row.candidate.facts.place,
                strength=Strength.FORM,
                memo=f"{batch.name} · {row.candidate.row}"[:400],
                over_plan=Money(over, known.currency) if over else None,
            )


def _imported(row: _Row, batch: ImportBatch) -> ImportedRow:
    candidate, line = row.candidate, row.line
    before, line_before = candidate.known, candidate.known_line
    return ImportedRow(
        batch=batch,
        row=candidate.row,
        project=row.project.uuid,
        line=line.uuid,
        before=before and before.facts.plain | before.standing.plain,
        after=candidate.facts.plain | candidate.standing.plain,
        line_before=line_before and line_before.facts.plain,
        line_after=candidate.line.plain,
        funds=[line.arrived_fen, line.allotted_fen, line.paid_fen],
    )


def _moved(candidate: Candidate, known: Known) -> Iterator[tuple[StepKind, int]]:
    old = candidate.known_line.funds if candidate.known_line else Funds()
    amounts = (
        (StepKind.ISSUE, issue_due(candidate, known)),
        (StepKind.ARRIVE, candidate.funds.arrived - old.arrived),
        (StepKind.ALLOT, candidate.funds.allotted - old.allotted),
        (StepKind.PAY, candidate.funds.paid - old.paid),
    )
    return ((kind, fen) for kind, fen in amounts if fen > 0)


def _act(row: _Row, known: Known) -> audit.Act:
    before = row.candidate.known
    changes: dict[str, Any] = {}
    if before is not None:
        old, new = before.facts.plain | before.standing.plain, row.candidate.facts.plain | row.candidate.standing.plain
        changes = {name: [old[name], new[name]] for name in old if old[name] != new[name]}
    line_before = row.candidate.known_line
    if line_before is None or line_before.facts != row.candidate.line:
        changes["line"] = [line_before and line_before.facts.plain, row.candidate.line.plain]
    return audit.Act(
        "projects.project.imported",
        "projects.project",
        str(row.project.uuid),
        programme=known.programme,
        place=row.candidate.facts.place,
        changes=changes,
    )
