# SPDX-License-Identifier: Apache-2.0
"""Reading users, and making the actor that everything else is asked with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import AnonymousUser
from django.core.signing import BadSignature, Signer
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django_htmx.middleware import HtmxDetails

from shanhai.base.accounts.models import OpenSession, RoleGrant, User
from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.roles import ROLES, Administrator, Role
from shanhai.base.accounts.values import USER_REF, Digest
from shanhai.base.database.selectors import holding
from shanhai.kernel import clock, ids
from shanhai.kernel.actors import NOBODY, Actor, Scope
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.registry import registries

_STOP = "shanhai.accounts.digest.stop"
MOST_NAMED = 200


@dataclass(frozen=True, slots=True)
class UserDetail:
    """All that an administrator may see of a user. ``is_self`` users are changed by somebody else."""

    user: User
    is_self: bool
    has_second_factor: bool
    grants: tuple[RoleGrant, ...]


@dataclass(frozen=True, slots=True)
class MyAccount:
    """What a user sees of their own account."""

    user: User
    has_password: bool
    has_totp: bool
    passkeys: int
    unused_recovery_codes: int
    outside_identities: int
    grants: tuple[RoleGrant, ...]
    sessions: tuple[OpenSession, ...]


class Request(HttpRequest):
    """A request as every view gets it: with the one instant it happens at, and who asks.

    ``again`` are the fields with which a page that shows a refused form is asked for once more (``base.forms``).
    """

    at: datetime
    viewer: Actor
    htmx: HtmxDetails
    again: Sequence[tuple[str, str]]


def actor_for(*, user: User | AnonymousUser | None, at: datetime, chosen: str = "") -> Actor:
    """The actor for a signed-in user, with the grants in force on that day; NOBODY for none or an inactive one."""
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    scopes: dict[str, list[Scope]] = defaultdict(list)
    roles = []
    # Asked for every page: plain values, no objects.
    held = user.grants.in_force(clock.local_date(at)).order_by("pk")
    for role, programme, place in held.values_list("role", "programme", "place"):
        roles.append(role)
        scope = Scope(programme or None, place or None)
        for permission in ROLES[role].permissions:
            scopes[permission].append(scope)
    return Actor(
        ref=user.ref,
        name=user.name,
        grants={permission: tuple(found) for permission, found in scopes.items()},
        roles=tuple(roles),
        chosen=chosen,
    )


def user_ref(*, user: UUID) -> str:
    """How the audit trail and events name a user."""
    return f"{USER_REF}{user}"


def require_manager(*, viewer: Actor) -> None:
    """Raise NotVisible unless the viewer manages users: to others the pages about users do not exist."""
    if not viewer.may(Permission.USER_MANAGE):
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"), "accounts.user.not_found")


def what_roles_may() -> tuple[tuple[type[Role], tuple[str, ...]], ...]:
    """Each role with the words of its permissions, app by app, still to be translated."""
    words = registries.permissions
    return tuple((role, tuple(words[key] for key in words if key in role.permissions)) for role in ROLES.values())


def list_users(*, viewer: Actor, at: datetime, text: str = "") -> QuerySet[User]:
    """The users who have ``text`` in a name, by username, with their grants; none for who does not manage users."""
    users = User.objects.visible_to(viewer).filter(erased_at=None)
    if wanted := text.strip():
        users = users.filter(Q(username__icontains=wanted) | Q(display_name__icontains=wanted))
    in_force = RoleGrant.objects.in_force(clock.local_date(at)).order_by("pk")
    return users.prefetch_related(Prefetch("grants", queryset=in_force)).order_by("username", "pk")


def get_user(*, viewer: Actor, at: datetime, uuid: UUID | str) -> UserDetail:
    """A user with all their grants, newest first. Raises NotVisible for who does not manage users."""
    require_manager(viewer=viewer)
    user = User.objects.visible_to(viewer).filter(uuid=ids.parse_id(str(uuid))).first()
    if user is None:
        raise NotVisible(gettext_noop("没有找到这个账号。请从账号列表重新进入。"), "accounts.user.not_found")
    return UserDetail(
        user=user,
        is_self=viewer.ref == user.ref,
        has_second_factor=Authenticator.objects.filter(user=user).exists(),
        grants=tuple(user.grants.told(clock.local_date(at)).order_by("-valid_from", "-pk")),
    )


def get_my_account(*, viewer: Actor, at: datetime, session_key: str | None) -> MyAccount:
    """The viewer's own account as its owner sees it. Raises NotVisible for an actor who is no user."""
    user = find_user(ref=viewer.ref)
    if user is None:
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"), "accounts.user.not_found")
    factors = list(Authenticator.objects.filter(user=user))
    by_type = {kind: [factor for factor in factors if factor.type == kind] for kind in Authenticator.Type}
    codes = by_type[Authenticator.Type.RECOVERY_CODES]
    today = clock.local_date(at)
    return MyAccount(
        user=user,
        has_password=user.has_usable_password(),
        has_totp=bool(by_type[Authenticator.Type.TOTP]),
        passkeys=len(by_type[Authenticator.Type.WEBAUTHN]),
        unused_recovery_codes=sum(len(code.wrap().get_unused_codes()) for code in codes),
        outside_identities=SocialAccount.objects.filter(user=user).count(),
        grants=tuple(user.grants.in_force(today).order_by("valid_from", "pk")),
        sessions=tuple(
            user.sessions.living(at).annotate(is_current=Q(session_key=session_key)).order_by("-signed_in_at", "-pk")
        ),
    )


def find_user(*, ref: str) -> User | None:
    """The user that the audit trail calls ``ref``, or None; for this app's own services."""
    return User.objects.known_as(ref).first()


def find_named(*, username: str) -> User | None:
    """The active user of that account name, or None."""
    return User.objects.filter(username__iexact=username, is_active=True).first()


def actor_of(*, ref: str, at: datetime) -> Actor:
    """The actor that the audit trail calls ``ref``, with the grants in force on that day: for work in their name."""
    return actor_for(user=find_user(ref=ref), at=at)


def actor_named(*, username: str, at: datetime) -> Actor:
    """The actor for who is at the console, by the account's name. Raises NotVisible for none active."""
    user = find_named(username=username)
    if user is None:
        raise NotVisible(
            gettext_noop("没有可用的账号“%(name)s”。请检查拼写，或请管理员启用。"),
            "accounts.user.not_found",
            name=username[:40],
        )
    return actor_for(user=user, at=at)


def names_by_ref(*, viewer: Actor, refs: Iterable[str]) -> dict[str, str]:
    """The display names behind the references of users in an audit trail; nothing to a viewer who is nobody.

    References that are no user's ("system:worker", "nobody") are left out; an erased user shows their new username.
    """
    if viewer.ref == NOBODY.ref:
        return {}
    return {user.ref: user.name for user in User.objects.known_as(*refs)}


def refs_named(*, text: str) -> list[str]:
    """The references of those who are called by ``text``; the product itself where it is called 系统. One query."""
    found = User.objects.filter(holding(text, "username", "display_name"))[:MOST_NAMED]
    return [*(user.ref for user in found), *(["system:"] if text.lower() == gettext("系统").lower() else [])]


def name_in(names: Mapping[str, str], ref: str) -> str:
    """Who a reference means, by the ``names_by_ref`` found for it; the product itself is 系统."""
    return gettext("系统") if ref.startswith("system:") else names.get(ref, ref)


def list_holders(*, permission: str, programme: str, at: datetime) -> tuple[User, ...]:
    """The active users who hold ``permission`` in a programme on that day, by name; for services that choose them."""
    roles = [role.key for role in ROLES.values() if permission in role.permissions]
    held = RoleGrant.objects.in_force(clock.local_date(at)).filter(role__in=roles, programme__in=["", programme])
    users = User.objects.filter(is_active=True, erased_at=None, grants__in=held).distinct()
    return tuple(users.order_by("display_name", "username"))


def holder_choices(*, permission: str, programme: str, at: datetime) -> list[tuple[str, str]]:
    """The same by uuid and name, to choose among in a form."""
    holders = list_holders(permission=permission, programme=programme, at=at)
    return [(str(one.uuid), one.name) for one in holders]


def list_administrators(*, on: date) -> tuple[User, ...]:
    """The active users who hold the administrator's role on that day; for this app's own services."""
    held = RoleGrant.objects.in_force(on).filter(role=Administrator.key)
    return tuple(User.objects.filter(is_active=True, grants__in=held).distinct().order_by("pk"))


def list_digest_readers() -> tuple[User, ...]:
    """The active users who have asked for the digest, in the order of their accounts: for who writes it. One query."""
    wanted = User.objects.filter(is_active=True).exclude(digest=Digest.OFF.value).exclude(email="")
    return tuple(wanted.order_by("pk"))


def stop_token(*, ref: str) -> str:
    """What a letter's link to stop the letters carries: it names the user and can be made by nobody else."""
    return Signer(salt=_STOP).sign(ref)


def reader_of_token(*, token: str) -> str:
    """The user whom a letter's token names. Raises NotVisible for a token that was not made here."""
    try:
        return Signer(salt=_STOP).unsign(token)
    except BadSignature:
        raise NotVisible(
            gettext_noop("这个链接不对。请从邮件里重新打开，或登录后在“我的账号”里改。"), "accounts.user.not_found"
        ) from None


def list_demo_accounts() -> tuple[User, ...]:
    """The accounts made for the demonstration, whose passwords are public; empty in any real installation."""
    return tuple(User.objects.filter(is_demo=True, is_active=True).prefetch_related("grants").order_by("pk"))


def name_hash(*, username: str) -> str:
    """A keyed hash by which a typed name is counted and audited: people mistype passwords into the name's field."""
    return salted_hmac("shanhai.accounts.name", username.strip().lower(), algorithm="sha256").hexdigest()


def browser_hash(*, user_agent: str) -> str:
    """A keyed hash of a User-Agent header, kept in the session that it signed in."""
    return salted_hmac("shanhai.accounts.browser", user_agent, algorithm="sha256").hexdigest()


def kept_for(*, ref: str) -> str:
    """By which a browser knows whose is what pages keep in it (``values.KEPT_FOR``); it tells nobody who that is."""
    return salted_hmac("shanhai.accounts.kept_for", ref, algorithm="sha256").hexdigest()[:32]
