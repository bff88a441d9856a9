# SPDX-License-Identifier: Apache-2.0
"""Letters level by level, declarations under seal, no trip without teaching, incidents and the days without."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.registry import registries
from shanhai.registers.people.services import erase_person
from shanhai.team.conduct.integrity import selectors
from shanhai.team.conduct.integrity.services import cases, letters, trips
from shanhai.team.conduct.models import CaseFile, Declaration, Opening, Signature
from shanhai.team.conduct.tests.builders import (
    DISCIPLINE,
    GROUP_LEAD,
    KEEPER,
    a_case,
    a_letter,
    a_trip,
    may_also,
    somebody,
)  # fmt: skip
from shanhai.team.conduct.values import CaseKind, MatterKind
from shanhai.team.secondments.tests.builders import two_counties
from tests.cast import AT, AUDITOR, DEPUTY, OFFICE, actor, waiting_for

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
ERASER = actor("discipline_officer")


@pytest.fixture
def programme():
    return two_counties()


@pytest.fixture
def team(programme):
    return [somebody(programme, name) for name in ("甲一", "乙二", "丙三")]


def figures(viewer=DEPUTY, on=TODAY):
    family = registries.figures.get("conduct")
    return {one.key: one for one in family.list_figures(viewer=viewer, scope=FigureScope("zj-ganzi", on))}


def test_a_letter_is_signed_from_the_top_down_and_the_missing_are_named(team):
    (first, held), (second, _two), (third, _three) = team
    lead = may_also(second, "work_group_lead")
    letter = a_letter()
    assert waiting_for(first, "conduct.integrity") == ["/integrity/?programme=zj-ganzi"]
    letters.sign_letter(by=first, at=AT, letter=letter.uuid)

    with pytest.raises(Refused, match="请先签自己的责任书"):
        letters.countersign(by=lead, at=AT, letter=letter.uuid, secondment=held.uuid)
    letters.sign_letter(by=second, at=AT, letter=letter.uuid)
    letters.countersign(by=lead, at=AT, letter=letter.uuid, secondment=held.uuid)

    covered = selectors.coverage(viewer=DISCIPLINE, programme="zj-ganzi", on=TODAY)
    assert [one.person.name for one in covered.whole] == ["甲一"]
    assert [one.person.name for one in covered.waiting] == ["乙二"]
    assert [one.person.name for one in covered.missing] == ["丙三"]
    share = figures()["conduct.letters"].value
    assert (share.part.number, share.whole.number) == (1, 3)
    assert third is not None


def test_nobody_signs_twice_or_beside_themselves(team):
    first, held = team[0]
    letter = a_letter()
    letters.sign_letter(by=first, at=AT, letter=letter.uuid)

    with pytest.raises(Conflict, match="已经签过"):
        letters.sign_letter(by=first, at=AT, letter=letter.uuid)
    with pytest.raises(NotAllowed, match="由上一级来签"):
        letters.countersign(by=may_also(first, "work_group_lead"), at=AT, letter=letter.uuid, secondment=held.uuid)
    with pytest.raises(NotVisible):
        letters.countersign(by=GROUP_LEAD, at=AT, letter=letter.uuid, secondment=team[1][1].uuid)
    letters.countersign(by=GROUP_LEAD, at=AT, letter=letter.uuid, secondment=held.uuid)
    with pytest.raises(Conflict, match="已经签完"):
        letters.countersign(by=GROUP_LEAD, at=AT, letter=letter.uuid, secondment=held.uuid)
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.update(countersigned_by=first.ref)


def test_a_letter_that_people_sign_does_not_change(team):
    a_letter()
    with pytest.raises(Conflict, match="签过的文字不能再改"):
        a_letter()
    with pytest.raises(BadInput, match="年份要在"):
        a_letter(1999)
    with pytest.raises(NotAllowed):
        letters.set_letter(by=OFFICE, at=AT, programme="zj-ganzi", year=2025, text="守纪律。", source="示例")


def test_a_declaration_is_read_by_two_and_the_person_sees_who(team):
    me, held = team[0]
    made = letters.declare(by=me, at=AT, kind=MatterKind.ABROAD, happened_on=TODAY, words="女儿出国读书")

    assert waiting_for(DISCIPLINE, "conduct.integrity") == [f"/integrity/declarations/{made.uuid}/"]
    for other in (team[1][0], OFFICE, DEPUTY, AUDITOR, KEEPER, GROUP_LEAD):
        with pytest.raises(NotVisible):
            letters.open_declaration(by=other, at=AT, declaration=made.uuid)
    assert not Opening.objects.exists()
    letters.open_declaration(by=me, at=AT, declaration=made.uuid)
    assert not Opening.objects.exists()
    letters.open_declaration(by=DISCIPLINE, at=AT, declaration=made.uuid)
    assert list(Opening.objects.values_list("person", "by")) == [(held.person.pk, DISCIPLINE.ref)]
    assert waiting_for(DISCIPLINE, "conduct.integrity") == []
    assert "女儿" not in "".join(f"{one.changes}{one.because}" for one in AuditRow.objects.all())


def test_who_has_not_declared_is_named_and_nothing_is_a_declaration(team):
    letters.declare(by=team[0][0], at=AT, kind=MatterKind.NOTHING)
    missing = selectors.list_undeclared(viewer=DISCIPLINE, programme="zj-ganzi", on=TODAY)
    assert [one.person.name for one in missing] == ["乙二", "丙三"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": MatterKind.NOTHING, "words": "有事"}, "kind"),
        ({"words": " "}, "words"),
        ({"words": "长" * 1001}, "words"),
        ({"happened_on": None}, "happened_on"),
        ({"happened_on": TODAY + timedelta(days=1)}, "happened_on"),
    ],
    ids=str,
)
def test_what_cannot_be_declared(team, given, field):
    whole = {"kind": MatterKind.FAMILY, "happened_on": TODAY, "words": "结婚", **given}
    with pytest.raises(BadInput) as refused:
        letters.declare(by=team[0][0], at=AT, **whole)
    assert refused.value.field == field
    assert not Declaration.objects.exists()


def test_what_was_declared_is_erased_three_years_after_the_secondment(team):
    me, held = team[0]
    letters.declare(by=me, at=AT, kind=MatterKind.FAMILY, happened_on=TODAY, words="结婚")
    declared = registries.personal_data.get("conduct.Declaration")
    end = AT.replace(year=held.until.year + 3, month=held.until.month, day=held.until.day)

    assert declared.erase(by=ERASER, at=end - timedelta(days=1)) == 0
    assert declared.erase(by=ERASER, at=end) == 1
    one = Declaration.objects.get()
    assert (one.words, one.happened_on) == ("", None)
    assert declared.erase(by=ERASER, at=end) == 0


def test_no_trip_begins_without_teaching(team):
    trip = a_trip(team[0][1], team[1][1])
    page = f"/integrity/trips/{trip.uuid}/"
    assert page in waiting_for(DISCIPLINE, "conduct.integrity")
    assert page not in waiting_for(team[0][0], "conduct.integrity")
    with pytest.raises(Refused, match="还没有行前教育：乙二、甲一"):
        trips.begin_trip(by=DISCIPLINE, at=AT, trip=trip.uuid)
    # Nobody teaches themselves.
    trips.teach(by=may_also(team[0][0], "work_group_lead"), at=AT, trip=trip.uuid, about="八项规定", on=TODAY)
    with pytest.raises(Refused, match="还没有行前教育：甲一。"):
        trips.begin_trip(by=DISCIPLINE, at=AT, trip=trip.uuid)
    trips.teach(by=DISCIPLINE, at=AT, trip=trip.uuid, about="八项规定", on=TODAY)
    # Who joins later was not there.
    everybody = [held.uuid for _by, held in team]
    trips.set_members(by=DISCIPLINE, at=AT, trip=trip.uuid, members=everybody)
    with pytest.raises(Refused, match="还没有行前教育：丙三。"):
        trips.begin_trip(by=DISCIPLINE, at=AT, trip=trip.uuid)
    trips.set_members(by=DISCIPLINE, at=AT, trip=trip.uuid, members=everybody[:2])
    assert trips.begin_trip(by=DISCIPLINE, at=AT, trip=trip.uuid).state == "begun"

    late = AT + timedelta(days=7)
    assert waiting_for(team[0][0], "conduct.integrity", at=late) == [page]
    with pytest.raises(NotVisible):
        trips.end_trip(by=team[2][0], at=late, trip=trip.uuid)
    assert trips.end_trip(by=team[0][0], at=late, trip=trip.uuid).ended_on == date(2026, 11, 29)


def test_a_trip_begins_on_its_day_and_moves_on_once(team):
    trip = a_trip(team[0][1], since=TODAY + timedelta(days=1))
    trips.teach(by=DISCIPLINE, at=AT, trip=trip.uuid, about="八项规定", on=TODAY)
    with pytest.raises(Conflict, match="还没有到出发的日子"):
        trips.begin_trip(by=DISCIPLINE, at=AT, trip=trip.uuid)
    with pytest.raises(Conflict, match="现在是“待出发”"):
        trips.end_trip(by=DISCIPLINE, at=AT, trip=trip.uuid)
    with pytest.raises(Conflict, match="没有要由您教育的人"):
        trips.teach(by=DISCIPLINE, at=AT, trip=trip.uuid, about="再讲", on=TODAY)
    trips.cancel_trip(by=DISCIPLINE, at=AT, trip=trip.uuid)
    with pytest.raises(Conflict, match="现在是“已取消出行”"):
        trips.begin_trip(by=DISCIPLINE, at=AT + timedelta(days=2), trip=trip.uuid)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"until": TODAY}, "until"),
        ({"title": ""}, "title"),
        ({"since": date(2030, 1, 1), "until": date(2030, 2, 1)}, "members"),
    ],
    ids=str,
)
def test_what_cannot_be_planned(team, given, field):
    with pytest.raises(BadInput) as refused:
        a_trip(team[0][1], **given)
    assert refused.value.field == field
    with pytest.raises(NotAllowed):
        trips.plan_trip(
            by=team[0][0], at=AT, programme="zj-ganzi", title="去", destination="去", since=TODAY,
            until=TODAY + timedelta(days=1), members=[team[0][1].uuid],
        )  # fmt: skip


def test_days_without_count_from_what_was_confirmed_and_by_whom(team, programme):
    me, held = team[0]
    start = (TODAY - programme.starts_on).days
    assert figures()["conduct.days_without"].value.number == start
    case = a_case(me, team[1][1])
    assert figures()["conduct.days_without"].value.number == start

    with pytest.raises(NotVisible):
        cases.inquire(by=may_also(team[1][0], "discipline_officer"), at=AT, case=case.uuid)
    with pytest.raises(NotAllowed, match="由别人了解"):
        cases.inquire(by=may_also(me, "discipline_officer"), at=AT, case=case.uuid)
    cases.inquire(by=DISCIPLINE, at=AT, case=case.uuid)
    cases.find(by=DISCIPLINE, at=AT, case=case.uuid, confirmed=True, finding="车速过快")

    assert figures()["conduct.days_without"].value.number == 7
    # As of a day before the finding nobody knew.
    before = figures(on=TODAY - timedelta(days=1))["conduct.days_without"]
    assert before.value.number == start - 1
    with pytest.raises(Conflict, match="现在是“属实”"):
        cases.find(by=DISCIPLINE, at=AT, case=case.uuid, confirmed=False, finding="没有")
    for viewer in (me, OFFICE, DEPUTY, KEEPER):
        with pytest.raises(NotVisible):
            selectors.get_case(viewer=viewer, uuid=case.uuid)
    assert held is not None


def test_what_is_unfounded_is_no_incident(team, programme):
    case = a_case(team[0][0])
    cases.inquire(by=DISCIPLINE, at=AT, case=case.uuid)
    cases.find(by=DISCIPLINE, at=AT, case=case.uuid, confirmed=False, finding="没有这回事")
    assert figures()["conduct.days_without"].value.number == (TODAY - programme.starts_on).days


def test_somebody_is_erased_while_their_case_is_open(team):
    held = team[1][1]
    case = a_case(team[0][0], held)
    erase_person(by=OFFICE, at=AT, uuid=held.person.uuid, because="本人要求")
    # It still concerns the account, which does not come to decide it.
    with pytest.raises(NotVisible):
        cases.inquire(by=may_also(team[1][0], "discipline_officer"), at=AT, case=case.uuid)
    cases.inquire(by=DISCIPLINE, at=AT, case=case.uuid)
    found = cases.find(by=DISCIPLINE, at=AT, case=case.uuid, confirmed=True, finding="属实")
    assert [one.person.name for one in found.parties.all()] == [""]
    erased = registries.personal_data.get("conduct.CaseFile")
    assert erased.erase(by=ERASER, at=AT.replace(year=2029)) == 1
    one = CaseFile.objects.get()
    assert (one.words, one.finding, one.state, one.parties.get().ref) == ("", "", "confirmed", "")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"happened_on": TODAY + timedelta(days=1)}, "happened_on"),
        ({"words": ""}, "words"),
        ({"place": "999999"}, "place"),
    ],
    ids=str,
)
def test_what_cannot_be_reported(team, given, field):
    with pytest.raises((BadInput, NotVisible)) as refused:
        a_case(team[0][0], **given)
    assert refused.value.field == field
    with pytest.raises(NotAllowed):
        cases.report_case(
            by=AUDITOR, at=AT, programme="zj-ganzi", kind=CaseKind.OTHER, place="513301", happened_on=TODAY, words="事"
        )
