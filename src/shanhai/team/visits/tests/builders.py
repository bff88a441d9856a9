# SPDX-License-Identifier: Apache-2.0
"""Builders of visits, meetings and agreements: keywords, sensible defaults."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from shanhai.base.accounts.models import User
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.team.secondments.tests.builders import a_unit
from shanhai.team.visits.models import Agreement, Delegation, Mechanism, Meeting, Stop
from shanhai.team.visits.services import agreements, delegations, meetings, receptions
from shanhai.team.visits.states import DelegationState
from shanhai.team.visits.values import AgreementFacts, Category, CostFacts, DelegationFacts, Direction, Side, StopFacts
from tests.cast import AT, DEPUTY, OFFICE, a_user, actor, actor_of

TODAY = date(2026, 11, 22)


def on(day: date, hour: int) -> datetime:
    """That hour of a day in Shanghai."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.SHANGHAI)


def a_visit(
    *, state: DelegationState = DelegationState.PLANNED, by: Actor = OFFICE, at: datetime = AT, **kw: Any
) -> Delegation:
    """People of Hangzhou come for three days that begin today, and got as far as the state."""
    given = {
        "title": "杭州市代表团来访", "direction": Direction.INCOMING, "guest": a_unit("杭州市发改委").uuid,
        "host": a_unit("甘孜州发改委").uuid, "since": TODAY, "until": date(2026, 11, 25), "purpose": "看项目",
        "letter_number": "杭发改函〔2026〕12号", "letter_on": date(2026, 11, 1), **kw,
    }  # fmt: skip
    made = delegations.plan_delegation(by=by, at=at, programme="zj-ganzi", facts=DelegationFacts(**given))
    if state is not DelegationState.PLANNED:
        made = delegations.approve_delegation(by=DEPUTY, at=at, delegation=made.uuid)
    if state in (DelegationState.HELD, DelegationState.REPORTED):
        made = delegations.hold_delegation(by=OFFICE, at=at, delegation=made.uuid)
    return made


def a_stop(visit: Delegation, hour: int = 9, *, day: date = TODAY, hours: int = 2, **kw: Any) -> Stop:
    """Two hours at a hospital of Kangding."""
    given = {"what": "看康定市人民医院", "where": "康定市人民医院", "place": "513301", **kw}
    facts = StopFacts(on(day, hour), on(day, hour + hours), **given)
    return delegations.set_stop(by=OFFICE, at=AT, delegation=visit.uuid, facts=facts)


def some_people(visit: Delegation, guests: int = 5, hosts: int = 2) -> None:
    """So many people on the list."""
    for side, many in ((Side.GUEST, guests), (Side.HOST, hosts)):
        for number in range(many):
            given = {"side": side, "name": f"{side}{number}", "title": "处长"}
            receptions.add_attendee(by=OFFICE, at=AT, delegation=visit.uuid, **given)


def a_cost(visit: Delegation, category: str = "lodging", yuan: int = 600, people: int = 2, **kw: Any) -> Any:
    """What a night cost."""
    facts = CostFacts(Category(category), yuan * 100, people, kw.pop("receipt", "票001"), **kw)
    return receptions.add_cost(by=OFFICE, at=AT, delegation=visit.uuid, facts=facts)


def an_agreement(
    owner: User, visit: Delegation | None = None, *, meeting: Meeting | None = None, due_on: date = TODAY
) -> Agreement:
    """Something agreed at a visit that was held, or at a meeting."""
    facts = AgreementFacts("派三名医生", owner.uuid, due_on)
    if meeting is not None:
        return agreements.agree_at_meeting(by=OFFICE, at=AT, meeting=meeting.uuid, facts=facts)
    held = visit or a_visit(state=DelegationState.HELD)
    return agreements.agree_at_visit(by=OFFICE, at=AT, delegation=held.uuid, facts=facts)


def a_mechanism(name: str = "沟通协商", months: int = 6, *, at: datetime = AT) -> Mechanism:
    """A mechanism since today."""
    return meetings.set_mechanism(by=OFFICE, at=at, programme="zj-ganzi", name=name, name_en="Talks", months=months)


def a_meeting(mechanism: Mechanism, since: datetime, *, minuted: bool = False) -> Meeting:
    """Two hours of a meeting."""
    given = {"since": since, "until": since.replace(hour=since.hour + 2), "where": "康定", "agenda": "一、进度"}
    made = meetings.plan_meeting(by=OFFICE, at=AT, mechanism=mechanism.uuid, **given)
    return meetings.minute_meeting(by=OFFICE, at=AT, meeting=made.uuid, minutes="按议题办。") if minuted else made


def pages_with_forms(user: User) -> list[str]:
    """The pages on which somebody who may do everything finds each form once."""
    planned = a_visit(by=actor("office", ref="user:planner"))
    a_stop(planned)
    approved = a_visit(state=DelegationState.APPROVED, letter_number="二号")
    held = a_visit(state=DelegationState.HELD, letter_number="三号")
    other = a_user(username="负责人")
    done = an_agreement(other, held)
    agreements.claim_done(by=actor_of(other), at=AT, agreement=done.uuid, proof="照片")
    mechanism = a_mechanism()
    begun, minuted = a_meeting(mechanism, on(TODAY, 8)), a_meeting(mechanism, on(TODAY, 6), minuted=True)
    return [
        *("/visits/new", "/visits/standards/", "/visits/mechanisms/"),
        *(f"/visits/{one.uuid}/" for one in (planned, approved, held)),
        *(f"/visits/agreements/{one.uuid}/" for one in (done, an_agreement(user, held))),
        *(f"/visits/meetings/{one.uuid}/" for one in (begun, minuted)),
    ]
