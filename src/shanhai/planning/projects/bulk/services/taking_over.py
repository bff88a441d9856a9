# SPDX-License-Identifier: Apache-2.0
"""Taking over many projects and lines as a table states them: in bulk, as plain rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.base.database.services import insert_many, new_keys
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.figures import Strength
from shanhai.kernel.money import Money
from shanhai.kernel.registry import Progress
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.core.selectors.programmes import get_programme, list_fund_sources
from shanhai.planning.programmes.money import services as chain
from shanhai.planning.programmes.plans.selectors import hold_plans, list_yearly_plans
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.planning.projects.bulk.rules import grown_lines, issue_due, lowered
from shanhai.planning.projects.bulk.values import (
    BATCH,
    FRESH,
    MOVED,
    STATED,
    Changed,
    Origin,
    Ready,
    Stored,
    slices,
)
from shanhai.planning.projects.ceilings.services import keep_ceilings
from shanhai.planning.projects.core.selectors import ledger_funds
from shanhai.planning.projects.core.services import KEPT, keep_plans
from shanhai.planning.projects.models import (
    TAGS,
    AllocationLine,
    LineChange,
    Project,
    ProjectChange,
    StageMove,
    Suspension,
)
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.rules import known_since
from shanhai.planning.projects.shares.services import keep_outflow
from shanhai.planning.projects.states import Stage, StopReason
from shanhai.planning.projects.values import Funds
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.places.selectors import find_divisions

FUNDS = ("arrived_fen", "allotted_fen", "paid_fen", "funds_changed_on", "since", "changed_on")
_NOTHING = Funds()


@transaction.atomic
def lock_projects(*, by: Actor, at: datetime, programme: str) -> None:
    """Keep the programme's projects and lines as they are: they are compared before they are written.

    Raises NotVisible.
    """
    get_programme(viewer=by, code=programme, lock=True)
    hold_plans(programme=programme, years=[plan.year for plan in list_yearly_plans(viewer=by, programme=programme)])
    for rows in (
        Project.objects.filter(programme__code=programme),
        AllocationLine.objects.filter(project__programme__code=programme),
    ):
        list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))


@transaction.atomic
def take_over(
    *,
    by: Actor,
    at: datetime,
    rows: Sequence[Ready],
    stored: Stored,
    origin: Origin,
    on: date,
    progress: Progress,
) -> tuple[int, list[tuple[object, ...]]]:
    """Write ``ready_rows`` against which ``objections`` has nothing, and post their money on the day ``on``.

    Answers how many ledger entries are new, and what each row did: ``Taken``, its JSON written down. Raises NotAllowed,
    also where money is to be posted by who may not post, Refused beyond a ceiling or a plan, and as the chain does.
    """
    for place in {row.stated.facts.place for row in rows}:
        by.require(ProjectPermission.IMPORT, programme=stored.programme, place=place)

    keys = _insert_projects(by, at, rows, stored, origin.because) | _change_projects(by, at, rows, origin.because, on)
    progress(1, 5)
    steps = list(_steps(rows, stored, origin, on))
    posted, moved = _post(by, at, steps, stored, progress)
    # Now that they have their totals: storing them twice takes longer than posting all their money.
    _insert_lines(by, rows, keys, stored.programme, moved, on)
    _change_lines(rows, moved, on)
    Project.objects.filter(programme__code=stored.programme).begin_with_lines()
    projects = {str(row.line): row.project for row in rows}
    keep_outflow(by=by, at=at, steps=steps, projects=projects)
    less = [row.line for row in rows if (old := row.stated.known_line) and row.stated.line.amount < old.facts.amount]
    keep_ceilings(by=by, at=at, lines=less, fallen=["amount"])
    keep_lowered(by=by, at=at, changes=[_change(row) for row in rows if row.stated.known is not None])
    keep_plans(by=by, at=at, programme=stored.programme, grown=grown_lines(row.stated for row in rows))
    acts = [
        audit.Act(
            "projects.project.imported",
            on=Subject("projects.project", row.project, stored.programme, row.stated.facts.place),
            changes=row.changes,
        )
        for row in rows
        if row.stated.known is not None
    ]
    audit.record_many(by=by, at=at, acts=acts)
    return posted, [_taken(row, moved) for row in rows]


def _change(row: Ready) -> Changed:
    known, old = row.stated.known, row.stated.known_line
    before = known.facts.plain if known else None
    return Changed(row.project, before, row.stated.facts.plain, old.facts.plain if old else None, row.stated.line.plain)


def keep_lowered(*, by: Actor, at: datetime, changes: Iterable[Changed]) -> None:
    """Refuse an estimate, or money given, that is smaller now than what rests on it. Raises Refused."""
    for what, projects in lowered(changes).items():
        keep_ceilings(by=by, at=at, projects=projects, fallen=[what])


def _insert_projects(by: Actor, at: datetime, rows: Sequence[Ready], stored: Stored, because: str) -> dict[UUID, int]:
    """New projects, one for all rows of a code, and the move that says since when they stand where they do."""
    fresh = list({row.project: row for row in rows if row.stated.known is None}.values())
    programme = get_programme(viewer=by, code=stored.programme)
    divisions = find_divisions({row.stated.facts.place for row in fresh})
    keys, today = new_keys(Project, len(fresh)) if fresh else (), local_date(at)
    found = {row.project: key for row, key in zip(fresh, keys, strict=True)}
    rows_made = (
        (
            found[row.project], programme.pk, divisions[row.stated.facts.place].pk, stored.currency, "",
            row.stated.facts.dates.known_from(today), today if row.stated.standing.stage is Stage.CANCELLED else None,
            *row.made,
        )
        for row in fresh
    )  # fmt: skip
    columns = ("id", "programme_id", "place_id", "currency", "provenance", "since", "cancelled_on", *FRESH)
    insert_many(Project, columns, rows_made)
    moves = (
        (
            key, "", row.stated.standing.stage.value, by.ref, at,
            known_since(row.stated.standing.stage, row.stated.facts.dates, today), because,
        )
        for row, key in zip(fresh, keys, strict=True)
    )  # fmt: skip
    insert_many(StageMove, MOVED, moves)
    return found


def _change_projects(by: Actor, at: datetime, rows: Sequence[Ready], because: str, on: date) -> dict[UUID, int]:
    """Projects that are known, brought up to date where a row says something new of them."""
    old = {row.stated.known.pk: row.stated for row in rows if row.stated.known is not None}
    changed = [
        one for one in old.values() if one.known and (one.facts, one.standing) != (one.known.facts, one.known.standing)
    ]
    divisions = find_divisions({one.facts.place for one in changed})
    today = local_date(at)
    projects, kept, moves, stops, restarts = [], [], [], [], {}
    for some in slices([one.known.pk for one in changed if one.known]):
        for project in Project.objects.filter(pk__in=some).order_by("pk"):
            one = old[project.pk]
            assert one.known is not None
            project.state(one.facts)
            if any(getattr(one.facts, name) != getattr(one.known.facts, name) for name in KEPT):
                kept.append((project, one.known.facts))
            project.place = divisions[one.facts.place]
            project.stage, project.progress_percent = one.standing.stage.value, one.standing.progress_percent
            project.completed_investment_fen = one.standing.completed_investment.fen
            before = (one.known.standing.stage, *one.steps)
            for last, to in zip(before, one.steps, strict=False):
                day = known_since(to, one.facts.dates, today)
                moves.append((project.pk, last.value, to.value, by.ref, at, day, because))
                if to is Stage.SUSPENDED:
                    stops.append((project.pk, StopReason.OTHER.value, day))
                elif last is Stage.SUSPENDED:
                    restarts[project.pk] = day
            projects.append(project)
    ProjectChange.objects.keep(kept, on=on, by=by.ref, at=at, why=because)
    Project.objects.bulk_update(projects, STATED, batch_size=BATCH)
    insert_many(StageMove, MOVED, moves)
    _stop_and_restart(stops, restarts, today)
    return {one.known.uuid: one.known.pk for one in old.values() if one.known}


def _stop_and_restart(stops: Sequence[tuple[int, str, date]], restarts: Mapping[int, date], today: date) -> None:
    """What a move to or from a suspension writes beside it, as when it is made on the board."""
    insert_many(Suspension, ("project_id", "reason", "since_on"), stops)
    open_ones = list(Suspension.objects.filter(project__in=restarts, restarted_on=None))
    for one in open_ones:
        # The day that the table gives is that of the first start.
        day = restarts[one.project_id]
        one.restarted_on = day if day >= one.since_on else max(today, one.since_on)
    Suspension.objects.bulk_update(open_ones, ["restarted_on"], batch_size=BATCH)


def _post(
    by: Actor, at: datetime, steps: Sequence[Step], stored: Stored, progress: Progress
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
    return posted, ledger_funds(programme=stored.programme, currency=stored.currency, subjects=subjects)


def _insert_lines(
    by: Actor,
    rows: Sequence[Ready],
    keys: Mapping[UUID, int],
    programme: str,
    moved: Mapping[str, Funds],
    on: date,
) -> None:
    plans = {plan.year: plan for plan in list_yearly_plans(viewer=by, programme=programme)}
    sources = {source.code: source.pk for source in list_fund_sources(viewer=by, programme=programme)}
    columns = ("uuid", "project_id", "yearly_plan_id", "fund_source_id", *TAGS, *FUNDS)

    def line(row: Ready) -> tuple[object, ...]:
        facts, funds = row.stated.line, moved.get(str(row.line))
        totals, plan = funds or _NOTHING, plans[facts.year]
        return (
            row.line, keys[row.project], plan.pk, sources[facts.fund_source], facts.amount.fen,
            facts.livelihood_percent, facts.beneficiary_level.value, facts.implementer_level.value, totals.arrived,
            totals.allotted, totals.paid, on if funds else None, min(on, plan.issued_on or on), None,
        )  # fmt: skip

    insert_many(AllocationLine, columns, (line(row) for row in rows if row.stated.known_line is None))


def _change_lines(rows: Sequence[Ready], moved: Mapping[str, Funds], on: date) -> None:
    changed = {
        row.stated.known_line.pk: row
        for row in rows
        if row.stated.known_line is not None
        and (str(row.line) in moved or row.stated.line != row.stated.known_line.facts)
    }
    lines, retagged = [], []
    for some in slices(list(changed)):
        for line in AllocationLine.objects.filter(pk__in=some).order_by("pk"):
            row = changed[line.pk]
            facts, funds, tags = row.stated.line, moved.get(str(row.line)), line.tags
            line.amount_fen, line.livelihood_percent = facts.amount.fen, facts.livelihood_percent
            line.beneficiary_level, line.implementer_level = facts.beneficiary_level, facts.implementer_level
            if funds is not None:
                line.arrived_fen, line.allotted_fen, line.paid_fen = funds.arrived, funds.allotted, funds.paid
                line.funds_changed_on = max(line.funds_changed_on or on, on)
                line.since = min(line.since, on)
            if line.tags != tags:
                retagged.append((line, tags))
            lines.append(line)
    LineChange.objects.keep(retagged, on=on)
    AllocationLine.objects.bulk_update(lines, [*TAGS, *FUNDS], batch_size=BATCH)


def _steps(rows: Sequence[Ready], stored: Stored, origin: Origin, on: date) -> Iterator[Step]:
    # First come, first served: what arrives once the issued plan is used up lies over it.
    left = Counter(stored.issued)
    for row in rows:
        left[row.stated.line.fund_source] += issue_due(row.stated, stored.plans)
    for row in rows:
        source, old = row.stated.line.fund_source, row.stated.known_line.funds if row.stated.known_line else _NOTHING
        amounts = (
            (StepKind.ISSUE, issue_due(row.stated, stored.plans)),
            (StepKind.ARRIVE, row.stated.funds.arrived - old.arrived),
            (StepKind.ALLOT, row.stated.funds.allotted - old.allotted),
            (StepKind.PAY, row.stated.funds.paid - old.paid),
        )
        for kind, fen in amounts:
            if fen <= 0:
                continue
            over = max(fen - max(left[source], 0), 0) if kind is StepKind.ARRIVE else 0
            left[source] -= fen - over if kind is StepKind.ARRIVE else 0
            yield Step(
                kind=kind,
                programme=stored.programme,
                fund_source=source,
                amount=Money(fen, stored.currency),
                on_date=on,
                source=origin.source(row.stated.row, kind),
                subject=str(row.line),
                place=row.stated.facts.place,
                strength=Strength.FORM,
                memo=origin.memo(row.stated.row)[:400],
                over_plan=Money(over, stored.currency) if over else None,
            )


def _taken(row: Ready, moved: Mapping[str, Funds]) -> tuple[object, ...]:
    line = row.stated.known_line
    funds = moved.get(str(row.line)) or (line.funds if line else _NOTHING)
    return row.stated.row, row.project, row.line, *row.said, f"[{funds.arrived}, {funds.allotted}, {funds.paid}]"
