# SPDX-License-Identifier: Apache-2.0
"""Comparing what the rules find with the warnings that stand: raising, telling anew, closing what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.base.database.services import insert_many, new_keys
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.warnings.access import reader_of
from shanhai.planning.warnings.models import EarlyWarning, EarlyWarningQuerySet, WarningMove
from shanhai.planning.warnings.rules.changes import Told, changes_between, told_by
from shanhai.planning.warnings.rules.findings import Found, findings_in
from shanhai.planning.warnings.selectors.cases import project_cases, task_cases, year_cases
from shanhai.planning.warnings.states import Ending, Happened, WarningState
from shanhai.planning.warnings.values import Case, SubjectKind

# The kind of job that evaluates a programme.
JOB = "warnings.evaluate"
AT_ONCE = 500
RAISED = (
    "id", "uuid", "programme_id", "rule", "subject_kind", "subject", "since_on", "raised_on", "label", "place", "why",
    "standing", "state", "acts", "acted_at", "acted_by", "action", "words", "closed_at", "ending",
)  # fmt: skip
# From "acts" on.
NOBODY_ACTED = (0, None, "", "", "", None, "")
MOVE = ("warning_id", "happened", "old", "new", "why", "at", "by", "action", "words")


class Standing(NamedTuple):
    """A warning that stands, as a plain row."""

    pk: int
    rule: str
    subject: UUID
    state: str
    label: str
    place: str
    why: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """How many warnings were raised, told with other numbers, and closed because their fact is gone."""

    raised: int
    retold: int
    closed: int


@transaction.atomic
def evaluate_programme(*, by: Actor, at: datetime, programme: str) -> Evaluated:
    """Ask all rules about everything in a programme. Doing it twice changes nothing the second time.

    Raises NotAllowed, NotVisible.
    """
    by.require(ProgrammePermission.MANAGE, programme=programme)

    # Evaluations of one programme wait for each other, so that nothing is raised twice.
    found = get_programme(viewer=by, code=programme, lock=True)
    reader, on = reader_of(found.code), local_date(at)
    standing = _locked(EarlyWarning.objects.filter(programme=found))

    cases: Iterable[Case] = chain(
        project_cases(viewer=reader, programme=programme, on=on),
        year_cases(viewer=reader, programme=programme, on=on),
        task_cases(viewer=reader, programme=programme),
    )
    counted = _compare(by, at, found.pk, standing, findings_in(cases, on))

    _record(by, at, counted, subject_type="programmes.programme", subject=found.uuid, programme=programme)
    return counted


@transaction.atomic
def evaluate_project(*, by: Actor, at: datetime, programme: str, project: UUID) -> Evaluated:
    """Ask the rules about one project after something has changed there; of one that is gone, all warnings close.

    What the change means for the year's money and for other projects of the same name is left to the next evaluation
    of the programme. Raises NotAllowed, NotVisible.
    """
    by.require(ProgrammePermission.MANAGE, programme=programme)

    found = get_programme(viewer=by, code=programme, lock=True)
    reader, on = reader_of(found.code), local_date(at)
    about_it = EarlyWarning.objects.filter(subject=project, subject_kind=SubjectKind.PROJECT.value)
    standing = _locked(about_it.filter(programme=found))

    cases = project_cases(viewer=reader, programme=programme, on=on, project=project)
    counted = _compare(by, at, found.pk, standing, findings_in(cases, on))

    _record(by, at, counted, subject_type="projects.project", subject=project, programme=programme)
    return counted


def _locked(warnings: EarlyWarningQuerySet) -> list[Standing]:
    # Locked, so that nobody acts on what is about to close.
    rows = warnings.filter(standing=True).select_for_update().order_by("pk")
    return [Standing(*row) for row in rows.values_list(*Standing._fields)]


def _compare(by: Actor, at: datetime, programme: int, rows: list[Standing], findings: Iterable[Found]) -> Evaluated:
    standing = {(row.rule, row.subject): row for row in rows}
    told = {key: Told(row.label, row.place, row.why) for key, row in standing.items()}
    changes = changes_between(told, findings)

    raised = _raise(programme, changes.raised, local_date(at))
    retold = [(standing[rule, subject.uuid], told_by((rule, subject, one))) for rule, subject, one in changes.retold]
    gone = [standing[key] for key in changes.gone]
    closed = [row for row in gone if row.state != WarningState.CLOSED]
    left = [row for row in gone if row.state == WarningState.CLOSED]
    moves: Iterable[tuple[Any, ...]] = chain(
        ((key, Happened.RAISED, "", WarningState.OPEN, why) for key, why in raised),
        ((row.pk, Happened.RETOLD, row.state, row.state, told.why) for row, told in retold),
        ((row.pk, Happened.CLOSED, row.state, WarningState.CLOSED, None) for row in closed),
        ((row.pk, Happened.FACT_GONE, row.state, row.state, None) for row in left),
    )

    _tell(retold)
    ended = {"state": WarningState.CLOSED.value, "ending": Ending.FACT_GONE.value, "closed_at": at, "standing": False}
    _put(closed, **ended)
    _put(left, standing=False)
    insert_many(WarningMove, MOVE, ((*move, at, by.ref, "", "") for move in moves))
    return Evaluated(len(raised), len(retold), len(closed))


def _raise(programme: int, found: Sequence[Found], on: date) -> list[tuple[int, Mapping[str, Any]]]:
    """Store a warning for each finding; answer their keys and what they say. Plain rows: there may be thousands."""
    keys, rows, said = new_keys(EarlyWarning, len(found)), [], []
    for key, (rule, subject, finding) in zip(keys, found, strict=True):
        told = told_by((rule, subject, finding))
        said.append((key, told.why))
        about = (key, ids.new_id(), programme, rule, subject.kind.value, subject.uuid, finding.since or on, on)
        rows.append((*about, told.label, told.place, told.why, True, WarningState.OPEN.value, *NOBODY_ACTED))
    insert_many(EarlyWarning, RAISED, rows)
    return said


def _tell(retold: Sequence[tuple[Standing, Told]]) -> None:
    """Written over: ten times as fast as an update with a case for every row."""
    rows = EarlyWarning.objects.in_bulk([row.pk for row, _ in retold])
    for row, told in retold:
        warning = rows[row.pk]
        warning.label, warning.place, warning.why = told.label, told.place, dict(told.why)
    EarlyWarning.objects.bulk_create(
        rows.values(),
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["uuid"],
        update_fields=["label", "place", "why"],
    )


def _put(rows: Sequence[Standing], **values: Any) -> None:
    for start in range(0, len(rows), AT_ONCE):
        keys = [row.pk for row in rows[start : start + AT_ONCE]]
        EarlyWarning.objects.filter(pk__in=keys).update(**values)


def _record(by: Actor, at: datetime, counted: Evaluated, *, subject_type: str, subject: UUID, programme: str) -> None:
    if any(asdict(counted).values()):
        audit.record(
            by=by,
            at=at,
            action="warnings.evaluated",
            subject_type=subject_type,
            subject_id=subject,
            programme=programme,
            changes=asdict(counted),
        )
