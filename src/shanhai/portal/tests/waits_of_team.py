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
from shanhai.team.secondments.services.teaching import record_teaching
from shanhai.team.secondments.tests.builders import PERSONNEL, a_nomination, a_post, a_secondment, two_counties
from shanhai.team.secondments.values import TeachingFacts, TeachingKind
from tests.cast import AT, KANGDING

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
