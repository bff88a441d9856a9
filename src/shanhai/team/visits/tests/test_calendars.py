# SPDX-License-Identifier: Apache-2.0
"""What we write as iCalendar another's reader reads back: instants, words, places, what has moved and what is off."""

from datetime import UTC, date, timedelta

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from shanhai.team.secondments.tests.builders import two_counties
from shanhai.team.visits.selectors import calendars
from shanhai.team.visits.selectors.calendars import calendar_for, calendar_of
from shanhai.team.visits.services import delegations, meetings, receptions
from shanhai.team.visits.tests.builders import (
    TODAY,
    a_mechanism,
    a_meeting,
    a_stop,
    a_visit,
    an_agreement,
    on,
)  # fmt: skip
from shanhai.team.visits.values import Side, StopFacts
from tests.cast import AT, DEPUTY, OFFICE, a_user, actor_of

SIGNS = st.characters(categories=("L", "N", "P", "S", "Zs"))


@pytest.fixture
def programme(db):
    return two_counties()


def read(content):
    return vobject.readOne(content.decode())


def test_stops_are_read_back_with_their_instants_words_and_places(programme):
    visit = a_visit()
    a_stop(visit, 9, what="看“牦牛”, 项目; 第一段\\第二段", where="康定市，折多塘")
    stop = a_stop(visit, 14)
    content = calendar_of(delegation=visit, at=AT)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    first, second = read(content).vevent_list
    assert first.dtstart.value == on(TODAY, 9)
    assert first.dtend.value == on(TODAY, 11)
    assert first.dtstart.value.utcoffset() == timedelta(0)
    assert first.summary.value == "看“牦牛”, 项目; 第一段\\第二段"
    assert first.location.value == "康定市，折多塘"
    assert second.uid.value == f"{stop.uuid}@shanhai"
    assert (second.sequence.value, second.status.value) == ("0", "CONFIRMED")


def test_what_has_moved_says_so_and_what_is_off_too(programme):
    visit = a_visit()
    stop = a_stop(visit)
    facts = StopFacts(on(TODAY, 15), on(TODAY, 16), "看学校", "康定中学")
    later = AT + timedelta(hours=1)
    delegations.set_stop(by=OFFICE, at=later, delegation=visit.uuid, facts=facts, stop=stop.uuid)
    event = read(calendar_of(delegation=visit, at=AT)).vevent
    assert (event.uid.value, event.sequence.value) == (f"{stop.uuid}@shanhai", "1")
    assert event.last_modified.value == later
    delegations.cancel_delegation(by=OFFICE, at=later, delegation=visit.uuid, because="改期")
    visit.refresh_from_db()
    event = read(calendar_of(delegation=visit, at=AT)).vevent
    assert (event.status.value, event.sequence.value) == ("CANCELLED", "2")


def test_somebody_s_own_calendar_has_their_visits_the_meetings_and_what_is_due(programme):
    user = a_user("secondee", username="随员", programme="zj-ganzi")
    me = actor_of(user)
    mine, other = a_visit(), a_visit(letter_number="二号")
    a_stop(mine, 9, what="我的一段")
    a_stop(other, 9, what="别人的一段")
    given = {"delegation": mine.uuid, "side": Side.HOST, "name": "随员", "user": user.uuid}
    receptions.add_attendee(by=OFFICE, at=AT, **given)
    meeting = a_meeting(a_mechanism(), on(TODAY, 18))
    delegations.approve_delegation(by=DEPUTY, at=AT, delegation=other.uuid)
    delegations.hold_delegation(by=OFFICE, at=AT, delegation=other.uuid)
    due = an_agreement(user, other, due_on=date(2026, 12, 5))

    events = {one.summary.value: one for one in read(calendar_for(viewer=me, at=AT, name="我的")).vevent_list}
    assert set(events) == {"我的一段", "沟通协商", due.words}
    # A whole day.
    assert (events[due.words].dtstart.value, events[due.words].dtend.value) == (date(2026, 12, 5), date(2026, 12, 6))
    meetings.cancel_meeting(by=OFFICE, at=AT, meeting=meeting.uuid, because="改期")
    events = {one.summary.value: one for one in read(calendar_for(viewer=me, at=AT, name="我的")).vevent_list}
    assert events["沟通协商"].status.value == "CANCELLED"
    assert "随员" not in calendar_of(delegation=mine, at=AT).decode()


@settings(max_examples=50)
@given(
    st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=90).map(str.strip).filter(bool)
)
def test_words_of_any_kind_are_read_back(words):
    event = calendars._event("u", words, words, AT, AT + timedelta(hours=1), AT, None, words)
    found = read(calendars._calendar(words, [event])).vevent
    assert (found.summary.value, found.location.value, found.description.value) == (words, words, words)
    assert found.dtstamp.value == AT.astimezone(UTC)
