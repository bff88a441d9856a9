# SPDX-License-Identifier: Apache-2.0
"""Writing the rows of a checked table: projects, their stages, their lines and the money, in bulk, as plain rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.base.database.services import insert_many, new_keys
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.figures import Strength
from shanhai.kernel.money import Money
from shanhai.kernel.pinyin import initials_of
from shanhai.kernel.registry import Progress
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.core.selectors.programmes import get_programme, list_fund_sources
from shanhai.planning.programmes.money.services import chain
from shanhai.planning.programmes.plans.selectors import list_yearly_plans
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.planning.projects.core.selectors.line_funds import ledger_funds
from shanhai.planning.projects.imports.rules.known import Known
from shanhai.planning.projects.imports.rules.matching import Candidate, Novel
from shanhai.planning.projects.imports.rules.whole_sheet import issue_due
from shanhai.planning.projects.imports.selectors.imports import QUIET, Checked
from shanhai.planning.projects.models import AllocationLine, ImportBatch, ImportedRow, Project, StageMove
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.rules import known_since
from shanhai.planning.projects.shares.services import keep_ceilings
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.values import Dates, Funds
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.places.selectors import find_divisions

BATCH = 500
BECAUSE = "导入：{name}"
STATED = (
    "name", "initials", "place", "category", "delivery", "novelty", "cross_year", "capital", "altitude_m",
    "total_investment_fen", "other_sources_fen", "completed_investment_fen", "progress_percent", "stage",
    *Dates.__dataclass_fields__,
)  # fmt: skip
TAGS = ("amount_fen", "livelihood_percent", "beneficiary_level", "implementer_level")
FUNDS = ("arrived_fen", "allotted_fen", "paid_fen", "funds_changed_on")
_NOTHING = Funds()


@dataclass(frozen=True, slots=True)
class _Row:
    """A row to be written, with the key and the uuid of its project, and the uuid of its line."""

    candidate: Candidate
    project: int
    uuid: UUID
    line: UUID


@transaction.atomic
def take_over(
    *, by: Actor, at: datetime, checked: Checked, batch: ImportBatch, on: date, progress: Progress = QUIET
) -> int:
    """Write what the rows of a checked table bring, and post their money; answers how many ledger entries are new.

    What each row did is kept in ``batch``, which also makes the entries' sources. Raises NotAllowed, also where money
    is to be posted by who may not post, BeyondCeiling, and what the chain raises.
    """
    known = checked.known
    by.require(ProjectPermission.IMPORT, programme=known.programme)

    wanted = [candidate for candidate in checked.candidates if candidate.brings is not Novel.UNCHANGED]
    because = BECAUSE.format(name=batch.name)
    keys = _insert_projects(by, at, wanted, known, because) | _change_projects(by, at, wanted, because)
    rows = [
        _Row(
            candidate,
            *keys[candidate.facts.code],
            UUID(candidate.known_line.uuid) if candidate.known_line else ids.new_id(),
        )
        for candidate in wanted
    ]
    progress(1, 5)
    steps = list(_steps(rows, checked, batch=batch, on=on))
    posted, moved = _post(by, at, steps, known, progress)
    # Now that they have their totals: storing them twice takes longer than posting all their money.
    _insert_lines(by, rows, known.programme, moved, on)
    _change_lines(rows, moved, on)
    keep_ceilings(by=by, at=at, programme=known.programme, steps=steps)
    names = ("batch_id", "row", "project", "line", "before", "after", "line_before", "line_after", "funds")
    insert_many(ImportedRow, names, _imported(rows, batch, moved))
    audit.record_many(by=by, at=at, acts=[_act(row, known) for row in rows if row.candidate.known is not None])
    return posted


def _insert_projects(
    by: Actor, at: datetime, wanted: Sequence[Candidate], known: Known, because: str
) -> dict[str, tuple[int, UUID]]:
    """New projects, one for all rows of a code, and the move that says since when they stand where they do."""
    fresh = list({one.facts.code: one for one in wanted if one.known is None}.values())
    programme = get_programme(viewer=by, code=known.programme)
    divisions = {code: division.pk for code, division in find_divisions({one.facts.place for one in fresh}).items()}
    keys = new_keys(Project, len(fresh)) if fresh else ()
    found = {one.facts.code: (key, ids.new_id()) for one, key in zip(fresh, keys, strict=True)}
    # "owner" and "site" are never in a table.
    columns = (
        "id", "uuid", "programme_id", "code", "name", "initials", "place_id", "altitude_m", "category", "delivery",
        "novelty", "cross_year", "capital", "stage", "currency", "total_investment_fen", "other_sources_fen",
        "completed_investment_fen", "progress_percent", "provenance", "taken_over", *Dates.__dataclass_fields__,
    )  # fmt: skip

    def row(one: Candidate) -> tuple[object, ...]:
        facts, standing, dates = one.facts, one.standing, one.facts.dates
        return (
            *found[facts.code], programme.pk, facts.code, facts.name, initials_of(facts.name), divisions[facts.place],
            facts.altitude_m, facts.category, facts.delivery.value, facts.novelty.value, facts.cross_year,
            facts.capital, standing.stage.value, known.currency, facts.total_investment.fen, facts.other_sources.fen,
            standing.completed_investment.fen, standing.progress_percent, "",
            standing.stage is not Stage.PREPARATION, dates.planned_start_on, dates.planned_finish_on,
            dates.started_on, dates.finished_on, dates.accepted_on,
        )  # fmt: skip

    insert_many(Project, columns, map(row, fresh))
    today = local_date(at)
    moves = (
        (
            found[one.facts.code][0], "", one.standing.stage.value, by.ref, at,
            known_since(one.standing.stage, one.facts.dates, today), because,
        )
        for one in fresh
    )  # fmt: skip
    insert_many(StageMove, ("project_id", "old", "new", "by", "at", "on_date", "because"), moves)
    return found


def _change_projects(by: Actor, at: datetime, wanted: Sequence[Candidate], because: str) -> dict[str, tuple[int, UUID]]:
    """Projects that are known, brought up to date where a row says something new of them."""
    old = {one.known.pk: one for one in wanted if one.known is not None}
    found: dict[str, tuple[int, UUID]] = {}
    for some in _slices(list(old)):
        rows = Project.objects.filter(pk__in=some).order_by("pk").values_list("pk", "code", "uuid")
        found |= {code: (pk, uuid) for pk, code, uuid in rows}
    changed = [
        one for one in old.values() if one.known and (one.facts, one.standing) != (one.known.facts, one.known.standing)
    ]
    divisions = find_divisions({one.facts.place for one in changed})
    today = local_date(at)
    projects, moves = [], []
    for some in _slices([found[one.facts.code][0] for one in changed]):
        for project in Project.objects.filter(pk__in=some).order_by("pk"):
            one = old[project.pk]
            assert one.known is not None
            project.state(one.facts)
            project.place = divisions[one.facts.place]
            project.stage, project.progress_percent = one.standing.stage.value, one.standing.progress_percent
            project.completed_investment_fen = one.standing.completed_investment.fen
            before = (one.known.standing.stage, *one.steps)
            for last, to in zip(before, one.steps, strict=False):
                day = known_since(to, one.facts.dates, today)
                moves.append((project.pk, last.value, to.value, by.ref, at, day, because))
            projects.append(project)
    Project.objects.bulk_update(projects, STATED, batch_size=BATCH)
    insert_many(StageMove, ("project_id", "old", "new", "by", "at", "on_date", "because"), moves)
    return found


def _slices(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))


def _post(
    by: Actor, at: datetime, steps: Sequence[Step], known: Known, progress: Progress
) -> tuple[int, dict[str, Funds]]:
    """Post the steps, plans issued line by line as part of the import, money under the permission to post.

    Answers how many entries are new, and what the ledger now says of each line that had a step.
    """
    posted = done = 0

    def taken(count: int) -> None:
        progress(len(steps) + 3 * (done + count), 5 * len(steps))

    for under, some in (
        (ProjectPermission.IMPORT, [step for step in steps if step.kind is StepKind.ISSUE]),
        (FundPermission.POST, [step for step in steps if step.kind is not StepKind.ISSUE]),
    ):
        if some:
            posted += chain.take_steps(by=by, at=at, under=under, steps=some, progress=taken).posted
            done += len(some)
    subjects = list({step.subject: None for step in steps})
    if not subjects:
        return 0, {}
    return posted, ledger_funds(programme=known.programme, currency=known.currency, subjects=subjects)


def _insert_lines(by: Actor, rows: Iterable[_Row], programme: str, moved: Mapping[str, Funds], on: date) -> None:
    plans = {plan.year: plan.pk for plan in list_yearly_plans(viewer=by, programme=programme)}
    sources = {source.code: source.pk for source in list_fund_sources(viewer=by, programme=programme)}
    columns = ("uuid", "project_id", "yearly_plan_id", "fund_source_id", *TAGS, *FUNDS)

    def line(row: _Row) -> tuple[object, ...]:
        facts, funds = row.candidate.line, moved.get(str(row.line))
        totals = funds or _NOTHING
        return (
            row.line, row.project, plans[facts.year], sources[facts.fund_source], facts.amount.fen,
            facts.livelihood_percent, facts.beneficiary_level.value, facts.implementer_level.value, totals.arrived,
            totals.allotted, totals.paid, on if funds else None,
        )  # fmt: skip

    insert_many(AllocationLine, columns, (line(row) for row in rows if row.candidate.known_line is None))


def _change_lines(rows: Sequence[_Row], moved: Mapping[str, Funds], on: date) -> None:
    changed = {
        row.candidate.known_line.pk: row
        for row in rows
        if row.candidate.known_line is not None
        and (str(row.line) in moved or row.candidate.line != row.candidate.known_line.facts)
    }
    lines = []
    for some in _slices(list(changed)):
        for line in AllocationLine.objects.filter(pk__in=some).order_by("pk"):
            row = changed[line.pk]
            facts, funds = row.candidate.line, moved.get(str(row.line))
            line.amount_fen, line.livelihood_percent = facts.amount.fen, facts.livelihood_percent
            line.beneficiary_level, line.implementer_level = facts.beneficiary_level, facts.implementer_level
            if funds is not None:
                line.arrived_fen, line.allotted_fen, line.paid_fen = funds.arrived, funds.allotted, funds.paid
                line.funds_changed_on = max(line.funds_changed_on or on, on)
            lines.append(line)
    AllocationLine.objects.bulk_update(lines, [*TAGS, *FUNDS], batch_size=BATCH)


def _steps(rows: Sequence[_Row], checked: Checked, *, batch: ImportBatch, on: date) -> Iterator[Step]:
    known = checked.known
    # First come, first served: what arrives once the issued plan is used up lies over it.
    left = Counter(checked.issued)
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
                subject=str(row.line),
                place=row.candidate.facts.place,
                strength=Strength.FORM,
                memo=f"{batch.name} · {checked.table.number_of(row.candidate.row)}"[:400],
                over_plan=Money(over, known.currency) if over else None,
            )


def _imported(rows: Iterable[_Row], batch: ImportBatch, moved: Mapping[str, Funds]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        candidate, line = row.candidate, row.candidate.known_line
        before = candidate.known
        funds = moved.get(str(row.line)) or (line.funds if line else _NOTHING)
        yield (
            batch.pk,
            candidate.row,
            row.uuid,
            row.line,
            before and before.facts.plain | before.standing.plain,
            candidate.facts.plain | candidate.standing.plain,
            line and line.facts.plain,
            candidate.line.plain,
            [funds.arrived, funds.allotted, funds.paid],
        )


def _moved(candidate: Candidate, known: Known) -> Iterator[tuple[StepKind, int]]:
    old = candidate.known_line.funds if candidate.known_line else _NOTHING
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
        Subject("projects.project", row.uuid, known.programme, row.candidate.facts.place),
        changes=changes,
    )
