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
from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop


class OwnAccount(Refused):
    """Somebody would give themselves a role, or shut or erase their own account."""

    code = "accounts.user.own_account"


class LastAdministrator(Refused):
    """Without this user nobody could manage users any more."""

    code = "accounts.user.last_administrator"


class AccountErased(Refused):
    """The personal data of the account has been erased; there is nobody left to change."""

    code = "accounts.user.erased"


def lock_managed_user(*, by: Actor, at: datetime, user: UUID) -> User:
    """The user, locked, for an actor who manages users.

    Raises NotAllowed for any other actor, UserNotVisible, AccountErased.
    """
    by.require(Permission.USER_MANAGE)
    found = User.objects.select_for_update().filter(uuid=user).first()
    if found is None:
        raise selectors.UserNotVisible(gettext_noop("没有找到这个账号。请从账号列表重新进入。"))
    if found.erased_at is not None:
        raise AccountErased(gettext_noop("这个账号的个人信息已经清除，不能再改。需要时请新建账号。"))
    return found


def require_other(*, by: Actor, at: datetime, user: User) -> None:
    """Raise OwnAccount when ``by`` is the user."""
    if by.ref == selectors.user_ref(user=user.uuid):
        raise OwnAccount(gettext_noop("不能改自己的岗位，也不能停用自己的账号。请另一位系统管理员来办。"))


def require_administrator_without(*, by: Actor, at: datetime, user: User) -> None:
    """Raise LastAdministrator unless another active user holds the administrator's role.

    The grants of all administrators are locked first: of two who take each other's role at once, the second waits
    and then sees what the first has done.
    """
    list(RoleGrant.objects.select_for_update().filter(role=Administrator.key, valid_until=None).order_by("pk"))
    administrators = selectors.list_administrators(on=clock.local_date(at))
    if [found.pk for found in administrators] == [user.pk]:
        raise LastAdministrator(gettext_noop("这是最后一位系统管理员。请先让另一位同事担任系统管理员。"))
