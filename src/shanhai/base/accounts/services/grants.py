# SPDX-License-Identifier: Apache-2.0
"""Roles given and ended."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.accounts import rules
from shanhai.base.accounts.models import RoleGrant, User
from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.roles import ROLES, Administrator
from shanhai.base.accounts.services import guards
from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, NotVisible
from shanhai.kernel.messages import gettext_noop


@transaction.atomic
def grant_role(
    *,
    by: Actor,
    at: datetime,
    user: UUID,
    role: str,
    programme: str = "",
    place: str = "",
    valid_from: date | None = None,
) -> UUID:
    """Let a user hold ``role`` from a day (today when not given) on, in a programme and a place or ("") everywhere.

    Answers the grant's uuid. Raises NotAllowed, NotVisible, Refused, BadInput, Conflict.
    """
    found = guards.lock_managed_user(by=by, at=at, user=user)

    guards.require_other(by=by, at=at, user=found)
    _require_known_role_and_scope(role, programme, place)
    _require_not_held(found, role, programme, place)

    grant = RoleGrant.objects.create(
        user=found, role=role, programme=programme, place=place, valid_from=valid_from or clock.local_date(at)
    )

    changes = {"grant": str(grant.uuid), "role": role, "valid_from": grant.valid_from.isoformat()}
    audit.record(by=by, at=at, action="accounts.role.granted", on=grant.subject(), changes=changes)
    return grant.uuid


@transaction.atomic
def end_grant(*, by: Actor, at: datetime, grant: UUID) -> None:
    """End a grant as of today; one that has not begun never begins. Ending an ended one changes nothing.

    Raises NotAllowed, NotVisible, Refused.
    """
    by.require(Permission.USER_MANAGE)

    found = RoleGrant.objects.select_for_update(of=("self",)).select_related("user").filter(uuid=grant).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这个岗位。请从账号页面重新进入。"), "accounts.grant.not_found")

    today = clock.local_date(at)
    if found.valid_until is not None and found.valid_until <= today:
        return
    if found.role == Administrator.key and found.user.is_active:
        guards.require_administrator_without(by=by, at=at, user=found.user)

    found.valid_until = max(today, found.valid_from)
    found.save(update_fields=["valid_until"])

    changes = {"grant": str(grant), "role": found.role, "valid_until": found.valid_until.isoformat()}
    audit.record(by=by, at=at, action="accounts.role.ended", on=found.subject(), changes=changes)


def _require_known_role_and_scope(role: str, programme: str, place: str) -> None:
    if role not in ROLES:
        raise BadInput(
            gettext_noop("没有“%(role)s”这个岗位。可选：%(known)s。"),
            "accounts.grant.role_unknown",
            role=role,
            known="、".join(ROLES),
        )
    if programme and not rules.is_programme_code(programme):
        raise BadInput(
            gettext_noop("援助项目代码“%(code)s”的写法不对，应如 zj-ganzi。"),
            "accounts.grant.scope_not_accepted",
            code=programme,
        )
    if place and not rules.is_place_code(place):
        raise BadInput(
            gettext_noop("区划代码“%(code)s”的写法不对，应为六位数字，如 513301。"),
            "accounts.grant.scope_not_accepted",
            code=place,
        )
    if role == Administrator.key and (programme or place):
        raise BadInput(
            gettext_noop("系统管理员管全部账号，不能只限于一个援助项目或一个地方。"),
            "accounts.grant.scope_not_accepted",
        )


def _require_not_held(user: User, role: str, programme: str, place: str) -> None:
    if user.grants.filter(role=role, programme=programme, place=place, valid_until=None).exists():
        raise Conflict(gettext_noop("这个账号在这个范围内已经有这个岗位。"), "accounts.grant.already_granted")
