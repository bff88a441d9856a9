# SPDX-License-Identifier: Apache-2.0
"""Accounts made, shut, opened again, given a new password, erased; roles given and ended."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from shanhai.base.accounts import rules, selectors
from shanhai.base.accounts.access import checked_display_name, checked_email
from shanhai.base.accounts.models import RoleGrant, User
from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.roles import ROLES, Administrator
from shanhai.base.accounts.services import sessions
from shanhai.base.accounts.values import DEMO_PASSWORD, Digest, NewUser
from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, Faults, NotVisible, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.registry import registries

# How long after an account was shut its personal data stays, so that who signed what can still be answered.
KEEP_AFTER_DEACTIVATION = timedelta(days=730)
UNKNOWN = {
    "programme": gettext_noop("没有登记代码为“%(code)s”的援助项目。请从列表中选。"),
    "place": gettext_noop("没有登记名称或代码为“%(code)s”的行政区划。请从列表中选，如 513301。"),
}
MISSING = {
    "programme": gettext_noop("这个岗位要写明在哪个援助项目；管全部的，请明确选“全部援助项目”。"),
    "place": gettext_noop("这个岗位要写明在哪个县（市）；管全部的，请明确选“全部援助项目”。"),
}
# Without letters and digits that are mistaken for one another when read aloud or copied by hand.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@transaction.atomic
def create_user(
    *,
    by: Actor,
    at: datetime,
    username: str,
    display_name: str = "",
    email: str = "",
    password: str | None = None,
    is_demo: bool = False,
) -> NewUser:
    """Make a user who may sign in, as yet without a role.

    Without ``password`` a random one is made, answered once, and must be changed at the first sign-in. The password of
    a demo account is DEMO_PASSWORD; ValueError for another, which the sign-in page would not show.
    Raises NotAllowed, Conflict, BadInput.
    """
    by.require(Permission.USER_MANAGE)
    if is_demo and password not in (None, DEMO_PASSWORD):
        raise ValueError("demo accounts share the one public password")

    faults, name, shown, address = Faults(), "", "", ""
    with faults.of("username"):
        name = _checked_username(username)
    with faults.of("display_name"):
        shown = checked_display_name(display_name or username)
    with faults.of("email"):
        address = checked_email(email)
    faults.tell()
    user = User(
        username=name,
        display_name=shown,
        email=address,
        is_demo=is_demo,
        must_change_password=password is None and not is_demo,
        created_at=at,
    )
    if is_demo:
        chosen = DEMO_PASSWORD
    elif password is None:
        chosen = _random_password()
    else:
        chosen = _checked_password(password, user)

    if is_demo:
        user.password = _demo_hash()
    else:
        user.set_password(chosen)
    user.save()

    audit.record(
        by=by,
        at=at,
        action="accounts.user.created",
        on=user.subject(),
        changes={"demo": is_demo},
    )
    return NewUser(uuid=user.uuid, username=name, first_password=chosen)


@transaction.atomic
def deactivate_user(*, by: Actor, at: datetime, user: UUID) -> None:
    """Shut an account: its sessions end at once, nobody can sign in with it; its roles stay for when it opens again.

    Shutting a shut account changes nothing. Raises NotAllowed, NotVisible, Refused.
    """
    found = _lock(by, user)

    _require_other(by, found)
    _require_administrator_without(found, at)
    if not found.is_active:
        return

    found.is_active = False
    found.deactivated_at = at
    found.save(update_fields=["is_active", "deactivated_at"])
    ended = sessions.end_all(by=by, at=at, user=found)

    audit.record(by=by, at=at, action="accounts.user.deactivated", on=found.subject(), changes={"sessions": ended})


@transaction.atomic
def reactivate_user(*, by: Actor, at: datetime, user: UUID) -> None:
    """Open a shut account again, with the password and the roles it had. Raises NotAllowed, NotVisible."""
    found = _lock(by, user)

    if found.is_active:
        return

    found.is_active = True
    found.deactivated_at = None
    found.save(update_fields=["is_active", "deactivated_at"])

    audit.record(by=by, at=at, action="accounts.user.reactivated", on=found.subject())


@transaction.atomic
def set_password(*, by: Actor, at: datetime, user: UUID, password: str | None = None) -> str:
    """Give a user a new password and answer it: ``password``, or a random one that must be changed at sign-in.

    All their sessions end. Raises NotAllowed, NotVisible, BadInput.
    """
    found = _lock(by, user)

    chosen = _random_password() if password is None else _checked_password(password, found)

    found.set_password(chosen)
    found.must_change_password = password is None
    found.save(update_fields=["password", "must_change_password"])
    ended = sessions.end_all(by=by, at=at, user=found)

    audit.record(by=by, at=at, action="accounts.user.password_set", on=found.subject(), changes={"sessions": ended})
    return chosen


@transaction.atomic
def remove_second_factors(*, by: Actor, at: datetime, user: UUID) -> None:
    """Take away the one-time codes, passkeys and recovery codes of a user who has lost them; their sessions end.

    Raises NotAllowed, NotVisible, Refused.
    """
    found = _lock(by, user)

    _require_other(by, found)

    removed, _ = Authenticator.objects.filter(user=found).delete()
    ended = sessions.end_all(by=by, at=at, user=found)

    audit.record(
        by=by,
        at=at,
        action="accounts.user.second_factors_removed",
        on=found.subject(),
        changes={"removed": removed, "sessions": ended},
    )


@transaction.atomic
def erase_user(*, by: Actor, at: datetime, user: UUID) -> None:
    """Make an account nobody's: name, e-mail, password, second factors and outside identities go, the roles end.

    The row and its reference in the audit trail stay. Cannot be taken back. Raises NotAllowed,
    NotVisible, Refused.
    """
    found = _lock(by, user)

    _require_other(by, found)
    _require_administrator_without(found, at)

    for grant in found.grants.filter(valid_until=None):
        end_grant(by=by, at=at, grant=grant.uuid)
    for model in (Authenticator, SocialAccount, EmailAddress):
        model.objects.filter(user=found).delete()
    sessions.forget_failures(by=by, at=at, username=found.username)
    sessions.end_all(by=by, at=at, user=found)
    found.username = f"erased-{found.uuid.hex[-12:]}"
    found.display_name = found.email = ""
    found.digest = Digest.OFF.value
    found.is_active = found.must_change_password = False
    found.deactivated_at = found.deactivated_at or at
    found.erased_at, found.last_login = at, None
    found.set_unusable_password()
    found.save()

    audit.record(by=by, at=at, action="accounts.user.erased", on=found.subject())


def erase_due_users(*, by: Actor, at: datetime) -> int:
    """Erase every account that was shut longer ago than KEEP_AFTER_DEACTIVATION; answer how many."""
    by.require(Permission.USER_MANAGE)
    due = User.objects.filter(erased_at=None, deactivated_at__lte=at - KEEP_AFTER_DEACTIVATION).order_by("pk")
    uuids = list(due.values_list("uuid", flat=True))
    for uuid in uuids:
        erase_user(by=by, at=at, user=uuid)
    return len(uuids)


@transaction.atomic
def grant_role(
    *,
    by: Actor,
    at: datetime,
    user: UUID,
    role: str,
    programme: str = "",
    place: str = "",
    everywhere: bool = False,
    valid_from: date | None = None,
) -> UUID:
    """Let a user hold ``role`` from a day (today when not given) on, in a programme and in a place, or all of it ("").

    What the role is bound to must be named; ``everywhere`` stands for all programmes and all places.
    Answers the grant's uuid. Raises NotAllowed, NotVisible, Refused, BadInput, Conflict.
    """
    found = _lock(by, user)

    _require_other(by, found)
    _require_known_role_and_scope(role, {"programme": programme, "place": place}, everywhere)
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
        _require_administrator_without(found.user, at)

    found.valid_until = max(today, found.valid_from)
    found.save(update_fields=["valid_until"])

    changes = {"grant": str(grant), "role": found.role, "valid_until": found.valid_until.isoformat()}
    audit.record(by=by, at=at, action="accounts.role.ended", on=found.subject(), changes=changes)


def _lock(by: Actor, user: UUID) -> User:
    """The user, locked, for who manages users. Raises NotAllowed for any other actor, NotVisible, Refused."""
    by.require(Permission.USER_MANAGE)
    found = User.objects.select_for_update().filter(uuid=user).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这个账号。请从账号列表重新进入。"), "accounts.user.not_found")
    if found.erased_at is not None:
        raise Refused(gettext_noop("这个账号的个人信息已经清除，不能再改。需要时请新建账号。"), "accounts.user.erased")
    return found


def _require_other(by: Actor, user: User) -> None:
    """Raise Refused when ``by`` is the user."""
    if by.ref == user.ref:
        raise Refused(
            gettext_noop("不能改自己的岗位，也不能停用自己的账号。请另一位系统管理员来办。"),
            "accounts.user.own_account",
        )


def _require_administrator_without(user: User, at: datetime) -> None:
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


def _require_known_role_and_scope(role: str, scope: Mapping[str, str], everywhere: bool) -> None:
    if role not in ROLES:
        raise BadInput(
            gettext_noop("没有“%(role)s”这个岗位。可选：%(known)s。"),
            "accounts.grant.role_unknown",
            role=role,
            known=tuple(ROLES),
        )
    if role == Administrator.key and any(scope.values()):
        text = gettext_noop("系统管理员管全部账号，不能只限于一个援助项目或一个地方。")
        raise BadInput(text, "accounts.grant.scope_not_accepted")
    faults = Faults()
    for key, code in scope.items():
        kind = registries.scopes.get(key)
        with faults.of(key):
            if code and (kind is None or code not in dict(kind.list_choices())):
                raise BadInput(UNKNOWN[key], "accounts.grant.scope_not_accepted", code=code[:40])
            if not code and key in ROLES[role].bound_to and not everywhere:
                raise BadInput(MISSING[key], "accounts.grant.scope_missing")
    faults.tell()


def _require_not_held(user: User, role: str, programme: str, place: str) -> None:
    if user.grants.filter(role=role, programme=programme, place=place, valid_until=None).exists():
        raise Conflict(gettext_noop("这个账号在这个范围内已经有这个岗位。"), "accounts.grant.already_granted")


@cache
def _demo_hash() -> str:
    # Hashing is slow by design, and this password stands on the sign-in page: once is enough.
    return make_password(DEMO_PASSWORD)


def _random_password() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def _checked_username(text: str) -> str:
    name = text.strip().lower()
    if not rules.is_username(name):
        raise BadInput(
            gettext_noop("用户名须为 2 到 60 位，用小写字母、数字、点、下划线和连字符，以字母或数字开头。"),
            "accounts.username.not_accepted",
        )
    if User.objects.filter(username__iexact=name).exists():
        raise Conflict(gettext_noop("用户名 %(name)s 已经有人使用。请换一个。"), "accounts.username.taken", name=name)
    return name


def _checked_password(password: str, user: User) -> str:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadInput(
            gettext_noop("密码不合要求：%(reasons)s"), "accounts.password.too_weak", reasons=" ".join(error.messages)
        ) from None
    return password
