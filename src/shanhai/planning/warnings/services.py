# SPDX-License-Identifier: Apache-2.0
"""Asking the rules and comparing what they find with the warnings that stand; acting on a warning."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.base.database.services import insert_many, new_keys
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.warnings.models import EarlyWarning, EarlyWarningQuerySet, WarningMove
from shanhai.planning.warnings.rules.findings import Found, Standing, Told, changes_between, findings_in
from shanhai.planning.warnings.selectors import (
    get_warning,
    needed_for,
    project_cases,
    reader_of,
    task_cases,
    year_cases,
)
from shanhai.planning.warnings.states import MOVES, Action, Ending, Happened, WarningState
from shanhai.planning.warnings.values import Case, SubjectKind

# The kind of job that evaluates a programme.
JOB = "warnings.evaluate"
AT_ONCE = 500
MOST_WORDS = 500
RAISED = (
    "id", "uuid", "programme_id", "rule", "subject_kind", "subject", "since_on", "raised_on", "label", "place", "why",
    "standing", "state", "acts", "acted_at", "acted_by", "action", "words", "closed_at", "ending",
)  # fmt: skip
# From "standing" on.
NOBODY_ACTED = (True, WarningState.OPEN.value, 0, None, "", "", "", None, "")
MOVE = ("warning_id", "happened", "old", "new", "why", "at", "by", "action", "words")


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
    cases: Iterable[Case] = chain(
        project_cases(viewer=reader, programme=programme, on=on),
        year_cases(viewer=reader, programme=programme, on=on),
        task_cases(viewer=reader, programme=programme),
    )
    about = Subject("programmes.programme", found.uuid, programme)
    return _compare(by, at, found.pk, about, EarlyWarning.objects.all(), findings_in(cases, on))


@transaction.atomic
def evaluate_project(*, by: Actor, at: datetime, programme: str, project: UUID) -> Evaluated:
    """Ask the rules about one project after something has changed there; of one that is gone, all warnings close.

    What the change means for the year's money and for other projects of the same name is left to the next evaluation
    of the programme. Raises NotAllowed, NotVisible.
    """
    by.require(ProgrammePermission.MANAGE, programme=programme)

    found = get_programme(viewer=by, code=programme, lock=True)
    cases = project_cases(viewer=reader_of(found.code), programme=programme, on=local_date(at), project=project)
    about_it = EarlyWarning.objects.filter(subject=project, subject_kind=SubjectKind.PROJECT.value)
    about = Subject("projects.project", project, programme)
    return _compare(by, at, found.pk, about, about_it, findings_in(cases, local_date(at)))


@transaction.atomic
def act(
    *, by: Actor, at: datetime, warning: UUID, action: Action, words: str, seen_acts: int | None = None
) -> EarlyWarning:
    """Record what was done about a warning. It stays acted on until its fact is gone; a dismissal closes it at once.

    Whoever holds the rule's permission there may act; only who manages the programme may dismiss, and only where the
    rule says so. ``seen_acts`` is how many actions the person had seen: when there are more, nothing happens. Raises
    NotVisible, NotAllowed, Conflict, IllegalMove, BadInput, Refused.
    """
    found = get_warning(viewer=by, uuid=warning, lock=True)
    programme = found.programme.code
    by.require(needed_for(action, found), programme=programme, place=found.place or None)

    if seen_acts is not None and seen_acts != found.acts:
        raise Conflict(
            gettext_noop("您看过以后，别人已经处理了这条预警。请刷新后再看还要不要办。"), "warnings.acted_meanwhile"
        )
    old, new = found.state, WarningState.CLOSED if action is Action.DISMISSED else WarningState.ACTED
    require_move(MOVES, WarningState(old), new)
    words = words.replace("\x00", "").strip()
    if not words or len(words) > MOST_WORDS:
        raise BadInput(
            gettext_noop("请写一句办了什么、打算怎么办，不超过 %(most)s 个字。"),
            "warnings.words_missing",
            field="words",
            most=MOST_WORDS,
        )
    if action is Action.DISMISSED and not found.its_rule.by_words:
        text = gettext_noop("这条预警不能用说明关闭，事实改变以后它会自己关闭。请先办理。")
        raise Refused(text, "warnings.closes_by_itself", field="action")

    found.state, found.acts, found.action, found.words = new.value, found.acts + 1, action.value, words
    found.acted_at, found.acted_by = at, by.ref
    happened = Happened.ACTED
    if new is WarningState.CLOSED:
        happened, found.closed_at, found.ending = Happened.CLOSED, at, Ending.DISMISSED.value
    found.save()
    told = {"action": action.value, "words": words}
    WarningMove.objects.create(warning=found, happened=happened.value, old=old, new=new.value, at=at, by=by.ref, **told)
    changes = {"state": [old, new.value], "rule": found.rule, "subject": str(found.subject), "action": action.value}
    about = Subject("warnings.earlywarning", found.uuid, programme, found.place)
    audit.record(by=by, at=at, action="warnings.acted", on=about, changes=changes, because=words)
    return found


def _compare(
    by: Actor, at: datetime, programme: int, about: Subject, warnings: EarlyWarningQuerySet, findings: Iterable[Found]
) -> Evaluated:
    # Locked, so that nobody acts on what is about to close.
    rows = warnings.filter(programme=programme, standing=True).select_for_update().order_by("pk")
    changes = changes_between([Standing(*row) for row in rows.values_list(*Standing._fields)], findings)

    keys, today = new_keys(EarlyWarning, len(changes.raised)), local_date(at)
    # Written down once, kept twice: the drivers take JSON as text.
    said = [json.dumps(told.why) for told in changes.raised]
    insert_many(
        EarlyWarning,
        RAISED,
        (
            (
                key, ids.new_id(), programme, told.rule, told.subject.kind.value, told.subject.uuid,
                told.since or today, today, told.subject.label, told.subject.place, why, *NOBODY_ACTED,
            )
            for key, told, why in zip(keys, changes.raised, said, strict=True)
        ),
    )  # fmt: skip
    _tell(changes.retold)
    closed = [row for row in changes.gone if row.state != WarningState.CLOSED]
    left = [row for row in changes.gone if row.state == WarningState.CLOSED]
    ended = {"state": WarningState.CLOSED.value, "ending": Ending.FACT_GONE.value, "closed_at": at, "standing": False}
    _put(closed, **ended)
    _put(left, standing=False)
    moves: Iterable[tuple[Any, ...]] = chain(
        ((key, Happened.RAISED, "", WarningState.OPEN, why) for key, why in zip(keys, said, strict=True)),
        ((row.pk, Happened.RETOLD, row.state, row.state, json.dumps(told.why)) for row, told in changes.retold),
        ((row.pk, Happened.CLOSED, row.state, WarningState.CLOSED, None) for row in closed),
        ((row.pk, Happened.FACT_GONE, row.state, row.state, None) for row in left),
    )
    insert_many(WarningMove, MOVE, ((*move, at, by.ref, "", "") for move in moves))

    counted = Evaluated(len(changes.raised), len(changes.retold), len(closed))
    if any(asdict(counted).values()):
        audit.record(by=by, at=at, action="warnings.evaluated", on=about, changes=asdict(counted))
    return counted


def _tell(retold: Sequence[tuple[Standing, Told]]) -> None:
    """Written over: ten times as fast as an update with a case for every row."""
    rows = EarlyWarning.objects.in_bulk([row.pk for row, _ in retold])
    for row, told in retold:
        warning = rows[row.pk]
        warning.label, warning.place, warning.why = told.subject.label, told.subject.place, told.why
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
