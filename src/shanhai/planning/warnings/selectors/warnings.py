# SPDX-License-Identifier: Apache-2.0
"""Warnings as a viewer may see them: one, a page of them, those that wait for them, how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Value, When

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.warnings.models import EarlyWarning, EarlyWarningQuerySet, WarningMove
from shanhai.planning.warnings.rules.catalogue import keys_of
from shanhai.planning.warnings.states import Severity, WarningState

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


def get_warning(*, viewer: Actor, uuid: UUID, lock: bool = False) -> EarlyWarning:
    """A warning with its programme; ``lock`` holds its row until the transaction ends. Raises NotVisible."""
    rows = EarlyWarning.objects.visible_to(viewer).select_related("programme")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(
            gettext_noop("没有找到这条预警，或者您的岗位看不到它。请从预警列表进入。"), "warnings.warning_not_found"
        )
    return found


def list_moves(*, viewer: Actor, warning: UUID) -> list[WarningMove]:
    """The history of a warning, the latest first. One query; empty when the viewer may not see it."""
    seen = EarlyWarning.objects.visible_to(viewer).filter(uuid=warning)
    return list(WarningMove.objects.filter(warning__in=seen).select_related("warning").order_by("-at", "-pk"))


def list_warnings(*, viewer: Actor, programme: str, filters: WarningFilters | None = None) -> EarlyWarningQuerySet:
    """The warnings of a programme that match, the gravest and oldest first."""
    return _ordered(_filtered(viewer, programme, filters or WarningFilters()))


def list_to_act_on(*, viewer: Actor, programme: str, limit: int) -> list[EarlyWarning]:
    """Open warnings that look to the viewer, and explained ones to be judged, the gravest and oldest first.

    Of each thing only its first. One query.
    """
    live = _filtered(viewer, programme, WarningFilters())
    waiting = live.for_action_by(viewer).filter(state=WarningState.OPEN) | live.for_judging_by(viewer)
    first: dict[UUID, EarlyWarning] = {}
    for warning in _ordered(waiting)[: limit * MOST_OF_ONE]:
        first.setdefault(warning.subject, warning)
    return list(first.values())[:limit]


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
