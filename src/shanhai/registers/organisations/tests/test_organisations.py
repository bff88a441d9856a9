# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible
from shanhai.kernel.ids import new_id
from shanhai.registers.organisations.models import Organisation
from shanhai.registers.organisations.selectors import get_organisation, list_organisations
from shanhai.registers.organisations.services import (
    correct_organisation,
    create_organisation,
)
from shanhai.registers.organisations.tests.builders import an_organisation
from shanhai.registers.organisations.values import OrganisationKind, OrganisationRow
from shanhai.registers.places.tests.builders import a_division
from tests.cast import ADMIN, AUDITOR, DEPUTY, KANGDING, OFFICE, STRANGER
from tests.refusals import refused

WrongCheckCharacter = (BadInput, "organisations.wrong_check_character")
FactsNotUsable = (BadInput, "organisations.facts_not_usable")

pytestmark = pytest.mark.django_db

FACTS = OrganisationRow(
    name="甘孜州高原畜牧有限公司",
    kind=OrganisationKind.COMPANY,
    short_name="高原畜牧",
    uscc="91350100m000100y43",
    division="513301",
)


@pytest.fixture(autouse=True)
def _kangding():
    a_division("513301")


def test_an_organisation_is_registered_with_its_code_in_normal_form(at):
    made = create_organisation(by=OFFICE, at=at, facts=FACTS, provenance="demo")

    found = Organisation.objects.select_related("division").get()
    assert found == made
    assert (found.uscc, found.kind, found.division.code) == ("91350100M000100Y43", "company", "513301")
    assert found.provenance == "demo"
    assert {"gzzgyxmyxgs", "gycm", "gaoyuanxumu"} <= set(found.spelled.split())


def test_the_audit_trail_names_it_and_its_place(at):
    made = create_organisation(by=OFFICE, at=at, facts=FACTS)

    row = AuditRow.objects.get()
    assert (row.action, row.subject_id, row.place) == ("organisations.organisation.created", str(made.uuid), "513301")
    assert row.changes["uscc"] == "91350100M000100Y43"


def test_many_organisations_have_no_code(at):
    create_organisation(by=OFFICE, at=at, facts=replace(FACTS, uscc=""))
    create_organisation(by=OFFICE, at=at, facts=replace(FACTS, uscc="", name="另一家"))

    assert Organisation.objects.filter(uscc=None).count() == 2


@pytest.mark.parametrize(
    "facts",
    [
        replace(FACTS, name="别名公司"),
        replace(FACTS, uscc="91110000100010433L"),
        replace(FACTS, uscc=""),
    ],
)
def test_the_same_code_or_the_same_name_in_one_place_is_registered_once(at, facts):
    create_organisation(by=OFFICE, at=at, facts=FACTS)

    with refused(Conflict, "organisations.already_registered"):
        create_organisation(by=OFFICE, at=at, facts=facts)

    assert Organisation.objects.count() == AuditRow.objects.count() == 1


@pytest.mark.parametrize("facts", [replace(FACTS, division="", uscc=""), replace(FACTS, division="513301", uscc="")])
def test_a_name_without_a_place_stands_once_too(at, facts):
    create_organisation(by=OFFICE, at=at, facts=facts)

    with refused(Conflict, "organisations.already_registered"):
        create_organisation(by=OFFICE, at=at, facts=facts)


@pytest.mark.parametrize(
    ("facts", "error", "why"),
    [
        (replace(FACTS, uscc="91350100M000100Y44"), WrongCheckCharacter, "第 18 位"),
        (replace(FACTS, name="  "), FactsNotUsable, "名称"),
        (replace(FACTS, name="长" * 121), FactsNotUsable, "120"),
        (replace(FACTS, short_name="长" * 41), FactsNotUsable, "40"),
        (replace(FACTS, division="513399"), FactsNotUsable, "513399"),
        (replace(FACTS, kind="castle"), FactsNotUsable, "castle"),
    ],
)
def test_a_wrong_fact_is_refused_with_its_reason(at, facts, error, why):
    with refused(error, match=why):
        create_organisation(by=OFFICE, at=at, facts=facts)

    assert not Organisation.objects.exists()


def test_a_correction_replaces_all_facts_and_records_old_and_new(at):
    made = create_organisation(by=OFFICE, at=at, facts=FACTS)
    facts = replace(FACTS, short_name="", name="甘孜州高原牧业有限公司", uscc="")

    correct_organisation(by=OFFICE, at=at, uuid=made.uuid, facts=facts, because="更名")

    found = Organisation.objects.get()
    row = AuditRow.objects.latest("seq")
    assert (found.short_name, found.uscc, found.spelled.split()[-1]) == ("", None, "gzzgymyyxgs")
    assert row.changes == {
        "name": ["甘孜州高原畜牧有限公司", "甘孜州高原牧业有限公司"],
        "short_name": ["高原畜牧", ""],
        "uscc": ["91350100M000100Y43", None],
    }
    assert (row.action, row.because) == ("organisations.organisation.corrected", "更名")


def test_a_correction_that_changes_nothing_leaves_no_trace(at):
    made = create_organisation(by=OFFICE, at=at, facts=FACTS)

    correct_organisation(by=OFFICE, at=at, uuid=made.uuid, facts=FACTS)

    assert AuditRow.objects.count() == 1


def test_what_is_not_there_cannot_be_corrected(at):
    with refused(NotVisible, "organisations.not_found"):
        correct_organisation(by=OFFICE, at=at, uuid=new_id(), facts=FACTS)


@pytest.mark.parametrize("actor", [STRANGER, KANGDING, AUDITOR, DEPUTY, ADMIN], ids=lambda actor: actor.name)
def test_who_does_not_manage_organisations_changes_nothing(at, actor):
    made = an_organisation()

    with pytest.raises(NotAllowed):
        create_organisation(by=actor, at=at, facts=FACTS)
    with pytest.raises(NotAllowed):
        correct_organisation(by=actor, at=at, uuid=made.uuid, facts=FACTS)


class TestReading:
    @pytest.fixture(autouse=True)
    def _three(self):
        company = an_organisation(
            "甘孜州高原畜牧有限公司", kind="company", short_name="高原畜牧", uscc="91350100M000100Y43"
        )
        company.spelled = "gaoyuanxumu gzzgyxmyxgs gyxm"
        company.division = a_division("513301")
        company.save()
        an_organisation("康定市第一小学", spelled="kdsdyxx", division=a_division("513301"))
        an_organisation("浙江省援派工作队", kind="team", spelled="zjsypgzd")

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("畜牧", ["甘孜州高原畜牧有限公司"]),
            ("gaoyuan", ["甘孜州高原畜牧有限公司"]),
            ("gyxm", ["甘孜州高原畜牧有限公司"]),
            ("GYXM", ["甘孜州高原畜牧有限公司"]),
            ("91350100m000100y43", ["甘孜州高原畜牧有限公司"]),
            ("9135", []),
            ("康定 小学", ["康定市第一小学"]),
            ("  ", ["康定市第一小学", "浙江省援派工作队", "甘孜州高原畜牧有限公司"]),
            ("%", []),
            ("' OR 1=1", []),
        ],
    )
    def test_text_is_found_in_names_pinyin_and_the_code(self, text, names, django_assert_num_queries):
        with django_assert_num_queries(1):
            found = [found.name for found in list_organisations(viewer=KANGDING, text=text)]

        assert sorted(found) == sorted(names)

    def test_kind_and_place_narrow_the_list(self):
        teams = list_organisations(viewer=DEPUTY, kind=OrganisationKind.TEAM)
        in_ganzi = list_organisations(viewer=DEPUTY, under="513300")

        assert [found.name for found in teams] == ["浙江省援派工作队"]
        assert in_ganzi.count() == 2

    @pytest.mark.parametrize("viewer", [STRANGER, ADMIN], ids=lambda viewer: viewer.name)
    def test_who_views_no_programme_sees_none(self, viewer):
        with refused(NotVisible, "organisations.not_found"):
            get_organisation(viewer=viewer, uuid=Organisation.objects.first().uuid)

        assert not list_organisations(viewer=viewer)

    def test_one_is_got_with_its_division(self, django_assert_num_queries):
        uuid = Organisation.objects.get(short_name="高原畜牧").uuid

        with django_assert_num_queries(1):
            assert get_organisation(viewer=DEPUTY, uuid=uuid).division.code == "513301"


@pytest.mark.parametrize(
    "values", [{"uscc": "9135010IM000100Y43"}, {"uscc": "9135"}, {"kind": "castle"}, {"name": ""}, {"provenance": "x"}]
)
def test_the_database_refuses_what_cannot_be(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        an_organisation(**values)
