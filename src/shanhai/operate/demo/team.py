# SPDX-License-Identifier: Apache-2.0
"""The team of the demo: made-up people; of the volunteers of 2022 as many as were published (27, 68 and 28)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shanhai.base.accounts.values import USER_REF
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
from shanhai.team.conduct.leave.selectors import kinds_in_force
from shanhai.team.conduct.leave.services.leaves import ask_leave
from shanhai.team.conduct.leave.services.setting import set_kind, set_rule
from shanhai.team.conduct.values import Counts, LeaveFacts, Level
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

SAMPLE = "示例，不是真实规定"
KINDS = (
    ("探亲假", "Home leave", Counts.WORKDAYS, 20, 3),
    ("高原轮休", "Altitude rest", Counts.ALL_DAYS, 30, 3),
    ("病假", "Sick leave", Counts.ALL_DAYS, None, 0),
    ("因公外出", "Duty trip", Counts.ALL_DAYS, None, 1),
    ("出县报备", "Leaving the county", Counts.ALL_DAYS, None, 0),
)
ALTITUDES = {
    "513301": 2560, "513322": 1321, "513323": 1860, "513324": 2925, "513325": 2640, "513326": 2980, "513327": 3250,
    "513328": 3394, "513329": 3008, "513330": 3240, "513331": 3050, "513332": 4200, "513333": 3893, "513334": 4014,
    "513335": 2580, "513336": 2880, "513337": 3750, "513338": 2420,
}  # fmt: skip
SINCE = date(2025, 8, 15)
# The batch that is here goes then; whoever loads the demo later finds people here all the same.
LEAVING, LATER = date(2027, 8, 1), date(2029, 1, 1)
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
    until = LEAVING if local_date(at) + timedelta(days=90) < LEAVING else LATER
    rows = [*_cadres(until), *_teams(until), *_volunteers()]
    numbered = [RosterRow(number, **row) for number, row in enumerate(rows, start=2)]
    import_roster(by=by, at=at, rows=numbered, programme=programme, provenance="demo")
    doctor = _ask(by, at, programme, until)
    _teach(by, at, programme)
    _away(doctor, at, programme)


def _government(county: Division) -> str:
    return f"{county.name}人民政府（演示）"


def _cadres(until: date) -> Iterator[dict[str, Any]]:
    for number, county in enumerate(list_counties_of(RECIPIENT).order_by("code"), start=1):
        yield {
            "name": f"演示干部{number:02}", "title": f"{county.name}副县级干部（挂职）", "kind": PostKind.CADRE,
            "place": county.code, "receiver": _government(county), "sender": OFFICE, "since": date(2024, 8, 1),
            "until": until, "altitude_m": ALTITUDES.get(county.code),
        }  # fmt: skip


def _teams(until: date) -> Iterator[dict[str, Any]]:
    for kind, receiver, sender, titles in TEAM:
        for title in titles:
            yield {
                "name": f"演示{title}", "title": title, "kind": kind, "place": KANGDING, "receiver": receiver,
                "sender": sender, "since": SINCE, "until": until, "altitude_m": ALTITUDES[KANGDING],
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


def _ask(by: Actor, at: datetime, programme: str, until: date) -> Actor:
    """A post that a county asks for, one with somebody named, and one whose doctor, who has an account, leaves soon."""
    personnel, county, deputy, doctor = (
        acting(username=one, at=at) for one in ("personnel", "kangding", "deputy", "doctor")
    )
    batch, today = list_batches(viewer=by, programme=programme)[-1], local_date(at)
    units = {one.name: one.uuid for one in list_organisations(viewer=by).filter(name__in=UNITS)}

    def post(title: str, kind: PostKind, receiver: str, since: date, who: Actor = personnel) -> Post:
        facts = PostFacts(
            title,
            kind,
            KANGDING,
            units[receiver],
            since,
            until,
            needs="有高原工作经历的优先。",
            altitude_m=ALTITUDES[KANGDING],
        )
        return ask_post(by=who, at=at, programme=programme, batch=batch.uuid, facts=facts, provenance="demo")

    def named(found: Post, since: date, sender: str, user: UUID | None = None) -> UUID:
        facts = PersonFacts(f"演示{found.title}", found.title, programme, since, KANGDING, units[sender], user)
        person = add_person(by=personnel, at=at, facts=facts, provenance="demo")
        return propose(by=personnel, at=at, post=found.uuid, person=person.uuid, sender=units[sender]).uuid

    post("急诊科医生", PostKind.MEDICAL_TEAM, COUNTY_HOSPITAL, today, county)
    named(post("语文教师", PostKind.SCHOOL_TEAM, COUNTY_SCHOOL, today), today, SCHOOL)
    user = UUID(doctor.ref.removeprefix(USER_REF))
    surgeon = named(post("骨科医生", PostKind.MEDICAL_TEAM, COUNTY_HOSPITAL, SINCE), SINCE, HOSPITAL, user)
    for one in Check:
        check(by=deputy, at=at, nomination=surgeon, check=one, passed=True)
    leaves = today + timedelta(days=40)
    dispatch(by=personnel, at=at, nomination=surgeon, since=SINCE, until=leaves, provenance="demo")
    return doctor


def _away(doctor: Actor, at: datetime, programme: str) -> None:
    """Sample rules of leave, and a leave that waits for the lead of the group."""
    office, today = acting(username="office", at=at), local_date(at)
    scope: dict[str, Any] = {"by": office, "at": at, "programme": programme}
    for name, name_en, counts, days, notice in KINDS:
        set_kind(
            **scope, name=name, name_en=name_en, counts=counts, days_a_year=days, notice_days=notice,
            needs_stand_in=False, source=SAMPLE, valid_from=date(2021, 1, 1),
        )  # fmt: skip
    set_rule(**scope, level=Level.OFFICE, from_days=3, months=(), source=SAMPLE)
    set_rule(**scope, level=Level.COMMAND, from_days=10, months=(7, 8), source=SAMPLE)
    rest = next(one for one in kinds_in_force(programme=programme, on=today) if one.name == KINDS[1][0])
    # The Monday after next: every kind has its days of notice.
    since = today + timedelta(days=14 - today.weekday())
    facts = LeaveFacts(rest.uuid, since, since + timedelta(days=5), "杭州", reason="家事", altitude_m=10)
    ask_leave(by=doctor, at=at, facts=facts, provenance="demo")
