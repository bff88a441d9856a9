# SPDX-License-Identifier: Apache-2.0
"""Health as the person and the health keeper see it, and as numbers of ten people or more for a few others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from shanhai.base.database.selectors import in_programme, own, row_of, visible
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import months_later
from shanhai.kernel.messages import gettext_noop
from shanhai.team.conduct.models import HealthSheet, HealthTemplate, Opening
from shanhai.team.conduct.permissions import HealthPermission
from shanhai.team.conduct.values import ListKind, Sealed

if TYPE_CHECKING:
    from shanhai.team.secondments.models import Secondment

# Of fewer people a figure says something of somebody.
LEAST_PEOPLE = 10


class Counted(NamedTuple):
    """Of the people who filled in this month's table: how many, and of how many something lies beyond a threshold."""

    people: int
    beyond: int
    made_up: int


def templates_of(*, programme: str, on: date) -> dict[ListKind, HealthTemplate]:
    """The version of each list that holds on a day. One query."""
    rows = HealthTemplate.objects.filter(in_programme(programme), valid_from__lte=on).select_related("programme")
    return {ListKind(one.kind): one for one in rows.order_by("version")}


def get_template(*, programme: str, uuid: UUID) -> HealthTemplate:
    """A version of a list of a programme. Raises NotVisible."""
    rows = HealthTemplate.objects.filter(in_programme(programme)).select_related("programme")
    return row_of(rows, uuid, gettext_noop("没有找到这张表。请从健康页进入。"), "conduct.template_not_found")


def list_own_sheets(*, viewer: Actor) -> QuerySet[HealthSheet]:
    """The viewer's own, the latest first."""
    rows = HealthSheet.objects.filter(own(viewer, "person__user"))
    return rows.select_related("template", "programme").order_by("-day", "-pk")


def get_sheet(*, viewer: Actor, uuid: UUID, lock: bool = False) -> HealthSheet:
    """A sheet. ``lock`` holds its row. Raises NotVisible, for all but the person and the health keeper."""
    rows = HealthSheet.objects.visible_to(viewer).select_related("programme", "template", "person", "secondment__post")
    if not lock:
        rows = rows.select_related("person__user")
    return row_of(rows, uuid, gettext_noop("没有找到这张表。请从健康页进入。"), "conduct.sheet_not_found", lock=lock)


def list_sheets_of(*, viewer: Actor, person: int) -> QuerySet[HealthSheet]:
    """The sheets of somebody, the latest first, for who may open them."""
    rows = HealthSheet.objects.visible_to(viewer).filter(person=person, erased_at=None)
    return rows.select_related("template").order_by("-day", "-pk")


def filled_by(*, viewer: Actor, programme: str, people: Iterable[int]) -> dict[int, dict[ListKind, HealthSheet]]:
    """The latest sheet of each kind of each of these people, without its answers, for the health keeper. One query."""
    keeper = visible(viewer, HealthPermission.KEEP, programme="programme__code")
    rows = HealthSheet.objects.filter(keeper, in_programme(programme), person__in=list(people), erased_at=None)
    found: dict[int, dict[ListKind, HealthSheet]] = {}
    for one in rows.defer("answers").order_by("day", "pk"):
        found.setdefault(one.person_id, {})[ListKind(one.kind)] = one
    return found


def list_beyond(*, viewer: Actor, programme: str | None, since: date) -> QuerySet[HealthSheet]:
    """Sheets since a day of which something lies beyond a threshold, the latest first, for the keeper. One query."""
    keeper = visible(viewer, HealthPermission.KEEP, programme="programme__code")
    rows = HealthSheet.objects.filter(keeper, in_programme(programme), day__gte=since, beyond__gt=0)
    return rows.defer("answers").select_related("programme", "person", "secondment__post").order_by("-day", "-pk")


def list_unopened(*, viewer: Actor, programme: str | None) -> QuerySet[HealthSheet]:
    """Sheets of which something lies beyond a threshold and that no keeper opened since, for the keeper. One query."""
    keeper = visible(viewer, HealthPermission.KEEP, programme="programme__code")
    rows = HealthSheet.objects.filter(keeper, in_programme(programme), beyond__gt=0)
    since = Opening.objects.filter(person=OuterRef("person"), what=Sealed.HEALTH, at__gte=OuterRef("filled_at"))
    rows = rows.filter(~Exists(since)).exclude(own(viewer, "person__user"))
    return rows.defer("answers").select_related("programme", "person").order_by("day", "pk")


def list_unfilled(*, secondments: Iterable[Secondment], programme: str, month: date) -> list[Secondment]:
    """Who of these people has not filled in the table of a month, given by its first day. One query."""
    rows = HealthSheet.objects.filter(in_programme(programme), kind=ListKind.MONTHLY, erased_at=None)
    filled = set(rows.filter(day__gte=month, day__lt=months_later(month, 1)).values_list("person_id", flat=True))
    return [one for one in secondments if one.person_id not in filled]


def count_tables(*, viewer: Actor, programme: str, on: date) -> Counted | None:
    """The month's tables up to a day as numbers; None for who may see none, and of fewer than ``LEAST_PEOPLE``."""
    if not viewer.may(HealthPermission.FIGURES, programme=programme):
        return None
    rows = HealthSheet.objects.filter(in_programme(programme), kind=ListKind.MONTHLY, erased_at=None)
    counted = rows.filter(day__gte=on.replace(day=1), day__lte=on).aggregate(
        people=Count("person", distinct=True),
        beyond=Count("person", distinct=True, filter=Q(beyond__gt=0)),
        made_up=Count("pk", filter=Q(provenance="demo")),
    )
    return Counted(**counted) if counted["people"] >= LEAST_PEOPLE else None
