# SPDX-License-Identifier: Apache-2.0
"""Builders of programmes and what belongs to them: keywords, sensible defaults, nothing random."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from shanhai.kernel.actors import Actor
from shanhai.kernel.money import Money
from shanhai.planning.programmes.campaigns.services import campaigns, tasks
from shanhai.planning.programmes.core import services as programmes
from shanhai.planning.programmes.models import (
    Action,
    Campaign,
    FundSource,
    GroupMember,
    Programme,
    Target,
    Task,
    WorkGroup,
    YearlyPlan,
)
from shanhai.planning.programmes.plans.services import plans, targets
from shanhai.planning.programmes.values import SourceAmount
from shanhai.registers.places.models import Division
from tests.cast import AT, LEAD, OFFICE

NAMES = {
    "330000": "浙江省",
    "350000": "福建省",
    "510000": "四川省",
    "513300": "甘孜藏族自治州",
    "513301": "康定市",
    "513322": "泸定县",
    "540000": "西藏自治区",
    "540300": "昌都市",
    "540600": "那曲市",
    "650000": "新疆维吾尔自治区",
    "652900": "阿克苏地区",
}


def a_division(code: str) -> Division:
    """The division of that code with all that it lies in."""
    found = Division.objects.filter(code=code).first()
    if found is not None:
        return found
    if code.endswith("0000"):
        level, parent = "province", None
    elif code.endswith("00"):
        level, parent = "prefecture", a_division(f"{code[:2]}0000")
    else:
        level, parent = "county", a_division(f"{code[:4]}00")
    return Division.objects.create(code=code, name=NAMES.get(code, code), level=level, parent=parent, changed_at=AT)


def a_programme(*, code: str = "zj-ganzi", **kw: Any) -> Programme:
    """Zhejiang → Ganzi, 2021 to 2025, with a five-year plan of 1,000 yuan and the fund source "province"."""
    facts: dict[str, Any] = {
        "name": "浙江省对口支援甘孜州",
        "name_en": "Zhejiang supports Ganzi",
        "supporter": "330000",
        "recipient": "513300",
        "starts_on": date(2021, 1, 1),
        "ends_on": date(2025, 12, 31),
        "five_year_plan": Money.from_yuan(1000),
        **kw,
    }
    a_division(facts["supporter"])
    a_division(facts["recipient"])
    programme = programmes.create_programme(by=OFFICE, at=AT, code=code, **facts)
    a_fund_source(programme=code)
    return programme


def a_fund_source(*, programme: str = "zj-ganzi", code: str = "province", name: str = "省级财政") -> FundSource:
    """A fund source of a programme that is there."""
    return programmes.add_fund_source(by=OFFICE, at=AT, programme=programme, code=code, name=name)


def a_yearly_plan(
    *, programme: str = "zj-ganzi", year: int = 2023, yuan: int = 100, reserve: int = 0, issued_on: date | None = None
) -> YearlyPlan:
    """A year's plan of ``yuan`` from the province; a draft unless ``issued_on`` is given."""
    amounts = [SourceAmount("province", Money.from_yuan(yuan), Money.from_yuan(reserve))] if yuan else []
    plan = plans.make_yearly_plan(by=OFFICE, at=AT, programme=programme, year=year, amounts=amounts)
    if issued_on is not None:
        return plans.issue_yearly_plan(by=OFFICE, at=AT, plan=plan.uuid, issued_on=issued_on)
    return plan


def a_campaign(*, programme: str = "zj-ganzi", year: int = 2022, name: str = "融冰化雪") -> Campaign:
    """A campaign without actions."""
    return campaigns.start_campaign(by=OFFICE, at=AT, programme=programme, year=year, name=name)


def an_action(*, campaign: UUID, name: str = "产业提升行动") -> Action:
    """An action at the end of a campaign."""
    return campaigns.add_action(by=OFFICE, at=AT, campaign=campaign, name=name)


def a_group(*, programme: str = "zj-ganzi", name: str = "产业组", members: tuple[Actor, ...] = (LEAD,)) -> WorkGroup:
    """The work group of that name, made if it is missing; Lead belongs to it."""
    found = WorkGroup.objects.filter(programme__code=programme, name=name).first()
    if found is None:
        found = campaigns.add_group(by=OFFICE, at=AT, programme=programme, name=name)
        GroupMember.objects.bulk_create(GroupMember(group=found, ref=member.ref, since=AT) for member in members)
    return found


def a_task(*, action: UUID, name: str = "牦牛产业集群立项", owner_group: str = "产业组", **kw: Any) -> Task:
    """A task at the end of an action, led by the industry group."""
    campaign = Action.objects.select_related("campaign__programme").get(uuid=action).campaign
    facts: dict[str, Any] = {"due_on": date(campaign.year, 12, 31), **kw}
    programme = campaign.programme.code
    for group in (owner_group, *facts.get("helpers", ())):
        a_group(programme=programme, name=group)
    return tasks.add_task(by=OFFICE, at=AT, action=action, name=name, owner_group=owner_group, **facts)


def a_target(
    *, programme: str = "zj-ganzi", name: str = "培训人次", unit: str = "person_time", amount: int = 1000, **kw: Any
) -> Target:
    """A target of the five-year plan: 1,000 people trained."""
    return targets.set_target(by=OFFICE, at=AT, programme=programme, name=name, unit=unit, amount=Decimal(amount), **kw)
