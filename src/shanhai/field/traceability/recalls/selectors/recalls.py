# SPDX-License-Identifier: Apache-2.0
"""Recalls as lists and pages ask for them; what waits for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from shanhai.base.database.selectors import in_programme, row_of, visible
from shanhai.field.traceability.chains.selectors.lots import in_hand
from shanhai.field.traceability.models import EventThing, Lot, Party, Problem, Recall, RecallLot, RecallReach
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.states import RecallState
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop

NO_RECALL = gettext_noop("没有找到这次召回，或者您看不到它。请从召回页重新进入。")
NO_PROBLEM = gettext_noop("没有找到这条反映，或者您看不到它。请从待办重新进入。")


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a recall has come: things on its list, parties told and answered, grams found and withdrawn.

    ``held`` are those that it stopped, ``sold`` those that buyers have.
    """

    things: int
    later: int
    held: int
    sold: int
    parties: int
    answered: int
    found_grams: int
    withdrawn_grams: int


def list_recalls(*, viewer: Actor) -> QuerySet[Recall]:
    """Those that the viewer may see: open ones first, real ones before drills, the latest first."""
    counted = Recall.objects.visible_to(viewer).annotate(
        parties=Count("reached", distinct=True), answered=Count("reached", Q(reached__answered_at__isnull=False))
    )
    return counted.select_related("programme").order_by("-state", "drill", "-started_at")


def get_recall(*, viewer: Actor, uuid: UUID) -> Recall:
    """One of them. Raises NotVisible."""
    rows = Recall.objects.visible_to(viewer).select_related("programme")
    return row_of(rows, uuid, NO_RECALL, "traceability.recall_not_found")


def reach_of(recall: Recall) -> Reach:
    """Its counts. Three queries."""
    lots = recall.lots.aggregate(things=Count("pk"), later=Count("pk", Q(later=True)), held=Count("pk", Q(held=True)))
    there = recall.lots.filter(left_at=None).values("key")
    sold = Lot.objects.filter(key__in=there, sold_at__isnull=False).count()
    told = recall.reached.aggregate(
        parties=Count("pk"),
        answered=Count("pk", Q(answered_at__isnull=False)),
        found=Sum("found_grams"),
        withdrawn=Sum("withdrawn_grams"),
    )
    return Reach(**lots, sold=sold, parties=told["parties"], answered=told["answered"], found_grams=told["found"] or 0,
                 withdrawn_grams=told["withdrawn"] or 0)  # fmt: skip


def listed(*, viewer: Actor, recall: Recall) -> QuerySet[RecallLot]:
    """The list of a recall: all of it for who sees the recall's programme, for a party what it has.

    ``sold_at`` of each is when it went to a buyer, None where it did not, and where that is not known. ``kind`` is of
    lots of ours, None of what others name; ``left`` are the grams that somebody still has of such a lot, else None.
    """
    rows = _with_lots(recall).select_related("holder__organisation").order_by("depth", "pk")
    if viewer.may(TracePermission.VIEW, programme=recall.programme.code, place=recall.place):
        return rows
    return rows.filter(holder__in=Party.objects.acted_for_by(viewer))


def still_with(*, recall: Recall, parties: Collection[int]) -> dict[int, tuple[int, int]]:
    """By the key of a party: how many lots of the list it still has by our records, and their grams. One query."""
    there = _with_lots(recall).filter(left_at=None, holder__in=parties, left__isnull=False)
    counted = there.values("holder").annotate(things=Count("pk"), grams=Sum("left")).order_by("holder")
    return {row["holder"]: (row["things"], row["grams"]) for row in counted}


def _with_lots(recall: Recall) -> QuerySet[Any]:
    lot = Lot.objects.filter(key=OuterRef("key"))
    sold, kind = (Subquery(lot.values(name)[:1]) for name in ("sold_at", "kind"))
    return recall.lots.annotate(sold_at=sold, kind=kind, left=Subquery(in_hand(lot).values("left")[:1]))


def reached(*, viewer: Actor, recall: Recall) -> QuerySet[RecallReach]:
    """The parties that it reached, as far as the viewer may see: unanswered first."""
    found = RecallReach.objects.visible_to(viewer).filter(recall=recall).select_related("party__organisation")
    return found.order_by("answered_at", "pk")


def own_reaches(*, viewer: Actor, recall: Recall) -> list[RecallReach]:
    """Of the parties for which the viewer records, those that it reached: who still has to answer comes first."""
    theirs = RecallReach.objects.filter(recall=recall, party__in=Party.objects.acted_for_by(viewer))
    found = theirs.select_related("party__organisation").order_by("pk")
    return sorted(found, key=lambda one: one.answered_at is not None)


def unanswered(*, viewer: Actor, programme: str | None) -> QuerySet[RecallReach]:
    """What waits for the answer of parties for which the viewer records: real ones first, then the oldest."""
    theirs = RecallReach.objects.filter(
        party__in=Party.objects.acted_for_by(viewer), answered_at=None, recall__state=RecallState.OPEN
    )
    here = theirs.filter(in_programme(programme, "recall__programme"))
    return here.select_related("recall__programme", "party__organisation").order_by(
        "recall__drill", "recall__level", "told_at", "pk"
    )


def to_be_ended(*, viewer: Actor, programme: str | None) -> QuerySet[Recall]:
    """Open recalls in a scope in which the viewer inspects, to which every party has answered."""
    here = visible(viewer, TracePermission.INSPECT, programme="programme__code", place="place")
    waiting = RecallReach.objects.filter(answered_at=None).values("recall")
    found = Recall.objects.filter(here, in_programme(programme), state=RecallState.OPEN).exclude(pk__in=waiting)
    return found.select_related("programme").order_by("drill", "level", "started_at")


def open_problems(*, viewer: Actor, programme: str | None) -> QuerySet[Problem]:
    """Reported problems that wait for an inspector, the oldest first."""
    here = visible(viewer, TracePermission.INSPECT, programme="programme__code", place="place")
    found = Problem.objects.filter(here, in_programme(programme), answered_at=None)
    return found.select_related("programme").order_by("sent_at", "pk")


def get_problem(*, viewer: Actor, uuid: UUID) -> Problem:
    """A reported problem that the viewer may see. Raises NotVisible."""
    rows = Problem.objects.visible_to(viewer).select_related("programme")
    return row_of(rows, uuid, NO_PROBLEM, "traceability.problem_not_found")


def touched(*, first: int, last: int) -> Iterator[Recall]:
    """Open recalls of which events of this span of the sequence name something. Two queries."""
    named = EventThing.objects.filter(event__gte=first, event__lte=last).values("key")
    hit = RecallLot.objects.filter(key__in=named, recall__state=RecallState.OPEN).values("recall").distinct()
    yield from Recall.objects.filter(pk__in=hit).order_by("pk")
