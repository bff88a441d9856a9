# SPDX-License-Identifier: Apache-2.0
"""A roster that was kept in a table elsewhere comes in whole or not at all, and goes again."""

from dataclasses import replace
from datetime import date

import pytest

from shanhai.base.database.models import NoOverlap
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed
from shanhai.registers.people.models import Person
from shanhai.registers.people.services import erase_person
from shanhai.registers.tables.services import undo_import
from shanhai.team.secondments.models import Post, Secondment
from shanhai.team.secondments.services import roster, secondments
from shanhai.team.secondments.services.roster import import_roster
from shanhai.team.secondments.tests.builders import PERSONNEL, SINCE, UNTIL, a_batch, a_unit, two_counties
from shanhai.team.secondments.values import RosterRow
from tests.cast import AT, AUDITOR, KANGDING, OFFICE
from tests.refusals import refused

pytestmark = pytest.mark.django_db
ROW = RosterRow(2, "甲一", "副县长", "cadre", "泸定县", "泸定县人民政府", "宁波市发展改革委", SINCE, UNTIL)


@pytest.fixture(autouse=True)
def programme():
    programme = two_counties()
    a_batch(programme)
    a_unit("泸定县人民政府", "government"), a_unit("宁波市发展改革委", "government")
    return programme


def take(*rows, by=PERSONNEL, **kw):
    return import_roster(by=by, at=AT, rows=rows, programme="zj-ganzi", **kw)


def test_a_row_is_a_person_a_post_and_a_secondment():
    report = take(ROW, replace(ROW, row=3, name="乙二", title="发改局副局长"))

    assert (report.applied, report.counts) == (True, {"new": 2, "changed": 0, "unchanged": 0})
    found = Secondment.objects.order_by("pk").first()
    assert (found.person.name, found.post.title, found.place, found.nomination) == ("甲一", "副县长", "513322", None)
    assert take(ROW).counts == {"new": 0, "changed": 0, "unchanged": 1}
    assert Secondment.objects.count() == Post.objects.count() == 2


def test_what_stands_otherwise_is_remarked_and_an_erased_name_does_not_come_back():
    take(ROW)
    again = take(replace(ROW, until=date(2026, 12, 1)))
    assert [(one.code, one.blocking) for one in again.problems] == [("secondments.stands_otherwise", False)]
    assert Secondment.objects.get().until == UNTIL

    erase_person(by=OFFICE, at=AT, uuid=Person.objects.get().uuid, because="本人要求")
    erased = take(ROW)
    assert erased.counts["unchanged"] == 1
    assert [one.code for one in erased.problems] == ["secondments.perhaps_erased"]
    assert [one.name for one in Person.objects.all()] == [""]


def test_two_of_one_name_are_told_apart_by_their_unit_and_brackets_are_brackets():
    a_unit("宁波市国资委（本级）", "government")
    take(ROW, replace(ROW, row=3, sender="宁波市国资委(本级)"))

    assert Person.objects.count() == 2


def test_who_comes_twice_is_one_person():
    take(replace(ROW, until=date(2026, 6, 1)), replace(ROW, row=3, title="县长助理", since=date(2026, 6, 1)))

    [person] = Person.objects.all()
    assert (person.valid_from, person.valid_until) == (SINCE, None)
    assert Secondment.objects.count() == 2


def test_who_has_left_is_in_no_duty_any_more():
    take(replace(ROW, until=date(2026, 6, 1)))

    assert Person.objects.get().valid_until == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("facts", "column", "code"),
    [
        ({"place": "杭州市"}, "place", "secondments.not_a_county"),
        ({"place": "甘孜藏族自治州"}, "place", "secondments.not_a_county"),
        ({"receiver": "没有登记的"}, "receiver", "organisations.not_named"),
        ({"until": SINCE}, "until", "secondments.ends_before_it_starts"),
        ({"until": None}, "until", "secondments.cell_empty"),
        ({"until": date(2040, 1, 1)}, "until", "secondments.outside_the_post"),
        ({"sender": ""}, "sender", "secondments.cell_empty"),
        ({"since": date(2022, 1, 1)}, "since", "secondments.no_batch"),
        ({"title": ""}, "title", "secondments.text_not_usable"),
        ({"name": ""}, "name", "secondments.cell_empty"),
        ({"name": "330106199001011234"}, "name", "people.person_not_usable"),
        ({"row": 3, "title": "另一个全职"}, "since", "secondments.person_is_posted"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_row_keeps_the_table_out(facts, column, code):
    report = take(ROW, replace(ROW, **{"row": 3, **facts}))

    assert [(one.row, one.column, one.code) for one in report.problems] == [(3, column, code)]
    assert not report.applied
    assert not Person.objects.exists()
    assert not Post.objects.exists()


def test_a_trial_writes_nothing_and_others_take_nothing_in(monkeypatch):
    assert take(ROW, dry_run=True).counts["new"] == 1
    assert not Secondment.objects.exists()
    for by in (KANGDING, AUDITOR):
        with pytest.raises(NotAllowed):
            take(ROW, by=by)
    monkeypatch.setattr(roster, "MOST_ROWS", 1)
    with pytest.raises(BadInput, match="最多 1 行"):
        take(ROW, replace(ROW, row=3, name="乙二"))


def test_it_is_taken_back_with_its_posts():
    done = take(ROW)

    undo_import(by=PERSONNEL, at=AT, done=done.batch, because="导错了表")

    assert not Secondment.objects.exists()
    assert not Post.objects.exists()
    assert not Person.objects.exists()


def test_what_was_changed_since_is_not_taken_back():
    done = take(ROW)
    held = Secondment.objects.get()
    secondments.extend(by=PERSONNEL, at=AT, secondment=held.uuid, until=date(2027, 2, 1), because="工作需要")

    with refused(Conflict, "tables.import_built_upon"):
        undo_import(by=PERSONNEL, at=AT, done=done.batch, because="导错了表")

    assert Secondment.objects.get().until == date(2027, 2, 1)


def test_the_constraint_is_one_and_is_written_as_it_is():
    [one, _other] = [found for found in Secondment._meta.constraints if isinstance(found, NoOverlap)]
    _path, args, given = one.deconstruct()

    assert NoOverlap(*args, **given) == one
    assert NoOverlap(*args, **given | {"since": "until"}) != one
