# SPDX-License-Identifier: Apache-2.0
"""Warnings as a viewer may see them: one, a page of them, those that wait for them, how many there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Value, When

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import Message, gettext_noop
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.warnings.models import EarlyWarning, EarlyWarningQuerySet, WarningMove
from shanhai.planning.warnings.rules.catalogue import CATALOGUE, Rule, keys_of
from shanhai.planning.warnings.rules.findings import from_json
from shanhai.planning.warnings.states import Action, Ending, Happened, Severity, WarningState
from shanhai.planning.warnings.values import SubjectKind

MAX_LIMIT = 500
CHUNK = 500
# More open warnings than this few things have.
MOST_OF_ONE = 8
LIVE = (WarningState.OPEN.value, WarningState.ACTED.value)


@dataclass(frozen=True, slots=True)
class WarningFilters:
    """What to keep. ``place`` may be any division's code; without a ``state`` all that is not closed."""

    severity: Severity | None = None
    rule: str = ""
    place: str | None = None
    state: WarningState | None = None


@dataclass(frozen=True, slots=True)
class WarningRow:
    """A warning with its rule; ``why`` is its sentence, ``action`` and ``words`` what was done about it last."""

    uuid: UUID
    programme: str
    rule: Rule[Any]
    subject_kind: SubjectKind
    subject: UUID
    label: str
    place: str
    why: Message
    since_on: date
    raised_on: date
    state: WarningState
    acts: int
    action: Action | None
    words: str
    closed_at: datetime | None
    ending: Ending | None
    may_act: bool
    may_dismiss: bool


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A line of a warning's history; ``why`` where the numbers were told."""

    happened: Happened
    at: datetime
    by: str
    action: Action | None
    words: str
    why: Message | None


def lock_warning(*, viewer: Actor, uuid: UUID) -> EarlyWarning:
    """A warning with its programme, its row locked until the transaction ends; for the services here.

    Raises NotVisible.
    """
    return _one(EarlyWarning.objects.visible_to(viewer).select_for_update(of=("self",)), uuid)


def get_warning(*, viewer: Actor, uuid: UUID) -> WarningRow:
    """One warning. Raises NotVisible."""
    return _row(_one(EarlyWarning.objects.visible_to(viewer), uuid), viewer)


def list_moves(*, viewer: Actor, warning: UUID) -> tuple[MoveRow, ...]:
    """The history of a warning, the latest first. One query; empty when the viewer may not see it."""
    seen = EarlyWarning.objects.visible_to(viewer).filter(uuid=warning)
    moves = WarningMove.objects.filter(warning__in=seen).select_related("warning").order_by("-at", "-pk")
    return tuple(_move(move) for move in moves)


def list_warnings(
    *, viewer: Actor, programme: str, filters: WarningFilters | None = None, offset: int = 0, limit: int = 20
) -> tuple[int, tuple[WarningRow, ...]]:
    """How many warnings of a programme match, and a page of them, the gravest and oldest first. Two queries."""
    found = _filtered(viewer, programme, filters or WarningFilters())
    page = _ordered(found)[max(offset, 0) :][: max(1, min(limit, MAX_LIMIT))]
    return found.count(), tuple(_row(warning, viewer) for warning in page)


def stream_warnings(*, viewer: Actor, programme: str, filters: WarningFilters | None = None) -> Iterator[WarningRow]:
    """All warnings of a programme that match, the gravest and oldest first, in constant memory."""
    found = _ordered(_filtered(viewer, programme, filters or WarningFilters()))
    return (_row(warning, viewer) for warning in found.iterator(chunk_size=CHUNK))


def list_to_act_on(*, viewer: Actor, programme: str, limit: int) -> tuple[WarningRow, ...]:
    """Open warnings that look to the viewer, and explained ones to be judged, the gravest and oldest first.

    Of each thing only its first. One query.
    """
    live = _filtered(viewer, programme, WarningFilters())
    waiting = live.for_action_by(viewer).filter(state=WarningState.OPEN) | live.for_judging_by(viewer)
    first: dict[UUID, EarlyWarning] = {}
    for warning in _ordered(waiting)[: limit * MOST_OF_ONE]:
        first.setdefault(warning.subject, warning)
    return tuple(_row(warning, viewer) for warning in list(first.values())[:limit])


def count_by_rule(*, viewer: Actor, programme: str) -> dict[str, int]:
    """How many warnings of each rule are not closed, as far as the viewer sees. One query."""
    rows = _filtered(viewer, programme, WarningFilters()).values_list("rule").annotate(Count("pk")).order_by("rule")
    return dict(rows)


def _filtered(viewer: Actor, programme: str, filters: WarningFilters) -> EarlyWarningQuerySet:
    found = EarlyWarning.objects.visible_to(viewer).filter(programme__code=programme)
    found = found.filter(state__in=LIVE if filters.state is None else [filters.state.value])
    if filters.severity is not None:
        found = found.filter(rule__in=keys_of(filters.severity))
    if filters.rule:
        found = found.filter(rule=filters.rule)
    return found.in_place(filters.place) if filters.place else found


def _ordered(found: EarlyWarningQuerySet) -> EarlyWarningQuerySet:
    ranks = [When(rule__in=keys_of(severity), then=Value(at)) for at, severity in enumerate(Severity)]
    rank = Case(*ranks, default=Value(len(Severity)), output_field=IntegerField())
    return found.select_related("programme").order_by(rank, "since_on", "pk")


def _one(rows: EarlyWarningQuerySet, uuid: UUID) -> EarlyWarning:
    found = rows.select_related("programme").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(
            gettext_noop("没有找到这条预警，或者您的岗位看不到它。请从预警列表进入。"), "warnings.warning_not_found"
        )
    return found


def _row(found: EarlyWarning, viewer: Actor) -> WarningRow:
    rule, state = CATALOGUE[found.rule], WarningState(found.state)
    programme, place = found.programme.code, found.place or None
    live = state is not WarningState.CLOSED
    manages = viewer.may(ProgrammePermission.MANAGE, programme=programme, place=place)
    return WarningRow(
        uuid=found.uuid,
        programme=programme,
        rule=rule,
        subject_kind=SubjectKind(found.subject_kind),
        subject=found.subject,
        label=found.label,
        place=found.place,
        why=rule.say(rule.why, from_json(found.why)),
        since_on=found.since_on,
        raised_on=found.raised_on,
        state=state,
        acts=found.acts,
        action=Action(found.action) if found.action else None,
        words=found.words,
        closed_at=found.closed_at,
        ending=Ending(found.ending) if found.ending else None,
        may_act=live and viewer.may(rule.acts, programme=programme, place=place),
        may_dismiss=live and rule.by_words and manages,
    )


def _move(move: WarningMove) -> MoveRow:
    rule = CATALOGUE[move.warning.rule]
    return MoveRow(
        happened=Happened(move.happened),
        at=move.at,
        by=move.by,
        action=Action(move.action) if move.action else None,
        words=move.words,
        why=None if move.why is None else rule.say(rule.why, from_json(move.why)),
    )
