# SPDX-License-Identifier: Apache-2.0
"""A post: asked for by a county, decided by the office; who is named for it is checked by somebody else."""

from datetime import date

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.planning.programmes.tests.builders import a_division
from shanhai.registers.people.models import Person
from shanhai.registers.people.services import erase_person
from shanhai.registers.people.tests.builders import a_person
from shanhai.team.secondments.models import Nomination, Post
from shanhai.team.secondments.selectors.posts import get_nomination, get_post, get_post_page, list_posts
from shanhai.team.secondments.services import nominations, posts, secondments
from shanhai.team.secondments.states import NOMINATION_MOVES, POST_MOVES, NominationState, PostState
from shanhai.team.secondments.tests.builders import (
    CHECKER,
    PERSONNEL,
    SINCE,
    UNTIL,
    a_batch,
    a_nomination,
    a_post,
    a_secondment,
    a_unit,
    some_facts,
    two_counties,
)
from shanhai.team.secondments.values import Check
from tests.cast import (
    AT,
    AUDITOR,
    DEPUTY,
    FINANCE,
    KANGDING,
    LEAD,
    OFFICE,
    STRANGER,
    a_user,
    actor,
    actor_of,
    waiting_for,
)
from tests.refusals import refused

pytestmark = pytest.mark.django_db
LUDING = actor("county_user", programme="zj-ganzi", place="513322")


@pytest.fixture(autouse=True)
def programme():
    return two_counties()


def test_what_a_county_asks_for_waits_for_the_office(programme):
    post = a_post(programme, by=KANGDING)

    assert post.state == PostState.ASKED
    assert waiting_for(PERSONNEL, "secondments.waiting") == [f"/team/posts/{post.uuid}/"]
    posts.open_post(by=PERSONNEL, at=AT, post=post.uuid)
    assert Post.objects.get().state == PostState.OPEN
    assert waiting_for(PERSONNEL, "secondments.waiting") == []
    acts = AuditRow.objects.filter(action__startswith="secondments.").order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["secondments.post.asked", "secondments.post.opened"]


def test_the_office_says_why_it_sends_nobody(programme):
    post = a_post(programme, by=KANGDING)

    with refused(BadInput, "secondments.reason_missing"):
        posts.decline_post(by=PERSONNEL, at=AT, post=post.uuid, because=" ")
    posts.decline_post(by=PERSONNEL, at=AT, post=post.uuid, because="今年没有骨科医生可派")

    moves = [(move.new, move.because) for move in get_post_page(viewer=KANGDING, uuid=post.uuid).moves]
    assert moves == [("asked", ""), ("declined", "今年没有骨科医生可派")]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": " "}, "title"),
        pytest.param({"title": "长" * 101}, "title", id="a long title"),
        ({"until": SINCE}, "until"),
        ({"until": date(2031, 1, 2)}, "until"),
        ({"since": date(2026, 5, 1), "until": date(2026, 4, 1)}, "until"),
        pytest.param({"needs": "长" * 501}, "needs", id="long needs"),
    ],
    ids=str,
)
def test_what_cannot_be_a_post_is_refused_at_its_field(programme, facts, field):
    with pytest.raises((BadInput, Refused)) as caught:
        a_post(programme, **facts)

    assert caught.value.field == field
    assert not Post.objects.exists()


def test_a_county_of_another_prefecture_has_no_post_here(programme):
    a_division("540602")

    with refused(BadInput, "secondments.not_a_county"):
        a_post(programme, place="540602")


def test_a_county_asks_for_itself_alone_and_sees_its_own(programme):
    mine, other = a_post(programme, by=KANGDING), a_post(programme, place="513322")

    with pytest.raises(NotAllowed):
        a_post(programme, by=KANGDING, place="513322")
    asked = {"programme": programme.code, "on": SINCE}
    assert list(list_posts(viewer=KANGDING, **asked)) == [mine]
    assert set(list_posts(viewer=AUDITOR, **asked)) == {mine, other}
    assert not list_posts(viewer=STRANGER, **asked)
    with pytest.raises(NotVisible):
        get_post(viewer=LUDING, uuid=mine.uuid)
    with pytest.raises(NotAllowed):
        posts.open_post(by=KANGDING, at=AT, post=mine.uuid)


@pytest.mark.parametrize("by", [FINANCE, AUDITOR, LEAD], ids=lambda one: one.name)
def test_others_ask_for_nothing(programme, by):
    with pytest.raises(NotAllowed):
        a_post(programme, by=by)


@pytest.mark.parametrize("old", PostState)
@pytest.mark.parametrize("new", [PostState.OPEN, PostState.DECLINED, PostState.CLOSED])
def test_a_post_moves_as_the_table_says(programme, old, new):
    post = a_post(programme)
    Post.objects.update(state=old)
    acts = {
        PostState.OPEN: lambda: posts.open_post(by=PERSONNEL, at=AT, post=post.uuid),
        PostState.DECLINED: lambda: posts.decline_post(by=PERSONNEL, at=AT, post=post.uuid, because="不派"),
        PostState.CLOSED: lambda: posts.close_post(by=PERSONNEL, at=AT, post=post.uuid, because="不用了"),
    }

    if new in POST_MOVES[old]:
        acts[new]()
    else:
        with refused(Conflict, "states.illegal_move"):
            acts[new]()
    assert Post.objects.get().state == (new if new in POST_MOVES[old] else old)


def test_a_post_is_not_closed_while_somebody_is_in_it(programme):
    held = a_secondment(a_post(programme))

    with refused(Refused, "secondments.post_is_held"):
        posts.close_post(by=PERSONNEL, at=AT, post=held.post.uuid, because="不用了")


def test_a_post_with_somebody_named_is_not_closed_and_a_closed_one_leads_nowhere(programme):
    named = a_nomination(a_post(programme))

    with refused(Refused, "secondments.nominations_going_on"):
        posts.close_post(by=PERSONNEL, at=AT, post=named.post.uuid, because="不用了")
    Post.objects.update(state=PostState.CLOSED)
    with refused(Conflict, "secondments.post_not_open"):
        secondments.dispatch(by=PERSONNEL, at=AT, nomination=named.uuid, since=SINCE, until=UNTIL)


def test_who_is_named_does_not_check_either(programme):
    user = a_user("commander")
    named = a_nomination(a_post(programme), a_person("戊五", user=user), cleared=False)

    with refused(NotAllowed, "secondments.own_nomination"):
        nominations.check(by=actor_of(user), at=AT, nomination=named.uuid, check=Check.FITNESS, passed=True)


def test_who_named_does_not_check(programme):
    named = a_nomination(a_post(programme), cleared=False)
    both = actor("office", ref=PERSONNEL.ref)

    with refused(NotAllowed, "secondments.own_nomination"):
        nominations.check(by=both, at=AT, nomination=named.uuid, check=Check.PAPERS, passed=True)
    with pytest.raises(NotAllowed):
        nominations.check(by=PERSONNEL, at=AT, nomination=named.uuid, check=Check.PAPERS, passed=True)
    assert waiting_for(both, "secondments.waiting") == []
    assert waiting_for(DEPUTY, "secondments.waiting") == [f"/team/posts/{named.post.uuid}/"]


def test_two_times_yes_clears_and_one_no_ends_it(programme):
    post = a_post(programme)
    first = a_nomination(post, cleared=False)
    second = a_nomination(post, a_person("乙二"), cleared=False)

    nominations.check(by=CHECKER, at=AT, nomination=first.uuid, check=Check.PAPERS, passed=True)
    assert Nomination.objects.get(pk=first.pk).state == NominationState.PROPOSED
    with refused(Conflict, "secondments.checked_already"):
        nominations.check(by=CHECKER, at=AT, nomination=first.uuid, check=Check.PAPERS, passed=False)
    nominations.check(by=CHECKER, at=AT, nomination=first.uuid, check=Check.FITNESS, passed=True)
    nominations.check(by=CHECKER, at=AT, nomination=second.uuid, check=Check.FITNESS, passed=False)

    assert Nomination.objects.get(pk=first.pk).state == NominationState.CLEARED
    refusal = Nomination.objects.get(pk=second.pk)
    assert refusal.state == NominationState.REFUSED
    # Why somebody is not fit is nobody's here.
    assert [move.because for move in refusal.moves.order_by("pk")] == ["", ""]


@pytest.mark.parametrize("state", NominationState)
def test_a_nomination_is_taken_back_or_dispatched_as_the_table_says(programme, state):
    named = a_nomination(a_post(programme))
    Nomination.objects.update(state=state)

    for to, act in (
        (
            NominationState.WITHDRAWN,
            lambda: nominations.withdraw(by=PERSONNEL, at=AT, nomination=named.uuid, because="x"),
        ),
        (
            NominationState.DISPATCHED,
            lambda: secondments.dispatch(by=PERSONNEL, at=AT, nomination=named.uuid, since=SINCE, until=UNTIL),
        ),
    ):
        if to not in NOMINATION_MOVES[state]:
            with refused(Conflict, "states.illegal_move"):
                act()
    assert Nomination.objects.get().state == state


def test_somebody_is_named_once_for_an_open_post_of_their_programme(programme):
    post = a_post(programme)
    named = a_nomination(post)
    unit = a_unit("杭州市第一人民医院").uuid

    def propose(person, on=post):
        return nominations.propose(by=PERSONNEL, at=AT, post=on.uuid, person=person.uuid, sender=unit)

    with refused(Conflict, "secondments.named_already"):
        propose(named.person)
    with refused(Refused, "secondments.person_elsewhere"):
        propose(a_person("丙三", programme="zj-nagqu"))
    with refused(Conflict, "secondments.post_not_open"):
        propose(a_person("丁四"), on=a_post(programme, by=KANGDING, title="护士"))


def test_who_is_named_is_known_to_those_who_name_and_check_alone(programme):
    named = a_nomination(a_post(programme))

    for viewer in (PERSONNEL, OFFICE, DEPUTY):
        assert get_nomination(viewer=viewer, uuid=named.uuid) == named
    for viewer in (KANGDING, AUDITOR, LEAD, FINANCE, STRANGER):
        with pytest.raises(NotVisible):
            get_nomination(viewer=viewer, uuid=named.uuid)
    assert get_post_page(viewer=KANGDING, uuid=named.post.uuid).nominations is None


def test_a_person_erased_meanwhile_leaves_a_nomination_that_can_be_taken_back(programme):
    named = a_nomination(a_post(programme))
    erase_person(by=OFFICE, at=AT, uuid=named.person.uuid, because="本人要求")

    with refused(Conflict, "secondments.person_erased"):
        secondments.dispatch(by=PERSONNEL, at=AT, nomination=named.uuid, since=SINCE, until=UNTIL)
    nominations.withdraw(by=PERSONNEL, at=AT, nomination=named.uuid, because="已清除")

    assert Person.objects.get().name == ""
    assert Nomination.objects.get().state == NominationState.WITHDRAWN


def test_the_number_of_a_batch_counts_within_its_programme(programme):
    elsewhere = two_counties(code="zj-changdu", recipient="540300")
    batch = a_batch(elsewhere)

    with pytest.raises(NotVisible):
        posts.ask_post(by=PERSONNEL, at=AT, programme=programme.code, batch=batch.uuid, facts=some_facts())
