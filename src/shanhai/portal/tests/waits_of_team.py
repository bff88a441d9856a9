# SPDX-License-Identifier: Apache-2.0
"""What stands in each state of the team that can be left, for the test that somebody is told of it."""

from collections.abc import Callable
from datetime import date, timedelta

from shanhai.team.conduct.integrity.services import cases, trips
from shanhai.team.conduct.tests.builders import (
    DESK,
    DISCIPLINE,
    a_car,
    a_given_use,
    a_kind,
    a_leave,
    a_trip,
    a_use,
    somebody,
)  # fmt: skip
from shanhai.team.conduct.tests.builders import a_case as a_case_file
from shanhai.team.conduct.vehicles.services import hand_out
from shanhai.team.contests.honours.services import decide_honour
from shanhai.team.contests.inspections.services import claim_mended
from shanhai.team.contests.models import Finding, Honour, Round
from shanhai.team.contests.rounds.services.rounds import close_round
from shanhai.team.contests.rounds.services.votes import raise_appeal
from shanhai.team.contests.tests.builders import (
    a_finding,
    a_judge,
    a_kind_of_honour,
    a_round,
    a_team,
    an_honour,
    the_criteria,
    the_questions,
)  # fmt: skip
from shanhai.team.secondments.services.teaching import record_teaching
from shanhai.team.secondments.tests.builders import PERSONNEL, a_nomination, a_post, a_secondment, two_counties
from shanhai.team.secondments.values import TeachingFacts, TeachingKind
from shanhai.team.visits.models import Agreement, Delegation
from shanhai.team.visits.services.agreements import claim_done
from shanhai.team.visits.states import DelegationState
from shanhai.team.visits.tests.builders import a_visit, an_agreement
from tests.cast import AT, DEPUTY, KANGDING, OFFICE, a_user, actor, actor_of

Waits = Callable[..., str]


def wanted(folder):
    """A post that a county has asked for."""
    return f"/team/posts/{a_post(two_counties(), by=KANGDING).uuid}/"


def named(*, cleared) -> Waits:
    """Somebody who is named for a post."""
    return lambda folder: f"/team/posts/{a_nomination(a_post(two_counties()), cleared=cleared).post.uuid}/"


def taught(folder):
    """Something taught that the county has not confirmed."""
    held = a_secondment(a_post(two_counties()))
    facts = TeachingFacts(TeachingKind.TECHNIQUE, "关节镜手术", held.since)
    record_teaching(by=PERSONNEL, at=AT, secondment=held.uuid, facts=facts)
    return f"/team/secondments/{held.uuid}/"


def away(folder):
    """A leave that nobody has decided about."""
    by, _held = somebody(two_counties())
    return f"/leave/{a_leave(by, a_kind(), date(2026, 11, 30), date(2026, 12, 5)).uuid}/"


def asked_car(folder):
    """A car that somebody asks for."""
    by, _held = somebody(two_counties())
    return f"/vehicles/uses/{a_use(by).uuid}/"


def given_car(folder):
    """A car that leaves soon."""
    by, _held = somebody(two_counties())
    return f"/vehicles/uses/{a_given_use(by, a_car(), since=AT + timedelta(hours=1), because='急').uuid}/"


def late_car(folder):
    """A car that ought to be back."""
    by, _held = somebody(two_counties())
    earlier = AT - timedelta(days=2)
    use = a_given_use(by, a_car(), since=earlier, at=earlier, because="急")
    hand_out(by=DESK, at=earlier, use=use.uuid, km_out=10_000)
    return f"/vehicles/uses/{use.uuid}/"


def travelling(*, taught: bool) -> Waits:
    """An exchange trip whose first day, or last one, is over."""

    def made(folder):
        trip = a_trip(somebody(two_counties())[1], since=date(2026, 11, 10), until=date(2026, 11, 15))
        if taught:
            trips.teach(by=DISCIPLINE, at=AT, trip=trip.uuid, about="纪律", on=date(2026, 11, 9))
            trips.begin_trip(by=DISCIPLINE, at=AT, trip=trip.uuid)
        return f"/integrity/trips/{trip.uuid}/"

    return made


def reported_case(*, inquired: bool) -> Waits:
    """An incident without a finding."""

    def made(folder):
        case = a_case_file(somebody(two_counties())[0])
        if inquired:
            cases.inquire(by=DISCIPLINE, at=AT, case=case.uuid)
        return f"/integrity/cases/{case.uuid}/"

    return made


def judged_round(folder):
    """A round whose first day has come."""
    two_counties()
    the_criteria()
    return f"/contests/{a_round([a_team('甲组'), a_team('乙组')], [a_judge('评委')], opened=False).uuid}/"


def rated_round(*, closed: bool) -> Waits:
    """A round whose days are over: to be closed, or to be frozen."""

    def made(folder):
        two_counties()
        the_criteria()
        days = {"opens_on": date(2026, 11, 1), "closes_on": date(2026, 11, 22)}
        found = a_round([a_team("甲组"), a_team("乙组")], [a_judge("评委")], **days)
        Round.objects.filter(pk=found.pk).update(closes_on=date(2026, 11, 21))
        if closed:
            close_round(by=OFFICE, at=AT, round_=found.uuid)
        return f"/contests/{found.uuid}/"

    return made


def appealed(folder):
    """An appeal that nobody has answered."""
    two_counties()
    the_criteria()
    member = actor("secondee", ref="user:member")
    team = a_team("甲组", member)
    found = a_round([team, a_team("乙组")], [a_judge("评委")])
    Round.objects.filter(pk=found.pk).update(state="closed")
    given = {"round_": found.uuid, "team": found.entries.get(group=team).uuid, "criterion": 1, "words": "少算"}
    return f"/contests/appeals/{raise_appeal(by=member, at=AT, **given).uuid}/"


def found_wrong(*, given: bool, mended: bool = False) -> Waits:
    """What an inspection found: nobody's yet, somebody's, said to be mended."""

    def made(folder):
        two_counties()
        the_questions()
        owner = a_user(username="责任人")
        finding = a_finding(a_team("甲组"), owner if given else None)
        if given and not mended:
            Finding.objects.filter(pk=finding.pk).update(owner=OFFICE.ref)
        if mended:
            claim_mended(by=actor_of(owner), at=AT, finding=finding.uuid, proof="照片")
        return f"/inspections/findings/{finding.uuid}/"

    return made


def named_for_an_honour(*, noticed: bool) -> Waits:
    """An honour that nobody has decided on, or whose notice is over."""

    def made(folder):
        held = a_secondment(a_post(two_counties()))
        honour = an_honour(a_kind_of_honour(), held)
        if noticed:
            decide_honour(by=DEPUTY, at=AT, honour=honour.uuid, passed=True)
            Honour.objects.update(notice_until=date(2026, 11, 22))
        return f"/honours/{honour.uuid}/"

    return made


def visiting(state: str) -> Waits:
    """A visit in the state; one that was approved is over."""

    def made(folder):
        two_counties()
        visit = a_visit(state=DelegationState(state))
        if state == "approved":
            Delegation.objects.update(since=date(2026, 11, 1), until=date(2026, 11, 3))
        return f"/visits/{visit.uuid}/"

    return made


def agreed(*, done: bool) -> Waits:
    """What was agreed: to be done by the office, or done by somebody and to be confirmed."""

    def made(folder):
        two_counties()
        owner = a_user("secondee", username="负责人")
        one = an_agreement(owner)
        if done:
            claim_done(by=actor_of(owner), at=AT, agreement=one.uuid, proof="照片")
        else:
            Agreement.objects.update(owner=OFFICE.ref)
        return f"/visits/agreements/{one.uuid}/"

    return made
