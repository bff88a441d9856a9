# SPDX-License-Identifier: Apache-2.0
"""Builders of kinds of leave and of people who ask: keywords, sensible defaults, nothing random."""

from __future__ import annotations

from datetime import date
from typing import Any

from shanhai.base.accounts.models import User
from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.models import Programme
from shanhai.registers.people.tests.builders import a_person
from shanhai.team.conduct.leave.services import leaves, setting
from shanhai.team.conduct.models import Leave, LeaveKind
from shanhai.team.conduct.values import Counts, LeaveFacts, Level
from shanhai.team.secondments.models import Secondment
from shanhai.team.secondments.tests.builders import a_post, a_secondment
from tests.cast import AT, OFFICE, a_user, actor, actor_of

GROUP_LEAD = actor("work_group_lead", programme="zj-ganzi")


def a_kind(name: str = "探亲假", **kw: Any) -> LeaveKind:
    """Ten working days of home leave a year from 2026 on, without a stand-in."""
    given = {
        "programme": "zj-ganzi", "name_en": "Home leave", "counts": Counts.WORKDAYS, "days_a_year": 10,
        "notice_days": 0, "needs_stand_in": False, "source": "示例", "valid_from": date(2026, 1, 1), **kw,
    }  # fmt: skip
    return setting.set_kind(by=OFFICE, at=AT, name=name, **given)


def a_rule(level: Level, from_days: int, *months: int) -> None:
    """Who approves from so many days on."""
    given = {"level": level, "from_days": from_days, "months": months, "source": "示例"}
    setting.set_rule(by=OFFICE, at=AT, programme="zj-ganzi", **given)


def somebody(programme: Programme, name: str = "甲一", *, until: date = date(2027, 6, 1)) -> tuple[Actor, Secondment]:
    """Somebody seconded to Kangding since 2026, who can sign in, and their secondment."""
    user = a_user("secondee", username=name, programme="zj-ganzi")
    person = a_person(name, user=user)
    post = a_post(programme, title=f"{name}的岗位", until=until)
    return actor_of(user), a_secondment(post, person, until=until)


def a_leave(by: Actor, kind: LeaveKind, since: date, until: date, **kw: Any) -> Leave:
    """A leave that somebody asks for."""
    facts = LeaveFacts(kind.uuid, since, until, **{"where": "杭州", **kw})
    return leaves.ask_leave(by=by, at=AT, facts=facts)


def may_also(by: Actor, role: str) -> Actor:
    """The same person with another role in all programmes."""
    return Actor(by.ref, name=by.name, grants={**by.grants, **actor(role).grants})


def pages_with_forms(user: User) -> list[str]:
    """The pages on which somebody who may do everything, and is seconded, finds each form once."""
    programme = Programme.objects.get(code="zj-ganzi")
    kind, until = a_kind(), programme.ends_on
    a_secondment(a_post(programme, title="信息员", until=until), a_person("己六", user=user), until=until)
    other, _held = somebody(programme, "庚七", until=until)
    asked = a_leave(other, kind, date(2026, 11, 30), date(2026, 12, 5))
    return ["/leave/", f"/leave/{asked.uuid}/", "/leave/rules/?programme=zj-ganzi"]
