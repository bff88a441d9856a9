# SPDX-License-Identifier: Apache-2.0
"""Reading people, for viewers who may view people there; others learn not even that somebody exists."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.people.models import Person


class PersonNotFound(NotVisible):
    """There is no such person, or this viewer may not know."""

    code = "people.not_found"


def get_person(*, viewer: Actor, uuid: UUID) -> Person:
    """The person with the organisation. Raises PersonNotFound, also for one that was erased."""
    found = Person.objects.visible_to(viewer).kept().select_related("organisation").filter(uuid=uuid).first()
    if found is None:
        raise PersonNotFound(gettext_noop("没有找到这个人员。请从列表重新选择。"))
    return found


def list_people(*, viewer: Actor, programme: str, on: date | None = None) -> QuerySet[Person]:
    """The people of a programme with their organisations, by first day; ``on`` keeps those in duty on that day.

    Erased ones are left out. Empty for a viewer who may not view people there.
    """
    found = Person.objects.visible_to(viewer).kept().filter(programme=programme)
    if on is not None:
        found = found.in_duty(on)
    return found.select_related("organisation").order_by("valid_from", "pk")
