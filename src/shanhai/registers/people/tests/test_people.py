# SPDX-License-Identifier: Apache-2.0
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.actors import Actor, Scope
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.ids import new_id
from shanhai.registers.organisations.tests.builders import an_organisation
from shanhai.registers.people.models import Person
from shanhai.registers.people.selectors import get_person, list_people
from shanhai.registers.people.services import (
    add_person,
    correct_person,
    end_posting,
)
from shanhai.registers.people.tests.builders import a_person
from shanhai.registers.people.values import PersonFacts
from shanhai.registers.places.tests.builders import a_division
from tests.cast import ADMIN, AUDITOR, DEPUTY, FINANCE, KANGDING, LEAD, OFFICE, STRANGER, a_user
from tests.refusals import refused

PersonNotUsable = (BadInput, "people.person_not_usable")
PersonNotFound = (NotVisible, "people.not_found")
PostingAlreadyEnded = (Conflict, "people.posting_already_ended")
UserNotKnown = (BadInput, "people.user_not_known")
EndsBeforeItStarts = (Refused, "people.ends_before_it_starts")

pytestmark = pytest.mark.django_db

FACTS = PersonFacts(
    name="乙二", duty="副指挥长", programme="zj-ganzi", valid_from=date(2024, 3, 1), work_phone="0836 2830001"
)


def holding(*permissions, programme=None, place=None):
    scope = Scope(programme, place)
    return Actor("user:x", grants={"programme.view": (Scope(),), **dict.fromkeys(permissions, (scope,))})


def test_a_person_is_kept_with_what_the_duty_needs(at):
    a_division("513301")
    user, organisation = a_user(), an_organisation()
    facts = replace(FACTS, place="513301", organisation=organisation.uuid, user=user.uuid)

    made = add_person(by=OFFICE, at=at, facts=facts, provenance="demo")

    found = Person.objects.get()
    assert found == made
    assert (found.name, found.duty, found.work_phone, found.place) == ("乙二", "副指挥长", "0836 2830001", "513301")
    assert (found.user, found.organisation, found.provenance) == (user, organisation, "demo")


def test_the_audit_trail_refers_to_a_person_without_telling_anything(at):
    made = add_person(by=OFFICE, at=at, facts=FACTS)
    correct_person(by=OFFICE, at=at, uuid=made.uuid, facts=replace(FACTS, name="丙三", work_phone="0836 2830002"))
    end_posting(by=OFFICE, at=at, uuid=made.uuid, until=date(2026, 3, 1))

    rows = list(AuditRow.objects.order_by("seq"))
    told = json.dumps([row.content() for row in rows], ensure_ascii=False)
    assert [row.action for row in rows] == [
        "people.person.added",
        "people.person.corrected",
        "people.person.posting_ended",
    ]
    assert {row.subject_id for row in rows} == {str(made.uuid)}
    assert rows[1].changes == {"fields": ["name", "work_phone"]}
    for secret in ("乙二", "丙三", "副指挥长", "2830001", "2830002"):
        assert secret not in told


@pytest.mark.parametrize(
    ("facts", "error", "why"),
    [
        (replace(FACTS, name=" "), PersonNotUsable, "姓名"),
        (replace(FACTS, name="长" * 61), PersonNotUsable, "60"),
        (replace(FACTS, duty=""), PersonNotUsable, "职务"),
        (replace(FACTS, duty="长" * 101), PersonNotUsable, "100"),
        (replace(FACTS, work_phone="打我电话"), PersonNotUsable, "电话"),
        (replace(FACTS, work_phone="1" * 31), PersonNotUsable, "电话"),
        (replace(FACTS, work_phone="123"), PersonNotUsable, "电话"),
        (replace(FACTS, name="乙二 11010519491231002X"), PersonNotUsable, "身份证"),
        (replace(FACTS, duty="组长110105194912310021"), PersonNotUsable, "身份证"),
        (replace(FACTS, work_phone="110105194912310021"), PersonNotUsable, "身份证"),
        (replace(FACTS, place="513399"), (BadInput, "places.division_not_found"), "513399"),
        (replace(FACTS, organisation=new_id()), (NotVisible, "organisations.not_found"), "单位"),
        (replace(FACTS, user=new_id()), UserNotKnown, "账号"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(at, facts, error, why):
    with refused(error, match=why):
        add_person(by=OFFICE, at=at, facts=facts)

    assert not Person.objects.exists()


def test_a_correction_that_changes_nothing_leaves_no_trace(at):
    made = add_person(by=OFFICE, at=at, facts=FACTS)

    correct_person(by=OFFICE, at=at, uuid=made.uuid, facts=FACTS)

    assert AuditRow.objects.count() == 1


def test_a_posting_ends_once_and_not_before_it_starts(at):
    made = add_person(by=OFFICE, at=at, facts=FACTS)

    with refused(EndsBeforeItStarts):
        end_posting(by=OFFICE, at=at, uuid=made.uuid, until=date(2024, 2, 29))
    end_posting(by=OFFICE, at=at, uuid=made.uuid, until=date(2024, 3, 1))
    with refused(PostingAlreadyEnded, match="2024-03-01"):
        end_posting(by=OFFICE, at=at, uuid=made.uuid, until=date(2025, 1, 1))
    with refused(EndsBeforeItStarts):
        correct_person(by=OFFICE, at=at, uuid=made.uuid, facts=replace(FACTS, valid_from=date(2024, 3, 2)))


class TestWhoSees:
    @pytest.mark.parametrize("viewer", [DEPUTY, OFFICE, LEAD, AUDITOR], ids=lambda viewer: viewer.name)
    def test_who_may_view_people_sees_the_work_phone(self, viewer):
        person = a_person()

        assert get_person(viewer=viewer, uuid=person.uuid).work_phone == "0836-2830000"
        assert list(list_people(viewer=viewer, programme="zj-ganzi")) == [person]

    @pytest.mark.parametrize("viewer", [STRANGER, KANGDING, FINANCE, ADMIN], ids=lambda viewer: viewer.name)
    def test_others_see_nobody(self, viewer):
        person = a_person()

        assert not list_people(viewer=viewer, programme="zj-ganzi")
        with refused(PersonNotFound):
            get_person(viewer=viewer, uuid=person.uuid)

    def test_programme_and_place_bound_the_view(self):
        here = a_person()
        a_person("丙三", programme="zj-nagqu", place="540602")
        headquarters = a_person("丁四", place="")
        bound = holding("person.view", programme="zj-ganzi")
        local = holding("person.view", programme="zj-ganzi", place="513300")

        assert list(list_people(viewer=bound, programme="zj-ganzi")) == [here, headquarters]
        assert list(list_people(viewer=local, programme="zj-ganzi")) == [here]
        assert not list_people(viewer=bound, programme="zj-nagqu")

    def test_the_duty_of_a_day_is_from_inclusive_until_exclusive(self):
        person = a_person(valid_from=date(2023, 7, 1), valid_until=date(2026, 7, 1))

        def on(*day):
            return list(list_people(viewer=DEPUTY, programme="zj-ganzi", on=date(*day)))

        assert on(2023, 6, 30) == []
        assert on(2023, 7, 1) == on(2026, 6, 30) == [person]
        assert on(2026, 7, 1) == []

    def test_a_list_is_one_query(self, django_assert_num_queries):
        a_person(organisation=an_organisation())
        a_person("丙三")

        with django_assert_num_queries(1):
            assert [
                p.organisation and p.organisation.name for p in list_people(viewer=DEPUTY, programme="zj-ganzi")
            ] == [
                "康定市第一小学",
                None,
            ]

    def test_the_text_of_a_person_is_no_name(self):
        assert "甲一" not in str(a_person())


class TestWhoChanges:
    @pytest.mark.parametrize("actor", [STRANGER, KANGDING, FINANCE, ADMIN], ids=lambda actor: actor.name)
    def test_who_does_not_see_changes_nothing(self, at, actor):
        person = a_person()

        with pytest.raises(NotAllowed):
            add_person(by=actor, at=at, facts=FACTS)
        with refused(PersonNotFound):
            correct_person(by=actor, at=at, uuid=person.uuid, facts=FACTS)
        with refused(PersonNotFound):
            end_posting(by=actor, at=at, uuid=person.uuid, until=date(2026, 1, 1))

    @pytest.mark.parametrize("actor", [DEPUTY, LEAD, AUDITOR], ids=lambda actor: actor.name)
    def test_who_only_sees_changes_nothing(self, at, actor):
        person = a_person()

        with pytest.raises(NotAllowed):
            correct_person(by=actor, at=at, uuid=person.uuid, facts=FACTS)
        with pytest.raises(NotAllowed):
            end_posting(by=actor, at=at, uuid=person.uuid, until=date(2026, 1, 1))

    def test_nobody_is_moved_into_a_programme_that_one_does_not_manage(self, at):
        person = a_person(place="")
        actor = holding("person.view", "person.manage", programme="zj-ganzi")

        with pytest.raises(NotAllowed):
            correct_person(by=actor, at=at, uuid=person.uuid, facts=replace(FACTS, programme="zj-nagqu"))


ERASED_AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"name": ""}, "named_until_erased"),
        ({"duty": ""}, "named_until_erased"),
        ({"erased_at": ERASED_AT}, "named_until_erased"),
        ({"erased_at": ERASED_AT, "name": "", "duty": ""}, "named_until_erased"),
        ({"programme": ""}, "belongs_to_a_programme"),
        ({"valid_until": date(2023, 6, 30)}, "ends_not_before_it_starts"),
        ({"provenance": "x"}, "provenance_is_known"),
    ],
)
def test_the_database_refuses_what_cannot_be(values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        a_person(**{"name": "甲一", **values})
