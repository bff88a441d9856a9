# SPDX-License-Identifier: Apache-2.0
"""What people offer the registries: a line of the menu, hits of the search box, what personal data they are."""

from __future__ import annotations

from datetime import datetime

from shanhai.base.database.selectors import Things
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.beats import Daily
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MenuItem, PersonalData, SearchHit, SearchSource
from shanhai.registers.people.models import Person
from shanhai.registers.people.permissions import PersonPermission
from shanhai.registers.people.selectors import list_people
from shanhai.registers.people.services import erase_due_people

THINGS = Things(
    "people.person",
    lambda viewer: Person.objects.visible_to(viewer).kept(),
    lambda one: one.name,
    lambda one: f"/people/{one.uuid}/",
    ("name",),
)

MENU = MenuItem("people", message(gettext_noop("人员")), "people:list", PersonPermission.VIEW.value, order=80)


class Directory(SearchSource):
    """People by what their list is searched for."""

    key = "people"
    order = 70

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """Who has been here, too."""
        found = list_people(viewer=viewer, text=text)[:limit]
        return tuple(SearchHit(f"{one.name} {one.duty}", MENU.label, f"/people/{one.uuid}/") for one in found)


class Persons(PersonalData):
    """What a person owes."""

    key = "people.Person"
    fields = ("name", "duty", "work_phone", "user", "organisation")
    purpose = message(gettext_noop("让有关人员知道某项工作由谁负责、怎样联系。"))
    keep_until = message(gettext_noop("任职结束满三年。"))

    def erase(self, *, by: Actor, at: datetime) -> int:
        """Erase people whose posting ended three years ago."""
        return erase_due_people(by=by, at=at)


class EraseDue(Daily):
    """Personal data does not outstay its date."""

    key = "people.erase_due"
    label = message(gettext_noop("删去到期的个人信息"))
    after = "03:30"

    def run(self, *, by: Actor, at: datetime) -> str:
        """Erase what is past its date, and say of how many people."""
        return str(erase_due_people(by=system("worker", (PersonPermission.MANAGE.value,)), at=at))
