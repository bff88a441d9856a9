# SPDX-License-Identifier: Apache-2.0
"""Builders of rounds with teams and judges, of inspections and honours: keywords, sensible defaults."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from shanhai.base.accounts.models import User
from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.models import Programme, WorkGroup
from shanhai.planning.programmes.tests.builders import a_group
from shanhai.registers.people.tests.builders import a_person
from shanhai.team.contests.honours import services as honours
from shanhai.team.contests.inspections import services as inspections
from shanhai.team.contests.models import Entry, Finding, Honour, HonourKind, Inspection, Round
from shanhai.team.contests.rounds.services import rounds, votes
from shanhai.team.contests.values import Answer, HonourKindFacts
from shanhai.team.secondments.models import Secondment
from shanhai.team.secondments.tests.builders import a_post, a_secondment
from tests.cast import AT, DEPUTY, OFFICE, a_user, actor, actor_of

TODAY = date(2026, 11, 22)
INSPECTOR = actor("discipline_officer", programme="zj-ganzi")
PERSONNEL = actor("personnel_officer", ref="user:personnel")


def a_judge(name: str) -> Actor:
    """Somebody who can sign in and belongs to no team."""
    return actor_of(a_user("secondee", username=name, programme="zj-ganzi"))


def a_team(name: str, *members: Actor) -> WorkGroup:
    """A work group with these members."""
    return a_group(name=name, members=members)


def the_criteria() -> None:
    """The five that come with the product, since the beginning of the year."""
    rounds.define_sample_criteria(by=OFFICE, at=AT, programme="zj-ganzi", valid_from=date(2026, 1, 1))


def a_round(teams: list[WorkGroup], judges: list[Actor], *, opened: bool = True, **kw: Any) -> Round:
    """A round of this month by the five criteria, open at once unless keywords say otherwise."""
    given = {"title": "季度竞赛", "opens_on": date(2026, 11, 1), "closes_on": date(2026, 11, 30), **kw}
    uuids = [UUID(one.ref.removeprefix("user:")) for one in judges]
    made = rounds.draft_round(
        by=OFFICE, at=AT, programme="zj-ganzi", teams=[one.uuid for one in teams], judges=uuids, **given
    )
    return rounds.open_round(by=OFFICE, at=AT, round_=made.uuid) if opened else made


def entry_of(found: Round, team: WorkGroup) -> Entry:
    """The team in the round."""
    return found.entries.get(group=team)


def voted(found: Round, team: WorkGroup, by: Actor, *scores: int) -> None:
    """A judge's scores for the criteria in their order; one score stands for all five."""
    given = scores if len(scores) > 1 else scores * 5
    entry = entry_of(found, team)
    votes.vote(by=by, at=AT, round_=found.uuid, team=entry.uuid, scores=dict(enumerate(given, start=1)))


def the_questions() -> None:
    """The five that come with the product, since the beginning of the year."""
    inspections.define_sample_questions(by=INSPECTOR, at=AT, programme="zj-ganzi", valid_from=date(2026, 1, 1))


def an_inspection(group: WorkGroup, *wrong: int, by: Actor = INSPECTOR, **kw: Any) -> Inspection:
    """An inspection of a group that finds something at the questions of these positions."""
    answers = {number: (Answer.NO, f"问题{number}") if number in wrong else (Answer.YES, "") for number in range(1, 6)}
    given = {"day": date(2026, 11, 20), "answers": answers, **kw}
    return inspections.record_inspection(by=by, at=AT, programme="zj-ganzi", group=group.uuid, **given)


def a_finding(group: WorkGroup, owner: User | None = None, *, due_on: date = TODAY) -> Finding:
    """A finding, given to a user where one is named."""
    found = an_inspection(group, 1).findings.get()
    if owner is None:
        return found
    return inspections.assign(by=INSPECTOR, at=AT, finding=found.uuid, owner=owner.uuid, due_on=due_on)


def a_kind_of_honour(name: str = "先进个人", **kw: Any) -> HonourKind:
    """Two a year, noticed for five working days, for a person unless keywords say otherwise."""
    given = {
        "name_en": "Outstanding member", "for_group": False, "quota": 2, "notice_days": 5, "source": "示例",
        "valid_from": date(2026, 1, 1), **kw,
    }  # fmt: skip
    facts = HonourKindFacts(name, **given)
    return honours.set_honour_kind(by=DEPUTY, at=AT, programme="zj-ganzi", facts=facts)


def an_honour(
    kind: HonourKind, whose: Secondment | WorkGroup, *, by: Actor = PERSONNEL, at: datetime = AT, **kw: Any
) -> Honour:
    """Somebody named for 2026."""
    given = {"secondment": whose.uuid} if isinstance(whose, Secondment) else {"group": whose.uuid}
    given |= {"programme": "zj-ganzi", "year": 2026, "reason": "带教三人", **kw}
    return honours.nominate(by=by, at=at, kind=kind.uuid, **given)


def pages_with_forms(user: User) -> list[str]:
    """The pages on which somebody who may do everything finds each form once."""
    held = a_secondment(a_post(Programme.objects.get(code="zj-ganzi"), title="会计"), a_person("辛八"))
    the_criteria()
    the_questions()
    me = actor_of(user)
    mine, other = a_team("我的组", me), a_team("别的组", actor("secondee", ref="user:somebody"))
    found = a_round([mine, other], [me, a_judge("评委二")])
    closed = a_round([mine, other], [a_judge("评委三")], title="上季度竞赛")
    voted(closed, mine, actor("secondee", ref=closed.judges.get().ref), 80)
    Round.objects.filter(pk=closed.pk).update(state="closed")
    appeal = votes.raise_appeal(
        by=actor("secondee", ref="user:somebody"), at=AT, round_=closed.uuid, team=entry_of(closed, other).uuid,
        criterion=1, words="少算了一项",
    )  # fmt: skip
    findings = [a_finding(other), a_finding(other, user), a_finding(other, other_user := a_user(username="整改人"))]
    inspections.claim_mended(by=actor_of(other_user), at=AT, finding=findings[2].uuid, proof="照片")
    named = an_honour(a_kind_of_honour(), held)
    noticed = an_honour(a_kind_of_honour("先进集体", for_group=True), other)
    honours.decide_honour(by=DEPUTY, at=AT, honour=noticed.uuid, passed=True)
    return [
        *("/contests/new", "/contests/criteria/", f"/contests/{found.uuid}/", f"/contests/appeals/{appeal.uuid}/"),
        *(f"/contests/{found.uuid}/teams/{entry_of(found, one).uuid}/" for one in (mine, other)),
        *(f"/contests/{closed.uuid}/teams/{entry_of(closed, mine).uuid}/", "/inspections/questions/"),
        *(f"/inspections/findings/{one.uuid}/" for one in findings),
        *("/inspections/new", "/honours/", "/honours/kinds/"),
        *(f"/honours/{one.uuid}/" for one in (named, noticed)),
    ]
