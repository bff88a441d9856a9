# SPDX-License-Identifier: Apache-2.0
"""Delegations as people see them: one with its stops, people and costs; which papers are missing; what waits."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from shanhai.base.database.selectors import in_programme, row_of, visible
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.team.visits.models import Attendee, Cost, Delegation, Standard, Stop
from shanhai.team.visits.permissions import VisitPermission
from shanhai.team.visits.states import DelegationState
from shanhai.team.visits.values import Category, Side

_PAPERS = {
    "letter": message(gettext_noop("公函")),
    "approval": message(gettext_noop("审批")),
    "list": message(gettext_noop("接待清单")),
    "receipts": message(gettext_noop("费用票据")),
}


def get_delegation(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Delegation:
    """The delegation with its organisations. ``lock`` holds its row. Raises NotVisible."""
    rows = Delegation.objects.visible_to(viewer).select_related("programme__recipient", "guest", "host")
    missing = gettext_noop("没有找到这次互访。请从互访页进入。")
    return row_of(rows, uuid, missing, "visits.delegation_not_found", lock=lock)


def managed(by: Actor, uuid: UUID, *states: DelegationState) -> Delegation:
    """The delegation with its row held, of who arranges visits, in one of these states, for the services here.

    Raises NotVisible, NotAllowed, Conflict.
    """
    found = get_delegation(viewer=by, uuid=uuid, lock=True)
    by.require(VisitPermission.MANAGE, programme=found.programme.code)
    require_state(found, *states)
    return found


def require_state(delegation: Delegation, *states: DelegationState) -> None:
    """Raise Conflict for a delegation in another state than these, for the services here."""
    if delegation.state not in states:
        text = gettext_noop("这次互访现在是“%(state)s”，不能这样办。请刷新后再看。")
        raise Conflict(text, "visits.delegation_moved_on", state=message(delegation.status[1]))


def list_delegations(*, viewer: Actor, programme: str | None) -> QuerySet[Delegation]:
    """Delegations, the latest first."""
    rows = Delegation.objects.visible_to(viewer).filter(in_programme(programme))
    return rows.select_related("programme", "guest", "host").order_by("-since", "-pk")


def stops_of(delegation: Delegation) -> list[Stop]:
    """Its stops in order."""
    return list(delegation.stops.select_related("project").order_by("since", "pk"))


def attendees_of(*, viewer: Actor, delegation: Delegation) -> list[Attendee] | None:
    """Who comes along and who receives; None for who does not arrange visits: names are for them alone."""
    if not viewer.may(VisitPermission.MANAGE, programme=delegation.programme.code):
        return None
    return list(delegation.attendees.order_by("side", "pk"))


def head_counts(delegation: Delegation) -> dict[Side, int]:
    """How many people of each side are on the list."""
    sides = list(delegation.attendees.values_list("side", flat=True))
    return {side: sides.count(side.value) for side in Side}


def costs_of(delegation: Delegation) -> tuple[list[Cost], Money]:
    """What it cost, and the sum."""
    rows = list(delegation.costs.order_by("pk"))
    return rows, Money(sum(one.amount_fen for one in rows))


def missing_papers(delegation: Delegation) -> list[Message]:
    """Which of the four papers of a reception are not there: letter, approval, list of who was received, receipts."""
    there = {
        "letter": bool(delegation.letter_number),
        "approval": bool(delegation.approved_by),
        "list": delegation.attendees.exists(),
        "receipts": delegation.costs.exists(),
    }
    return [_PAPERS[name] for name, is_there in there.items() if not is_there]


def standard_of(*, programme: str, category: Category, on: date) -> Standard | None:
    """How much a head may cost on a day."""
    rows = Standard.objects.filter(in_programme(programme), category=category, valid_from__lte=on)
    return rows.order_by("-valid_from").first()


def list_standards(*, programme: str, on: date) -> list[Standard]:
    """The standard of each category that holds on a day."""
    rows = Standard.objects.filter(in_programme(programme), valid_from__lte=on).order_by("valid_from")
    return list({one.category: one for one in rows}.values())


def list_to_approve(*, viewer: Actor, programme: str | None) -> QuerySet[Delegation]:
    """Delegations with their letter that wait for the viewer's approval, those that begin first first. One query."""
    where = visible(viewer, VisitPermission.APPROVE, programme="programme__code", place=None)
    rows = Delegation.objects.filter(where, in_programme(programme), state=DelegationState.PLANNED)
    rows = rows.exclude(planned_by=viewer.ref).exclude(letter_number="")
    return rows.select_related("programme").order_by("since", "pk")


def list_to_finish(*, viewer: Actor, programme: str | None, on: date) -> QuerySet[Delegation]:
    """Delegations of the viewer's that have no letter yet, are over, or whose papers are to be closed. One query."""
    where = visible(viewer, VisitPermission.MANAGE, programme="programme__code", place=None)
    rows = Delegation.objects.filter(where, in_programme(programme)).select_related("programme")
    over = rows.filter(state=DelegationState.APPROVED, until__lte=on)
    bare = rows.filter(state=DelegationState.PLANNED, letter_number="")
    return (bare | over | rows.filter(state=DelegationState.HELD)).order_by("until", "pk")


def list_over(*, programme: str) -> QuerySet[Cost]:
    """Costs of visits that are not closed yet in which a head cost more than the standard, whoever asks."""
    rows = Cost.objects.filter(in_programme(programme, "delegation__programme"), over=True)
    rows = rows.exclude(delegation__state__in=[DelegationState.REPORTED, DelegationState.CANCELLED])
    return rows.select_related("delegation").order_by("added_at", "pk")


def held_by(*, viewer: Actor, programme: str, on: date) -> QuerySet[Delegation]:
    """Delegations that were held and over by a day."""
    rows = list_delegations(viewer=viewer, programme=programme)
    return rows.filter(state__in=[DelegationState.HELD, DelegationState.REPORTED], until__lte=on)
