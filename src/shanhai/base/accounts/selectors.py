# SPDX-License-Identifier: Apache-2.0
"""Reading users, and making the actor that everything else is asked with."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from shanhai.base.accounts.models import User
from shanhai.base.accounts.roles import ROLES
from shanhai.kernel import clock
from shanhai.kernel.actors import NOBODY, Actor, Scope


class Request(HttpRequest):
    """A request as every view gets it: with the one instant it happens at, and who asks."""

    at: datetime
    viewer: Actor


def actor_for(*, user: User | AnonymousUser | None, at: datetime) -> Actor:
    """The actor for a signed-in user, with the grants in force on that day; NOBODY for none or an inactive one."""
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    scopes: dict[str, list[Scope]] = defaultdict(list)
    roles = []
    for grant in user.grants.in_force(clock.local_date(at)).order_by("pk"):
        roles.append(grant.role)
        scope = Scope(grant.programme or None, grant.place or None)
        for permission in ROLES[grant.role].permissions:
            scopes[permission.value].append(scope)
    return Actor(
        ref=f"user:{user.uuid}",
        name=user.display_name,
        grants={permission: tuple(found) for permission, found in scopes.items()},
        roles=tuple(roles),
    )
