# SPDX-License-Identifier: Apache-2.0
"""An interval of one person in one post: two never meet, it changes at its end, and every day is counted once."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.registers.people.tests.builders import a_person
from shanhai.team.secondments.models import Post, Secondment
from shanhai.team.secondments.rules import gaps
from shanhai.team.secondments.selectors.posts import get_post_page, list_posts
from shanhai.team.secondments.selectors.roster import count_team, get_secondment, list_roster
from shanhai.team.secondments.services import secondments
from shanhai.team.secondments.tests.builders import (
    PERSONNEL,
    SINCE,
    UNTIL,
    a_nomination,
    a_post,
    a_secondment,
    two_counties,
)
from shanhai.team.secondments.values import PostKind, Span
from tests.cast import AT, AUDITOR, KANGDING, STRANGER, actor, waiting_for
from tests.refusals import refused

pytestmark = pytest.mark.django_db
MAY, JULY, SEPTEMBER = date(2026, 5, 1), date(2026, 7, 1), date(2026, 9, 1)


@pytest.fixture(autouse=True)
def programme():
    return two_counties()


def send(post, person, since, until):
    named = a_nomination(post, person)
    return secondments.dispatch(by=PERSONNEL, at=AT, nomination=named.uuid, since=since, until=until)


@pytest.mark.parametrize(
    ("since", "until", "error"),
    [
        (JULY, MAY, (BadInput, "secondments.ends_before_it_starts")),
        (JULY, JULY, (BadInput, "secondments.ends_before_it_starts")),
        (date(2025, 12, 31), JULY, (Refused, "secondments.outside_the_post")),
        (JULY, date(2027, 1, 2), (Refused, "secondments.outside_the_post")),
    ],
    ids=str,
)
def test_days_that_are_none_of_the_post_are_refused(programme, since, until, error):
    with refused(error):
        send(a_post(programme), a_person(), since, until)

    assert not Secondment.objects.exists()


def test_nobody_has_two_full_time_posts_at_once(programme):
    person = a_person()
    a_secondment(a_post(programme), person, until=JULY)
    other = a_post(programme, place="513322", title="带教医生")

    with refused(Conflict, "secondments.person_is_posted"):
        send(other, person, date(2026, 6, 30), UNTIL)
    # The day after is free: an interval ends before its last day's name.
    assert send(a_post(programme, title="顾问"), person, JULY, UNTIL).since == JULY


def test_beside_a_full_time_post_there_may_be_another(programme):
    person = a_person()
    a_secondment(a_post(programme), person)

    beside = send(a_post(programme, title="抗疫志愿者", kind=PostKind.SHORT_TERM, full_time=False), person, MAY, JULY)

    assert not beside.full_time
    assert Secondment.objects.on(MAY).count() == 2


def test_a_post_has_one_holder_at_a_time(programme):
    post = a_post(programme)
    a_secondment(post, until=JULY)

    with refused(Conflict, "secondments.post_is_held"):
        send(post, a_person("乙二"), MAY, UNTIL)


def test_the_database_holds_both_whoever_writes(programme):
    post, other = a_post(programme), a_post(programme, title="护士")
    first, second = a_secondment(post, until=JULY), a_secondment(other, a_person("乙二"), since=JULY)

    for changes in (
        {"person": first.person, "since": MAY},
        {"post": first.post, "since": MAY},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Secondment.objects.filter(pk=second.pk).update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        Secondment.objects.create(
            programme=programme,
            post=other,
            nomination=a_nomination(other, a_person("丙三")),
            person=a_person("丁四"),
            sender=first.sender,
            place="513301",
            kind=PostKind.TECHNICAL,
            full_time=True,
            since=SEPTEMBER,
            until=UNTIL,
        )
    # What does not meet may stand, and a row may be written again as it is.
    Secondment.objects.filter(pk=second.pk).update(person=first.person)
    second.refresh_from_db()
    second.save()
    assert Secondment.objects.filter(person=first.person).count() == 2


def test_who_relieves_begins_on_the_day_on_which_the_other_ends(programme):
    held = a_secondment(a_post(programme))
    named = a_nomination(held.post, a_person("乙二"))

    after = secondments.relieve(
        by=PERSONNEL, at=AT, secondment=held.uuid, nomination=named.uuid, on=SEPTEMBER, until=UNTIL
    )

    held.refresh_from_db()
    assert (held.until, held.ending, after.since, after.relieves_id) == (SEPTEMBER, "relieved", SEPTEMBER, held.pk)
    assert get_post_page(viewer=PERSONNEL, uuid=held.post.uuid).gaps == ()
    assert [len(list_roster(viewer=AUDITOR, programme="zj-ganzi", on=day)) for day in (MAY, SEPTEMBER)] == [1, 1]


def test_relief_is_of_the_same_post_and_within_its_days(programme):
    held = a_secondment(a_post(programme), until=SEPTEMBER)
    elsewhere = a_nomination(a_post(programme, title="护士"), a_person("乙二"))
    named = a_nomination(held.post, a_person("丙三"))

    def relieve(nomination, on, until=UNTIL):
        return secondments.relieve(
            by=PERSONNEL, at=AT, secondment=held.uuid, nomination=nomination.uuid, on=on, until=until
        )

    with refused(Refused, "secondments.other_post"):
        relieve(elsewhere, JULY)
    with refused(Refused, "secondments.relief_outside"):
        relieve(named, SINCE)
    with refused(Refused, "secondments.relief_outside"):
        relieve(named, date(2026, 10, 1))
    held.refresh_from_db()
    assert held.until == SEPTEMBER


def test_longer_only_while_it_runs_and_nobody_comes_after(programme):
    held = a_secondment(a_post(programme))
    longer = date(2027, 4, 1)

    with refused(BadInput, "secondments.reason_missing"):
        secondments.extend(by=PERSONNEL, at=AT, secondment=held.uuid, until=longer, because="")
    with refused(Refused, "secondments.not_longer"):
        secondments.extend(by=PERSONNEL, at=AT, secondment=held.uuid, until=JULY, because="工作需要")
    secondments.extend(by=PERSONNEL, at=AT, secondment=held.uuid, until=longer, because="工作需要")

    assert Secondment.objects.get().until == longer
    # The post is wanted as long.
    assert Post.objects.get().until == longer
    ended = a_secondment(a_post(programme, title="护士"), a_person("乙二"), until=MAY)
    with refused(Conflict, "secondments.secondment_ended"):
        secondments.extend(by=PERSONNEL, at=AT, secondment=ended.uuid, until=longer, because="工作需要")


def test_longer_not_over_who_comes_after(programme):
    post = a_post(programme)
    held = a_secondment(post, until=date(2026, 12, 1))
    send(post, a_person("乙二"), date(2026, 12, 15), UNTIL)

    with refused(Conflict, "secondments.post_is_held"):
        secondments.extend(by=PERSONNEL, at=AT, secondment=held.uuid, until=date(2026, 12, 20), because="工作需要")
    secondments.extend(by=PERSONNEL, at=AT, secondment=held.uuid, until=date(2026, 12, 15), because="工作需要")


def test_early_only_within_and_for_a_reason(programme):
    held = a_secondment(a_post(programme))

    for until in (SINCE, UNTIL):
        with refused(Refused, "secondments.not_early"):
            secondments.end_early(by=PERSONNEL, at=AT, secondment=held.uuid, until=until, because="家中有事")
    secondments.end_early(by=PERSONNEL, at=AT, secondment=held.uuid, until=JULY, because="家中有事")

    page = get_post_page(viewer=PERSONNEL, uuid=held.post.uuid)
    assert [(one.until, one.ending, one.ended_because) for one in page.secondments] == [(JULY, "early", "家中有事")]
    assert page.gaps == (Span(JULY, UNTIL),)
    # The whole year is still asked for: on a day after, the post is vacant.
    assert list(list_posts(viewer=AUDITOR, programme="zj-ganzi", on=SEPTEMBER, vacant=True)) == [held.post]
    assert not list_posts(viewer=AUDITOR, programme="zj-ganzi", on=MAY, vacant=True)


def test_how_it_ends_is_what_was_said_last(programme):
    held = a_secondment(a_post(programme))
    named = a_nomination(held.post, a_person("乙二"))
    act = {"by": PERSONNEL, "at": AT, "secondment": held.uuid}
    secondments.end_early(**act, until=date(2026, 12, 1), because="家中有事")
    secondments.extend(**act, until=UNTIL, because="又留下来")
    assert (Secondment.objects.get().ending, Secondment.objects.get().ended_because) == ("planned", "")
    secondments.relieve(**act, nomination=named.uuid, on=SEPTEMBER, until=UNTIL)

    with refused(Conflict, "secondments.relieved"):
        secondments.end_early(**act, until=JULY, because="家中有事")


def test_nobody_relieves_themselves(programme):
    person = a_person()
    held = a_secondment(a_post(programme), person)
    named = a_nomination(held.post, person)

    with refused(Refused, "secondments.same_person"):
        secondments.relieve(by=PERSONNEL, at=AT, secondment=held.uuid, nomination=named.uuid, on=SEPTEMBER, until=UNTIL)


def test_only_who_manages_dispatches_and_ends(programme):
    held = a_secondment(a_post(programme))

    for by in (KANGDING, AUDITOR):
        with pytest.raises(NotAllowed):
            secondments.end_early(by=by, at=AT, secondment=held.uuid, until=JULY, because="x")
    for by in (STRANGER, actor("county_user", programme="zj-ganzi", place="513322")):
        with pytest.raises(NotVisible):
            get_secondment(viewer=by, uuid=held.uuid)


def test_who_leaves_soon_with_nobody_named_waits_for_the_personnel_officer(programme):
    held = a_secondment(a_post(programme), until=date(2026, 12, 20))
    Post.objects.update(until=date(2027, 6, 1))

    assert waiting_for(PERSONNEL, "secondments.waiting") == [f"/team/secondments/{held.uuid}/"]
    a_nomination(held.post, a_person("乙二"), cleared=False)
    assert waiting_for(PERSONNEL, "secondments.waiting") == []


def span_of(pair):
    begins, days = pair
    return Span(SINCE + timedelta(begins), SINCE + timedelta(begins + days))


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)).map(span_of), max_size=6)


@given(spans=SPANS)
def test_a_day_is_held_or_in_a_gap(spans):
    wanted = Span(SINCE + timedelta(5), SINCE + timedelta(50))

    free = list(gaps(wanted, spans))

    for number in range(70):
        day = SINCE + timedelta(number)
        held = any(one.since <= day < one.until for one in spans)
        inside = wanted.since <= day < wanted.until
        assert sum(one.since <= day < one.until for one in free) == (inside and not held)


def test_the_head_count_of_each_day_is_the_sum_of_the_intervals(programme):
    spans = [(SINCE, JULY), (MAY, SEPTEMBER), (JULY, UNTIL), (SEPTEMBER, UNTIL)]
    for number, (since, until) in enumerate(spans):
        place = "513301" if number % 2 else "513322"
        kind = PostKind.CADRE if number < 2 else PostKind.SCHOOL_TEAM
        post = a_post(programme, title=f"岗位{number}", place=place, kind=kind)
        a_secondment(post, a_person(f"人{number}"), since=since, until=until)

    for day in (SINCE, date(2026, 4, 30), MAY, JULY, SEPTEMBER, date(2026, 12, 31)):
        counted = count_team(viewer=AUDITOR, programme="zj-ganzi", on=day)
        assert sum(number for number, _demo in counted.people.values()) == sum(a <= day < b for a, b in spans), day
        open_posts = sum(number for number, _demo in counted.vacant.values())
        assert open_posts == len(spans) - sum(a <= day < b for a, b in spans), day
        mine = count_team(viewer=KANGDING, programme="zj-ganzi", on=day)
        assert {place for place, _kind in mine.people} <= {"513301"}
