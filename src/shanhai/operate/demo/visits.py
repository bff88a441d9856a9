# SPDX-License-Identifier: Apache-2.0
"""A visit that was held with what was agreed, one that is planned, the four mechanisms: all made up."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from shanhai.base.accounts.values import USER_REF
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.operate.demo.accounts import acting
from shanhai.registers.organisations.selectors import list_organisations
from shanhai.team.visits.services.agreements import agree_at_meeting, agree_at_visit, claim_done, confirm
from shanhai.team.visits.services.delegations import (
    approve_delegation,
    hold_delegation,
    plan_delegation,
    set_stop,
)
from shanhai.team.visits.services.meetings import minute_meeting, plan_meeting, set_mechanism
from shanhai.team.visits.services.receptions import add_attendee, add_cost, set_standard
from shanhai.team.visits.values import (
    MECHANISMS,
    AgreementFacts,
    Category,
    CostFacts,
    DelegationFacts,
    Direction,
    Side,
    StopFacts,
)

HOST, GUEST = "浙江省对口支援甘孜州指挥部（演示）", "杭州市第一医院（演示）"
KANGDING = "513301"


def load_visits(*, by: Actor, at: datetime, programme: str) -> None:
    """People of a hospital came four months ago; some of ours go next month; mechanisms meet."""
    _came(at, programme)
    _mechanisms(at, programme)


def _came(at: datetime, programme: str) -> None:
    office, deputy, doctor = (acting(username=one, at=at) for one in ("office", "deputy", "doctor"))
    units = {one.name: one.uuid for one in list_organisations(viewer=office).filter(name__in=(HOST, GUEST))}
    then = at - timedelta(days=120)
    day = local_date(then)
    facts = DelegationFacts(
        "杭州医院代表团来访（演示）", Direction.INCOMING, units[GUEST], units[HOST], day, day + timedelta(days=3),
        "看组团式医疗，商定带教", "杭一医函〔演示〕8号", day - timedelta(days=14),
    )  # fmt: skip
    visit = plan_delegation(by=office, at=then, programme=programme, facts=facts, provenance="demo")
    one: dict[str, Any] = {"delegation": visit.uuid, "at": then}
    for hour, what, where in ((9, "看康定市人民医院", "康定市人民医院"), (14, "座谈带教", "指挥部会议室")):
        since = datetime.combine(day, time(hour), clock.SHANGHAI)
        set_stop(by=office, facts=StopFacts(since, since + timedelta(hours=2), what, where, KANGDING), **one)
    approve_delegation(by=deputy, **one)
    for side, name in ((Side.GUEST, "演示客人甲"), (Side.GUEST, "演示客人乙"), (Side.HOST, "演示主人")):
        add_attendee(by=office, side=side, name=name, **one)
    set_standard(
        by=office, at=then, programme=programme, category=Category.LODGING, a_head_fen=33_000,
        source="示例，不是真实标准", valid_from=day,
    )  # fmt: skip
    add_cost(by=office, facts=CostFacts(Category.LODGING, 64_000, 2, "票演001"), **one)
    hold_delegation(by=office, **one)
    owner = UUID(doctor.ref.removeprefix(USER_REF))
    done = AgreementFacts("派麻醉医生来带教半年（演示）", owner, day + timedelta(days=60))
    made = agree_at_visit(by=office, facts=done, provenance="demo", **one)
    claim_done(by=doctor, at=at, agreement=made.uuid, proof="已到岗，见花名册。")
    confirm(by=office, at=at, agreement=made.uuid)
    wanted = AgreementFacts("每季度远程会诊一次，报数（演示）", owner, local_date(at) + timedelta(days=20))
    agree_at_visit(by=office, at=at, delegation=visit.uuid, facts=wanted, provenance="demo")

    next_month = local_date(at) + timedelta(days=30)
    going = DelegationFacts(
        "赴杭州对接产业（演示）", Direction.OUTGOING, units[HOST], units[GUEST], next_month,
        next_month + timedelta(days=4), "对接消费帮扶和产业项目",
    )  # fmt: skip
    plan_delegation(by=office, at=at, programme=programme, facts=going, provenance="demo")


def _mechanisms(at: datetime, programme: str) -> None:
    office, information = (acting(username=one, at=at) for one in ("office", "information"))
    then = at - timedelta(days=400)
    for name, name_en, months in MECHANISMS:
        mechanism = set_mechanism(
            by=office, at=then, programme=programme, name=name, name_en=name_en, months=months, provenance="demo"
        )
        since = at - timedelta(days=40)
        meeting = plan_meeting(
            by=office, at=then, mechanism=mechanism.uuid, since=since, until=since + timedelta(hours=2),
            where="康定", agenda="一、上次议定事项落实情况\n二、下一步（演示）", provenance="demo",
        )  # fmt: skip
        minute_meeting(by=office, at=at, meeting=meeting.uuid, minutes="逐项过了上次的事项，议定见右边（演示）。")
    owner = UUID(information.ref.removeprefix(USER_REF))
    facts = AgreementFacts("把每月进度报给双方（演示）", owner, local_date(at) + timedelta(days=10))
    agree_at_meeting(by=office, at=at, meeting=meeting.uuid, facts=facts, provenance="demo")
