# SPDX-License-Identifier: Apache-2.0
"""The fixed people of every test. Builders take keywords and have sensible defaults; nothing is random.

Deputy (commander, everywhere), Office, Finance, Lead (work group), Kangding (county user of 513301 in zj-ganzi), who is
on duty for hazards and who leads their consultations in zj-ganzi, Auditor (everywhere), Admin, and Stranger, who holds
no role at all.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from shanhai.base.accounts import selectors
from shanhai.base.accounts.models import RoleGrant, User
from shanhai.base.accounts.roles import ROLES
from shanhai.kernel.actors import Actor, Scope
from shanhai.kernel.registry import registries

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PASSWORD = "only-in-tests-9431"


def actor(role: str | None, *, programme: str | None = None, place: str | None = None, ref: str = "") -> Actor:
    """An actor without a database row, for rules and services."""
    # Sorted: an actor stands in the names of parametrized tests, and every worker must find the same names.
    permissions = sorted(ROLES[role].permissions) if role else []
    return Actor(
        ref=ref or f"user:{role or 'stranger'}",
        name=role or "stranger",
        grants={permission: (Scope(programme, place),) for permission in permissions},
        roles=(role,) if role else (),
    )


DEPUTY = actor("commander")
OFFICE = actor("office")
FINANCE = actor("finance")
# Who holds both offices may import a table with its money.
OFFICE_WHO_POSTS = replace(OFFICE, grants={**OFFICE.grants, **FINANCE.grants}, roles=("office", "finance"))
LEAD = actor("work_group_lead")
KANGDING = actor("county_user", programme="zj-ganzi", place="513301")
DUTY_OFFICER = actor("duty_officer", programme="zj-ganzi")
CONSULTATION_LEAD = actor("consultation_lead", programme="zj-ganzi")
AUDITOR = actor("auditor")
ADMIN = actor("administrator")
STRANGER = actor(None)


def a_user(role: str | None = "commander", *, username: str = "", programme: str = "", place: str = "") -> User:
    """A stored user who can sign in with PASSWORD, holding ``role`` since 2021."""
    user = User(username=username or role or "stranger", display_name=username or role or "stranger", created_at=AT)
    user.set_password(PASSWORD)
    user.save()
    if role:
        RoleGrant.objects.create(user=user, role=role, programme=programme, place=place, valid_from=date(2021, 1, 1))
    return user


def actor_of(user: User) -> Actor:
    """The actor that a stored user is now."""
    return selectors.actor_for(user=user, at=AT)


def waiting_for(viewer: Actor, source: str, *, programme: str = "zj-ganzi", at: datetime = AT) -> list[str]:
    """The addresses of what waits for the viewer in 待办, of one source of the registry, in order."""
    found = registries.todos.get(source)
    assert found is not None, source
    return [todo.url for todo in found.find(viewer=viewer, programme=programme, at=at)]
