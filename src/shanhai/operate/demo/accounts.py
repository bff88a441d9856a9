# SPDX-License-Identifier: Apache-2.0
"""The demo's accounts. Their password is public, so a server that has them refuses to leave this machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.services import users
from shanhai.kernel.actors import Actor

SINCE = date(2021, 1, 1)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Who may try what."""

    username: str
    display_name: str
    role: str
    programme: str = ""
    place: str = ""


ACCOUNTS = (
    DemoAccount("deputy", "副指挥长", "commander"),
    DemoAccount("office", "指挥部办公室", "office"),
    DemoAccount("personnel", "人事干部", "personnel_officer"),
    DemoAccount("doctor", "援派医生", "secondee", programme="zj-ganzi"),
    DemoAccount("dispatcher", "车辆调度员", "vehicle_dispatcher", programme="zj-ganzi"),
    DemoAccount("discipline", "纪检干部", "discipline_officer", programme="zj-ganzi"),
    DemoAccount("keeper", "健康管理员", "health_keeper", programme="zj-ganzi"),
    DemoAccount("finance", "财务", "finance"),
    DemoAccount("information", "信息员", "information_officer"),
    DemoAccount("project", "项目组组长", "work_group_lead", programme="zj-ganzi"),
    DemoAccount("kangding", "康定市联络员", "county_user", programme="zj-ganzi", place="513301"),
    DemoAccount("seni", "色尼区联络员", "county_user", programme="zj-nagqu", place="540602"),
    DemoAccount("engineer", "监测技术员", "station_engineer"),
    DemoAccount("duty", "防灾值班员", "duty_officer"),
    DemoAccount("consult", "会商负责人", "consultation_lead"),
    DemoAccount("approver", "原审批部门", "original_approver"),
    DemoAccount("recorder", "溯源记录员", "trace_recorder", programme="zj-nagqu"),
    DemoAccount("inspector", "溯源监管员", "trace_inspector", programme="zj-nagqu"),
    DemoAccount("auditor", "审计", "auditor"),
    DemoAccount("admin", "系统管理员", "administrator"),
)


def make_accounts(*, by: Actor, at: datetime, bound: bool) -> None:
    """Make the demo accounts whose roles are ``bound`` to a programme, which must be there, or the others."""
    for one in ACCOUNTS:
        if bool(one.programme) != bound:
            continue
        user = users.create_user(by=by, at=at, username=one.username, display_name=one.display_name, is_demo=True)
        users.grant_role(
            by=by,
            at=at,
            user=user.uuid,
            role=one.role,
            programme=one.programme,
            place=one.place,
            everywhere=not bound,
            valid_from=SINCE,
        )


def acting(*, username: str, at: datetime) -> Actor:
    """The actor that a demo account is: what is done in the demo has somebody's name."""
    wanted = next(one for one in ACCOUNTS if one.username == username)
    people = accounts.list_holders(permission=Permission.PROGRAMME_VIEW, programme=wanted.programme, at=at)
    return accounts.actor_of(ref=next(one.ref for one in people if one.name == wanted.display_name), at=at)
