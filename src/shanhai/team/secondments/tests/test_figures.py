# SPDX-License-Identifier: Apache-2.0
"""The figures of the team: what its rows say, by county and as a whole, for who may see it."""

from dataclasses import replace
from datetime import date

import pytest

from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.registry import registries
from shanhai.registers.people.tests.builders import a_person
from shanhai.team.secondments.models import Secondment
from shanhai.team.secondments.services import teaching
from shanhai.team.secondments.tests.builders import PERSONNEL, SINCE, a_post, a_secondment, two_counties
from shanhai.team.secondments.values import PostKind, TeachingFacts, TeachingKind
from tests.cast import AT, AUDITOR, KANGDING, STRANGER, actor

pytestmark = pytest.mark.django_db
DAY = date(2026, 8, 1)
SCOPE = FigureScope("zj-ganzi", DAY)
# Whoever sees programmes and no team.
NO_TEAM = actor("duty_officer", programme="zj-ganzi")


@pytest.fixture(autouse=True)
def team():
    programme = two_counties()
    first = a_secondment(a_post(programme))
    a_secondment(a_post(programme, kind=PostKind.CADRE, place="513322", title="副县长"), a_person("乙二"))
    a_secondment(a_post(programme, kind=PostKind.SCHOOL_TEAM, title="校长"), a_person("丙三"), until=DAY)
    a_post(programme, title="麻醉医生")
    for kind, title, apprentice in (
        (TeachingKind.APPRENTICE, "骨科", "央一"),
        (TeachingKind.TECHNIQUE, "关节镜", ""),
        (TeachingKind.FIRST, "髋关节置换", ""),
        (TeachingKind.FIRST, "没有确认的", ""),
    ):
        facts = TeachingFacts(kind, title, SINCE, apprentice=apprentice)
        record = teaching.record_teaching(by=PERSONNEL, at=AT, secondment=first.uuid, facts=facts)
        if title != "没有确认的":
            teaching.confirm_teaching(by=KANGDING, at=AT, record=record.uuid)
    return registries.figures.get("team")


def values(figures):
    return {one.key.removeprefix("team."): int(one.value.number) for one in figures}


def test_they_say_what_the_rows_say(team, django_assert_num_queries):
    with django_assert_num_queries(4):
        found = team.list_figures(viewer=AUDITOR, scope=SCOPE)

    # Who left on the day is not here any more, and leaves a post vacant.
    assert values(found) == {
        "people": 2, "medical": 1, "school": 0, "vacant": 2, "apprentices": 1, "techniques": 1, "firsts": 1,
    }  # fmt: skip
    assert values(team.list_figures(viewer=AUDITOR, scope=replace(SCOPE, as_of=date(2026, 7, 31))))["school"] == 1


def test_of_a_county_they_are_what_its_own_page_says(team, django_assert_num_queries):
    with django_assert_num_queries(4):
        shaded = team.list_by_place(viewer=AUDITOR, scope=SCOPE, key="team.people", places=["513301", "513322"])

    for place, figure in shaded.items():
        own = team.list_figures(viewer=AUDITOR, scope=replace(SCOPE, place=place))
        assert figure == next(one for one in own if one.key == "team.people")
    mine = team.list_by_place(viewer=KANGDING, scope=SCOPE, key="team.people", places=["513301", "513322"])
    assert list(mine) == ["513301"]


@pytest.mark.parametrize("key", ["people", "medical", "school", "vacant", "apprentices", "techniques", "firsts"])
def test_each_has_its_rows_as_proof(team, key):
    figures = {one.key: one for one in team.list_figures(viewer=AUDITOR, scope=SCOPE)}
    found = team.list_evidence(viewer=AUDITOR, scope=SCOPE, key=f"team.{key}", part="part", offset=0, limit=20)

    assert found.total == figures[f"team.{key}"].value
    assert found.count == len(found.rows) == found.total.number
    assert all(row.source.url.startswith("/team/") for row in found.rows)


@pytest.mark.parametrize("viewer", [STRANGER, NO_TEAM], ids=lambda one: one.name)
def test_who_sees_no_team_has_no_figure_of_it(team, viewer):
    assert team.list_figures(viewer=viewer, scope=SCOPE) == ()
    assert team.list_by_place(viewer=viewer, scope=SCOPE, key="team.people", places=["513301"]) == {}
    with pytest.raises(NotVisible):
        team.list_evidence(viewer=viewer, scope=SCOPE, key="team.people", part="part", offset=0, limit=1)


def test_what_is_made_up_is_said_to_be(team):
    Secondment.objects.filter(place="513322").update(provenance="demo")

    said = team.list_by_place(viewer=AUDITOR, scope=SCOPE, key="team.people", places=["513301", "513322"])

    assert {place: one.provenance for place, one in said.items()} == {"513301": "", "513322": "demo"}
