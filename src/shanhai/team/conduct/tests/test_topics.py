# SPDX-License-Identifier: Apache-2.0
"""Each of the nine warned topics finds what it is about, and no more; its limit is set once for a day."""

from datetime import date, timedelta

import pytest

from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, Refused
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.registry import registries
from shanhai.team.conduct.integrity.services import letters, trips
from shanhai.team.conduct.models import Leave
from shanhai.team.conduct.services import set_limit
from shanhai.team.conduct.tests.builders import (
    DESK,
    DISCIPLINE,
    GROUP_LEAD,
    NOON,
    a_car,
    a_case,
    a_given_use,
    a_kind,
    a_leave,
    a_letter,
    a_trip,
    driven,
    somebody,
)  # fmt: skip
from shanhai.team.conduct.topics.rules import TOPICS, TopicKey
from shanhai.team.conduct.topics.selectors import list_topics
from shanhai.team.conduct.values import LimitKey, MatterKind
from shanhai.team.conduct.vehicles import services as vehicles
from shanhai.team.contests.honours.services import decide_honour
from shanhai.team.contests.tests.builders import a_finding, a_kind_of_honour, a_team, an_honour, the_questions
from shanhai.team.secondments.tests.builders import two_counties
from shanhai.team.visits.services.receptions import set_standard
from shanhai.team.visits.states import DelegationState
from shanhai.team.visits.tests.builders import a_cost, a_visit
from shanhai.team.visits.values import Category
from tests.cast import AT, AUDITOR, DEPUTY, OFFICE, a_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def team():
    programme = two_counties()
    return [somebody(programme, name) for name in ("甲一", "乙二")]


def found(key, viewer=DISCIPLINE, at=AT):
    topics = {one.topic.key: one for one in list_topics(viewer=viewer, programme="zj-ganzi", at=at)}
    return [one.label for one in topics[key].findings]


def test_leave_and_days_away(team):
    by, _held = team[0]
    leave = a_leave(by, a_kind(days_a_year=30), TODAY - timedelta(days=7), TODAY - timedelta(days=1))
    assert found(TopicKey.LEAVE) == []
    Leave.objects.filter(pk=leave.pk).update(state="approved")
    assert found(TopicKey.LEAVE) == found(TopicKey.LEAVE, OFFICE) == ["甲一"]
    assert found(TopicKey.TRIPS) == []
    Leave.objects.filter(pk=leave.pk).update(since=TODAY - timedelta(days=12))
    assert found(TopicKey.TRIPS) == ["甲一"]
    set_limit(by=OFFICE, at=AT, programme="zj-ganzi", key=LimitKey.AWAY_DAYS, value=11, source="示例", valid_from=TODAY)
    assert found(TopicKey.TRIPS) == []


def test_cars(team):
    by, _held = team[0]
    car = a_car()
    use = a_given_use(by, car)
    vehicles.hand_out(by=DESK, at=NOON, use=use.uuid, km_out=10_000)
    assert found(TopicKey.VEHICLES, at=NOON) == []
    assert found(TopicKey.VEHICLES, at=NOON + timedelta(hours=9)) == ["甲一 · 泸定县医院"]
    other = driven(a_given_use(by, a_car("川V2")), km=900)
    assert found(TopicKey.VEHICLES, at=NOON) == ["甲一 · 泸定县医院"]
    vehicles.explain_doubts(by=by, at=AT, use=other.uuid, explained="绕路")
    assert found(TopicKey.VEHICLES, at=NOON) == []


def test_letters_and_matters_after_their_month(team):
    letter = a_letter()
    letters.sign_letter(by=team[0][0], at=AT, letter=letter.uuid)
    letters.declare(by=team[1][0], at=AT, kind=MatterKind.NOTHING)
    assert found(TopicKey.LETTERS) == ["乙二", "甲一"]
    assert found(TopicKey.MATTERS) == ["甲一"]
    letters.countersign(by=GROUP_LEAD, at=AT, letter=letter.uuid, secondment=team[0][1].uuid)
    assert found(TopicKey.LETTERS) == ["乙二"]
    for key in (LimitKey.LETTERS_BY_MONTH, LimitKey.MATTERS_BY_MONTH):
        set_limit(by=OFFICE, at=AT, programme="zj-ganzi", key=key, value=11, source="示例", valid_from=TODAY)
    assert found(TopicKey.LETTERS) == found(TopicKey.MATTERS) == []
    # What lies under seal or names who did not sign is not the office's.
    shown = {one.topic.key for one in list_topics(viewer=OFFICE, programme="zj-ganzi", at=AT)}
    assert shown == set(TopicKey) - {TopicKey.LETTERS, TopicKey.MATTERS, TopicKey.SAFETY}
    assert list_topics(viewer=AUDITOR, programme="zj-ganzi", at=AT) == []


def test_teaching_and_incidents(team):
    trip = a_trip(team[0][1])
    a_trip(team[1][1], since=TODAY + timedelta(days=1))
    assert found(TopicKey.TEACHING) == ["甲一 · 三交夏令营"]
    trips.teach(by=DISCIPLINE, at=AT, trip=trip.uuid, about="八项规定", on=TODAY)
    assert found(TopicKey.TEACHING) == []
    trips.begin_trip(by=DISCIPLINE, at=AT, trip=trip.uuid)
    assert found(TopicKey.TRIPS, at=AT + timedelta(days=6)) == ["三交夏令营"]

    a_case(team[0][0])
    assert found(TopicKey.SAFETY, at=AT + timedelta(days=30)) == []
    assert found(TopicKey.SAFETY, at=AT + timedelta(days=30, seconds=1)) == ["2026-11-15"]


def test_thrift_and_checks(team):
    visit = a_visit(state=DelegationState.APPROVED)
    set_standard(
        by=OFFICE, at=AT, programme="zj-ganzi", category=Category.LODGING, a_head_fen=35_000, source="示例",
        valid_from=TODAY,
    )  # fmt: skip
    a_cost(visit, yuan=700)
    assert found(TopicKey.THRIFT) == []
    a_cost(visit, yuan=900, because="只有这一家", receipt="票002")
    assert found(TopicKey.THRIFT) == ["杭州市代表团来访 · 票002"]

    the_questions()
    a_finding(a_team("甲组"), a_user("secondee"))
    assert found(TopicKey.CHECKS) == []
    assert found(TopicKey.CHECKS, at=AT + timedelta(days=1)) == ["甲组 · 问题1"]


def test_whom_a_case_concerns_is_not_honoured_before_discipline_was_asked(team):
    kind = a_kind_of_honour()
    honour = an_honour(kind, team[1][1])
    a_case(team[0][0], team[1][1])
    # Who names hears nothing of it.
    assert an_honour(a_kind_of_honour("优秀队员"), team[1][1]).state == "nominated"
    with pytest.raises(Refused, match="请先问纪检"):
        decide_honour(by=DEPUTY, at=AT, honour=honour.uuid, passed=True)


def test_there_are_nine_and_the_articles_name_four():
    assert [one.key for one in TOPICS] == list(TopicKey)
    assert len(TOPICS) == 9
    assert [one.key for one in TOPICS if one.named] == ["leave", "trips", "vehicles", "thrift"]


def test_a_limit_is_possible_sourced_and_set_once_for_a_day(team):
    given = {"programme": "zj-ganzi", "key": LimitKey.CASE_DAYS, "value": 60, "source": "示例", "valid_from": TODAY}
    set_limit(by=DISCIPLINE, at=AT, **given)
    with pytest.raises(Conflict):
        set_limit(by=OFFICE, at=AT, **given)
    for wrong, field in (({"value": 0}, "value"), ({"value": 366}, "value"), ({"source": " "}, "source")):
        with pytest.raises(BadInput) as refused:
            set_limit(by=OFFICE, at=AT, **{**given, "valid_from": date(2027, 1, 1), **wrong})
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        set_limit(by=DEPUTY, at=AT, **given)


def test_figures_count_what_their_rows_are(team, django_assert_max_num_queries):
    by, _held = team[0]
    leave = a_leave(by, a_kind(), TODAY, TODAY + timedelta(days=3))
    Leave.objects.filter(pk=leave.pk).update(state="approved")
    use = a_given_use(by, a_car())
    vehicles.hand_out(by=DESK, at=AT, use=use.uuid, km_out=10_000)
    family, scope = registries.figures.get("conduct"), FigureScope("zj-ganzi", TODAY)

    with django_assert_max_num_queries(12):
        figures = {one.key: one for one in family.list_figures(viewer=DEPUTY, scope=scope)}
    for key in ("conduct.away", "conduct.cars_out"):
        page = family.list_evidence(viewer=DEPUTY, scope=scope, key=key, part="whole", offset=0, limit=50)
        assert (figures[key].value.number, len(page.rows), page.total.number) == (1, 1, 1)
    assert figures["conduct.letters"].value is None
    assert str(figures["conduct.letters"].gap) == "这一年的责任书还没有发出。"
    # As of the day before nobody was away.
    before = FigureScope("zj-ganzi", TODAY - timedelta(days=1))
    assert family.list_figures(viewer=DEPUTY, scope=before)[0].value.number == 0
    assert family.list_figures(viewer=AUDITOR, scope=scope) == ()
