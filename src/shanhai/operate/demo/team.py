# SPDX-License-Identifier: Apache-2.0
"""The team of the demo: made-up people; of the volunteers of 2022 as many as were published (27, 68 and 28)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.operate.demo.accounts import acting
from shanhai.planning.programmes.core.selectors.programmes import list_batches
from shanhai.registers.organisations.selectors import list_organisations
from shanhai.registers.organisations.services import import_organisations
from shanhai.registers.organisations.values import OrganisationRow
from shanhai.registers.people.services import add_person
from shanhai.registers.people.values import PersonFacts
from shanhai.registers.places.selectors import list_counties_of
from shanhai.team.secondments.selectors.roster import list_roster
from shanhai.team.secondments.services.nominations import check, propose
from shanhai.team.secondments.services.posts import ask_post
from shanhai.team.secondments.services.roster import import_roster
from shanhai.team.secondments.services.secondments import dispatch
from shanhai.team.secondments.services.teaching import confirm_teaching, record_teaching
from shanhai.team.secondments.values import Check, PostFacts, PostKind, RosterRow, TeachingFacts, TeachingKind

if TYPE_CHECKING:
    from shanhai.registers.places.models import Division
    from shanhai.team.secondments.models import Post

SINCE, UNTIL = date(2025, 8, 15), date(2027, 8, 1)
RECIPIENT, KANGDING, LUDING = "513300", "513301", "513322"
OFFICE, HOSPITAL, SCHOOL = "浙江省对口支援甘孜州指挥部（演示）", "杭州市第一医院（演示）", "杭州市学军路中学（演示）"
COUNTY_HOSPITAL, COUNTY_SCHOOL = "康定市人民医院（演示）", "康定市第二中学（演示）"
RELIEF = "甘孜州抗震救灾指挥部（演示）"
UNITS = {
    OFFICE: "government", HOSPITAL: "hospital", SCHOOL: "school", COUNTY_HOSPITAL: "hospital", COUNTY_SCHOOL: "school",
    RELIEF: "government",
}  # fmt: skip
TEAM = (
    (PostKind.MEDICAL_TEAM, COUNTY_HOSPITAL, HOSPITAL, ("麻醉医生", "儿科医生", "产科医生")),
    (PostKind.SCHOOL_TEAM, COUNTY_SCHOOL, SCHOOL, ("副校长", "物理教师", "数学教师", "信息技术教师")),
    (PostKind.TECHNICAL, COUNTY_HOSPITAL, HOSPITAL, ("信息工程师",)),
)
# Published: 27 cadres and 68 specialists as volunteers of 2022, 28 people in the team of the Luding earthquake.
VOLUNTEERS = (
    ("抗疫志愿者（干部）", "演示干部志愿者", 27, KANGDING, date(2022, 8, 20), date(2022, 10, 1)),
    ("抗疫志愿者（专业技术人才）", "演示专技志愿者", 68, KANGDING, date(2022, 8, 20), date(2022, 10, 1)),
    ("泸定地震抗震救灾工作组", "演示抗震队员", 28, LUDING, date(2022, 9, 5), date(2022, 10, 20)),
)  # fmt: skip


def load_team(*, by: Actor, at: datetime, programme: str) -> None:
    """Everybody who is and was here, one post that a county asks for, one that is vacant, and what was taught."""
    counties = {_government(one): "government" for one in list_counties_of(RECIPIENT)}
    units = [OrganisationRow(name=name, kind=kind) for name, kind in (UNITS | counties).items()]
    import_organisations(by=by, at=at, rows=units, provenance="demo")
    rows = [*_cadres(), *_teams(), *_volunteers()]
    numbered = [RosterRow(number, **row) for number, row in enumerate(rows, start=2)]
    import_roster(by=by, at=at, rows=numbered, programme=programme, provenance="demo")
    _ask(by, at, programme)
    _teach(by, at, programme)


def _government(county: Division) -> str:
    return f"{county.name}人民政府（演示）"


def _cadres() -> Iterator[dict[str, Any]]:
    for number, county in enumerate(list_counties_of(RECIPIENT).order_by("code"), start=1):
        yield {
            "name": f"演示干部{number:02}", "title": f"{county.name}副县级干部（挂职）", "kind": PostKind.CADRE,
            "place": county.code, "receiver": _government(county), "sender": OFFICE, "since": date(2024, 8, 1),
            "until": UNTIL,
        }  # fmt: skip


def _teams() -> Iterator[dict[str, Any]]:
    for kind, receiver, sender, titles in TEAM:
        for title in titles:
            yield {
                "name": f"演示{title}", "title": title, "kind": kind, "place": KANGDING, "receiver": receiver,
                "sender": sender, "since": SINCE, "until": UNTIL,
            }  # fmt: skip


def _volunteers() -> Iterator[dict[str, Any]]:
    for title, name, many, place, since, until in VOLUNTEERS:
        for number in range(1, many + 1):
            yield {
                "name": f"{name}{number:02}", "title": title, "kind": PostKind.SHORT_TERM,
                "place": place, "receiver": RELIEF, "sender": OFFICE, "since": since, "until": until,
                "full_time": False,
            }  # fmt: skip


def _teach(by: Actor, at: datetime, programme: str) -> None:
    county = acting(username="kangding", at=at)
    roster = list_roster(viewer=by, programme=programme, on=local_date(at), kind=PostKind.MEDICAL_TEAM)
    for number, one in enumerate(roster):
        for kind, title, apprentice in (
            (TeachingKind.APPRENTICE, f"跟{one.post.title}学", f"演示徒弟{number + 1}"),
            (TeachingKind.TECHNIQUE, f"{one.post.title}常用新技术", ""),
        ):
            facts = TeachingFacts(kind, title, date(2025, 9, 1), apprentice=apprentice)
            made = record_teaching(by=by, at=at, secondment=one.uuid, facts=facts, provenance="demo")
            # The last one waits for the county.
            if number < len(roster) - 1:
                confirm_teaching(by=county, at=at, record=made.uuid)


def _ask(by: Actor, at: datetime, programme: str) -> None:
    """A post that a county asks for, one with somebody named, and one whose doctor leaves soon."""
    personnel, county, deputy = (acting(username=one, at=at) for one in ("personnel", "kangding", "deputy"))
    batch, today = list_batches(viewer=by, programme=programme)[-1], local_date(at)
    units = {one.name: one.uuid for one in list_organisations(viewer=by).filter(name__in=UNITS)}

    def post(title: str, kind: PostKind, receiver: str, since: date, who: Actor = personnel) -> Post:
        facts = PostFacts(title, kind, KANGDING, units[receiver], since, UNTIL, needs="有高原工作经历的优先。")
        return ask_post(by=who, at=at, programme=programme, batch=batch.uuid, facts=facts, provenance="demo")

    def named(found: Post, since: date, sender: str) -> UUID:
        facts = PersonFacts(f"演示{found.title}", found.title, programme, since, KANGDING, units[sender])
        person = add_person(by=personnel, at=at, facts=facts, provenance="demo")
        return propose(by=personnel, at=at, post=found.uuid, person=person.uuid, sender=units[sender]).uuid

    post("急诊科医生", PostKind.MEDICAL_TEAM, COUNTY_HOSPITAL, today, county)
    named(post("语文教师", PostKind.SCHOOL_TEAM, COUNTY_SCHOOL, today), today, SCHOOL)
    surgeon = named(post("骨科医生", PostKind.MEDICAL_TEAM, COUNTY_HOSPITAL, SINCE), SINCE, HOSPITAL)
    for one in Check:
        check(by=deputy, at=at, nomination=surgeon, check=one, passed=True)
    until = min(today + timedelta(days=40), UNTIL)
    dispatch(by=personnel, at=at, nomination=surgeon, since=SINCE, until=until, provenance="demo")
