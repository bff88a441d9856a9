# SPDX-License-Identifier: Apache-2.0
"""Mentions and cases for who may see them, how many there are, and what waits for whom."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from shanhai.base.accounts import selectors as accounts
from shanhai.base.database.selectors import holding, in_programme, visible
from shanhai.insight.reports.models import Case, CaseMove, Mention
from shanhai.insight.reports.models.bulletins import OfProgrammeQuerySet
from shanhai.insight.reports.permissions import ReportsPermission
from shanhai.insight.reports.states import CASE_IN_HAND, CaseState
from shanhai.insight.reports.values import MediaLevel, MentionKind
from shanhai.kernel.actors import Actor
from shanhai.kernel.figures import FigureScope


def list_mentions(
    *,
    viewer: Actor,
    programme: str,
    kinds: Collection[MentionKind],
    level: MediaLevel | None = None,
    text: str = "",
) -> OfProgrammeQuerySet[Mention]:
    """What was recorded of these kinds, the newest first, with what was withdrawn."""
    found = Mention.objects.visible_to(viewer).filter(programme__code=programme, kind__in=[one.value for one in kinds])
    found = found.filter(level=level) if level else found
    return found.filter(holding(text, "title", "outlet")).order_by("-on", "-pk")


def counted_mentions(*, viewer: Actor, scope: FigureScope) -> list[Mention]:
    """What counts as of a day, in its year where one is asked for, the newest first. One query."""
    found = Mention.objects.visible_to(viewer).filter(programme__code=scope.programme, on__lte=scope.as_of)
    found = found.filter(withdrawn_at=None)
    return list((found.filter(on__year=scope.year) if scope.year else found).order_by("-on", "-pk"))


def counted_cases(*, viewer: Actor, scope: FigureScope) -> list[Case]:
    """The cases in the library as of a day, each in its last version, the newest first. One query."""
    found = Case.objects.visible_to(viewer).filter(programme__code=scope.programme, accepted_on__lte=scope.as_of)
    newer = Case.objects.filter(replaces=OuterRef("pk"), accepted_on__lte=scope.as_of)
    found = found.filter(~Exists(newer))
    return list((found.filter(accepted_on__year=scope.year) if scope.year else found).order_by("-accepted_on", "-pk"))


def get_mention(*, viewer: Actor, uuid: UUID) -> tuple[Mention, bool]:
    """What was recorded, and whether the viewer may take it back. Raises NotVisible."""
    found = Mention.objects.one(viewer, uuid)
    return found, viewer.may(ReportsPermission.WRITE, programme=found.programme.code) and found.withdrawn_at is None


def list_cases(*, viewer: Actor, programme: str, text: str = "") -> OfProgrammeQuerySet[Case]:
    """The cases of a programme whose titles hold every word, those in work first."""
    found = Case.objects.visible_to(viewer).filter(programme__code=programme).filter(holding(text, "title"))
    return found.order_by("accepted_on", "-moved_at", "-pk")


def get_case(*, viewer: Actor, uuid: UUID) -> tuple[Case, list[CaseMove], dict[str, str], tuple[str, ...]]:
    """A case, its way, the names of those on it, and the steps that the viewer may take. Raises NotVisible."""
    found = Case.objects.one(viewer, uuid)
    moves = list(found.moves.order_by("-at", "-pk"))
    names = accounts.names_by_ref(viewer=viewer, refs={found.written_by, *(move.by for move in moves)})
    writes = viewer.may(ReportsPermission.WRITE, programme=found.programme.code)
    approves = viewer.may(ReportsPermission.APPROVE, programme=found.programme.code)
    acts: tuple[str, ...] = ()
    if CaseState(found.state) in CASE_IN_HAND:
        acts = ("write", "submit") if writes else ()
    elif found.state == CaseState.SUBMITTED and approves:
        own = viewer.ref in (found.written_by, found.edited_by)
        acts = ("return",) if own else ("accept", "return")
    elif found.state == CaseState.ACCEPTED and writes and not hasattr(found, "replaced_by"):
        acts = ("revise",)
    return found, moves, names, acts


def list_waiting_cases(*, viewer: Actor, programme: str | None) -> list[Case]:
    """Cases that wait for the viewer: returned ones to be written, others' to be reviewed. One query."""
    own = Q(written_by=viewer.ref) | Q(edited_by=viewer.ref)
    held = visible(viewer, ReportsPermission.APPROVE, programme="programme__code", place=None)
    waits = (Q(state=CaseState.RETURNED) & own) | (Q(state=CaseState.SUBMITTED) & ~own & held)
    found = Case.objects.visible_to(viewer).filter(waits, in_programme(programme)).select_related("programme")
    return list(found.order_by("moved_at", "pk"))
