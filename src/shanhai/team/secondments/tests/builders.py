# SPDX-License-Identifier: Apache-2.0
"""Builders of posts, nominations and secondments: keywords, sensible defaults, nothing random."""

from __future__ import annotations

from datetime import date
from typing import Any

from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.core.services import add_batch
from shanhai.planning.programmes.models import Batch, Programme
from shanhai.planning.programmes.tests.builders import a_division, a_programme
from shanhai.registers.organisations.models import Organisation
from shanhai.registers.organisations.tests.builders import an_organisation
from shanhai.registers.people.models import Person
from shanhai.registers.people.tests.builders import a_person
from shanhai.team.secondments.models import Nomination, Post, Secondment
from shanhai.team.secondments.services import nominations, posts, secondments, teaching
from shanhai.team.secondments.values import Check, PostFacts, PostKind, TeachingFacts, TeachingKind
from tests.cast import AT, KANGDING, OFFICE, actor

PERSONNEL = actor("personnel_officer")
# Who checks has not named.
CHECKER = actor("commander", ref="user:checker")
SINCE, UNTIL = date(2026, 1, 1), date(2027, 1, 1)


def two_counties(**kw: Any) -> Programme:
    """The programme with Kangding and Luding, until 2030."""
    programme = a_programme(**{"ends_on": date(2030, 12, 31), **kw})
    for code in ("513301", "513322"):
        a_division(code)
    return programme


def a_batch(programme: Programme, *, number: int = 4) -> Batch:
    """The batch of 2024 to 2027, made once."""
    found = Batch.objects.filter(programme=programme).order_by("number").first()
    days = {"starts_on": date(2024, 7, 1), "ends_on": date(2027, 6, 30)}
    return found or add_batch(by=OFFICE, at=AT, programme=programme.code, number=number, **days)


def a_unit(name: str, kind: str = "hospital") -> Organisation:
    """The organisation of that name, made once."""
    return Organisation.objects.filter(name=name).first() or an_organisation(name, kind=kind)


def some_facts(**kw: Any) -> PostFacts:
    """A doctor's post at Kangding in 2026."""
    given = {
        "title": "骨科医生",
        "kind": PostKind.MEDICAL_TEAM,
        "place": "513301",
        "receiver": a_unit("康定市人民医院").uuid,
        "since": SINCE,
        "until": UNTIL,
        **kw,
    }
    return PostFacts(**given)


def a_post(programme: Programme, *, by: Actor = PERSONNEL, **kw: Any) -> Post:
    """A post, open at once where the personnel officer asks for it."""
    batch = a_batch(programme)
    return posts.ask_post(by=by, at=AT, programme=programme.code, batch=batch.uuid, facts=some_facts(**kw))


def a_nomination(post: Post, person: Person | None = None, *, cleared: bool = True) -> Nomination:
    """Somebody named for the post, and checked by another unless keywords say otherwise."""
    named = person or a_person()
    sender = a_unit("杭州市第一人民医院")
    found = nominations.propose(by=PERSONNEL, at=AT, post=post.uuid, person=named.uuid, sender=sender.uuid)
    for one in Check if cleared else ():
        nominations.check(by=CHECKER, at=AT, nomination=found.uuid, check=one, passed=True)
    return Nomination.objects.get(pk=found.pk)


def a_secondment(post: Post, person: Person | None = None, *, since: date = SINCE, until: date = UNTIL) -> Secondment:
    """Somebody dispatched to the post, by default for as long as it wants somebody."""
    named = a_nomination(post, person)
    return secondments.dispatch(by=PERSONNEL, at=AT, nomination=named.uuid, since=since, until=until)


def pages_with_forms() -> list[str]:
    """The pages on which somebody who may do everything finds each form once."""
    programme = Programme.objects.get(code="zj-ganzi")
    asked, wanted = a_post(programme, by=KANGDING), a_post(programme, title="护士")
    a_nomination(wanted, a_person("乙二"), cleared=False)
    held = a_secondment(a_post(programme, title="校长"), a_person("丙三"))
    a_nomination(held.post, a_person("丁四"))
    facts = TeachingFacts(TeachingKind.TECHNIQUE, "关节镜手术", SINCE)
    teaching.record_teaching(by=PERSONNEL, at=AT, secondment=held.uuid, facts=facts)
    posts_of = [f"/team/posts/{one.uuid}/" for one in (asked, wanted, held.post)]
    return ["/team/posts/new?programme=zj-ganzi", *posts_of, f"/team/secondments/{held.uuid}/"]
