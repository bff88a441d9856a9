# SPDX-License-Identifier: Apache-2.0
"""Reading people, for viewers who may view people there; others learn not even that somebody exists."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import QuerySet

from shanhai.base.database.selectors import holding, row_of, within
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.people.models import Person
from shanhai.registers.places.selectors import codes_of_one_place


def get_person(*, viewer: Actor, uuid: UUID) -> Person:
    """The person with the organisation. Raises NotVisible, also for one that was erased."""
    rows = Person.objects.visible_to(viewer).kept().select_related("organisation", "user")
    return row_of(rows, uuid, gettext_noop("没有找到这个人员。请从列表重新选择。"), "people.not_found")


def list_people(
    *, viewer: Actor, programme: str = "", place: str = "", text: str = "", on: date | None = None
) -> QuerySet[Person]:
    """People with their organisations, by first day; ``on`` keeps those in duty on that day.

    ``text`` is looked for in name, duty and organisation; ``place`` keeps who works in it, under whatever code it had.
    Erased ones are left out. Empty for a viewer who may not view people there.
    """
    found = Person.objects.visible_to(viewer).kept().filter(holding(text, "name", "duty", "organisation__name"))
    if programme:
        found = found.filter(programme=programme)
    if place:
        found = found.filter(reduce(or_, [within(code) for code in codes_of_one_place(place)]))
    if on is not None:
        found = found.in_duty(on)
    return found.select_related("organisation").order_by("valid_from", "pk")
