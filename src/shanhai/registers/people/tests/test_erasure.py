# SPDX-License-Identifier: Apache-2.0
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.actors import Actor, Scope, system
from shanhai.kernel.errors import NotAllowed, NotVisible
from shanhai.kernel.registry import registries
from shanhai.registers.organisations.tests.builders import an_organisation
from shanhai.registers.people import services
from shanhai.registers.people.models import Person
from shanhai.registers.people.providers import EraseDue
from shanhai.registers.people.selectors import get_person, list_people
from shanhai.registers.people.tests.builders import a_person
from shanhai.registers.people.values import ended_before
from tests.cast import AUDITOR, DEPUTY, OFFICE, a_user
from tests.refusals import refused

PersonNotFound = (NotVisible, "people.not_found")

DUE, NOT_DUE = date(2023, 11, 22), date(2023, 11, 23)


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 11, 22), date(2023, 11, 22)),
        (date(2028, 2, 29), date(2025, 2, 28)),
        (date(2027, 3, 1), date(2024, 3, 1)),
    ],
)
def test_three_years_are_counted_by_the_calendar(today, day):
    assert ended_before(today) == day


@pytest.mark.django_db
class TestErasing:
    def test_three_years_after_the_end_all_that_tells_who_it_was_is_gone(self, at):
        person = a_person(
            valid_from=date(2021, 7, 1),
            valid_until=DUE,
            user=a_user(),
            organisation=an_organisation(),
            provenance="demo",
        )

        assert services.erase_due_people(by=OFFICE, at=at) == 1

        person.refresh_from_db()
        assert (person.name, person.duty, person.work_phone, person.user, person.organisation) == (
            "",
            "",
            "",
            None,
            None,
        )
        assert (person.programme, person.place, person.valid_until) == ("zj-ganzi", "513301", DUE)
        assert person.erased_at == at

    def test_the_work_of_every_day_erases_and_says_how_many(self, at):
        person = a_person(valid_from=date(2021, 7, 1), valid_until=DUE)

        assert (EraseDue().run(by=system("worker"), at=at), EraseDue().run(by=system("worker"), at=at)) == ("1", "0")

        person.refresh_from_db()
        assert person.erased_at == at

    def test_who_is_not_due_stays(self, at):
        kept = [
            a_person("甲一", valid_from=date(2021, 7, 1), valid_until=NOT_DUE),
            a_person("乙二", valid_from=date(2010, 7, 1)),
        ]

        assert services.erase_due_people(by=OFFICE, at=at) == 0
        assert list(Person.objects.exclude(name="").order_by("pk")) == kept

    def test_each_erasure_is_recorded_by_reference(self, at):
        person = a_person(valid_from=date(2021, 7, 1), valid_until=DUE)

        services.erase_due_people(by=OFFICE, at=at)

        row = AuditRow.objects.get()
        assert (row.action, row.subject_id, row.place) == ("people.person.erased", str(person.uuid), "513301")
        assert row.changes == {}

    def test_a_second_run_finds_nobody(self, at):
        a_person(valid_from=date(2021, 7, 1), valid_until=DUE)
        services.erase_due_people(by=OFFICE, at=at)

        assert services.erase_due_people(by=OFFICE, at=at) == 0
        assert AuditRow.objects.count() == 1

    def test_many_are_erased_in_batches(self, at, monkeypatch):
        monkeypatch.setattr(services, "_BATCH", 2)
        for n in range(5):
            a_person(str(n), valid_from=date(2021, 7, 1), valid_until=DUE)

        assert services.erase_due_people(by=OFFICE, at=at) == 5
        assert not Person.objects.exclude(name="").exists()

    def test_the_erased_are_no_longer_listed_or_found(self, at):
        person = a_person()

        services.erase_person(by=OFFICE, at=at, uuid=person.uuid, because="本人要求")

        assert not list_people(viewer=DEPUTY, programme="zj-ganzi")
        with refused(PersonNotFound):
            get_person(viewer=DEPUTY, uuid=person.uuid)
        with refused(PersonNotFound):
            services.erase_person(by=OFFICE, at=at, uuid=person.uuid, because="再次")
        assert AuditRow.objects.get().because == "本人要求"

    def test_only_who_manages_all_people_may_run_it(self, at):
        bound = Actor("user:x", grants={"person.manage": (Scope("zj-ganzi"),)})
        person = a_person(valid_from=date(2021, 7, 1), valid_until=DUE)

        for actor in (bound, DEPUTY, AUDITOR):
            with pytest.raises(NotAllowed):
                services.erase_due_people(by=actor, at=at)
        with pytest.raises(NotAllowed):
            services.erase_person(by=AUDITOR, at=at, uuid=person.uuid, because="")

    def test_the_declaration_leads_to_the_eraser(self, at):
        a_person(valid_from=date(2021, 7, 1), valid_until=DUE)

        assert registries.personal_data.get("people.Person").erase(by=OFFICE, at=at) == 1

    @pytest.mark.usefixtures("frozen_clock")
    def test_the_console_command_says_how_many(self):
        a_person(valid_from=date(2021, 7, 1), valid_until=DUE)
        out, office = StringIO(), a_user("office")
        with pytest.raises(CommandError, match="--by 写明"):
            call_command("people", "erase-due")

        call_command("people", "erase-due", by=office.username, because="到期", stdout=out)

        assert out.getvalue() == "1 erased\n"
        rows = AuditRow.objects.filter(action__in=["accounts.console.acted", "people.person.erased"])
        assert [row.actor for row in rows] == [f"user:{office.uuid}"] * 2

    @pytest.mark.parametrize("action", ["erase-all", ""])
    def test_the_console_command_knows_one_action(self, action):
        with pytest.raises(CommandError):
            call_command("people", action)
