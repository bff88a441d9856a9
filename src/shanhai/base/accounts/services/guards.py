# SPDX-License-Identifier: Apache-2.0
"""What every change of somebody's account must respect. Called inside the transaction of the service that changes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from shanhai.base.accounts import selectors
from shanhai.base.accounts.models import RoleGrant, User
from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.roles import Administrator
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible, Refused
from shanhai.kernel.messages import gettext_noop


def lock_managed_user(*, by: Actor, at: datetime, user: UUID) -> User:
    """The user, locked, for an actor who manages users.

    Raises NotAllowed for any other actor, NotVisible, Refused.
    """
    by.require(Permission.USER_MANAGE)
    found = User.objects.select_for_update().filter(uuid=user).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这个账号。请从账号列表重新进入。"), "accounts.user.not_found")
    if found.erased_at is not None:
        raise Refused(gettext_noop("这个账号的个人信息已经清除，不能再改。需要时请新建账号。"), "accounts.user.erased")
    return found


def require_other(*, by: Actor, at: datetime, user: User) -> None:
    """Raise Refused when ``by`` is the user."""
    if by.ref == selectors.user_ref(user=user.uuid):
        raise Refused(
            gettext_noop("不能改自己的岗位，也不能停用自己的账号。请另一位系统管理员来办。"),
            "accounts.user.own_account",
        )


def require_administrator_without(*, by: Actor, at: datetime, user: User) -> None:
    """Raise Refused unless another active user holds the administrator's role.

    The grants of all administrators are locked first: of two who take each other's role at once, the second waits
    and then sees what the first has done.
    """
    list(RoleGrant.objects.select_for_update().filter(role=Administrator.key, valid_until=None).order_by("pk"))
    administrators = selectors.list_administrators(on=clock.local_date(at))
    if [found.pk for found in administrators] == [user.pk]:
        raise Refused(
            gettext_noop("这是最后一位系统管理员。请先让另一位同事担任系统管理员。"), "accounts.user.last_administrator"
        )
