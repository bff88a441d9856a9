# SPDX-License-Identifier: Apache-2.0
"""Users, the roles they hold, and the browsers they are signed in with."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from shanhai.base.accounts.roles import ROLES
from shanhai.base.accounts.values import USER_REF, Digest
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, viewer: Actor) -> UserQuerySet:
        """Everybody for who manages users, nobody for others: accounts belong to no programme and no place."""
        return self.all() if viewer.may("user.manage") else self.none()

    def known_as(self, *refs: str) -> UserQuerySet:
        """Those whom the audit trail and events call so; a reference that is no user's finds nobody."""
        uuids = []
        for ref in refs:
            with suppress(ValueError):
                uuids += [UUID(ref.removeprefix(USER_REF))] if ref.startswith(USER_REF) else []
        return self.filter(uuid__in=uuids)


class User(AbstractBaseUser):
    """A person who signs in. Holds no Django permissions: what a user may do comes from role grants alone.

    ``must_change_password`` is set while somebody else knows the password. ``deactivated_at`` starts the time after
    which the personal data is erased (``erased_at``). ``language`` is that of their letters; pages follow the browser.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    username = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    digest = models.CharField(max_length=10, default=Digest.OFF.value)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    deactivated_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(username=""), name="accounts_user_username_is_not_empty"),
            models.UniqueConstraint(Lower("username"), name="accounts_user_username_is_unique_whatever_its_case"),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(is_active=False, email="", display_name=""),
                name="accounts_user_erased_holds_nothing_personal",
            ),
            models.CheckConstraint(
                condition=Q(digest__in=[one.value for one in Digest]), name="accounts_user_digest_is_known"
            ),
            models.CheckConstraint(
                condition=Q(digest=Digest.OFF.value) | ~Q(email=""), name="accounts_user_digest_has_an_address"
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def name(self) -> str:
        """What others see of it."""
        return self.display_name or self.username

    @property
    def ref(self) -> str:
        """How the audit trail and events name the user."""
        return f"{USER_REF}{self.uuid}"

    @property
    def roles(self) -> tuple[str, ...]:
        """The keys of the roles in its grants, as these were fetched."""
        return tuple(dict.fromkeys(grant.role for grant in self.grants.all()))

    def subject(self) -> Subject:
        return Subject("accounts.user", self.uuid)


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def in_force(self, on: date) -> RoleGrantQuerySet:
        """Grants valid on that day."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=on), valid_from__lte=on)

    def told(self, on: date) -> RoleGrantQuerySet:
        """Each with ``in_force`` on that day and ``may_end``, for what has not ended by then."""
        is_open = Q(valid_until=None) | Q(valid_until__gt=on)
        return self.annotate(may_end=is_open, in_force=is_open & Q(valid_from__lte=on))


class RoleGrant(models.Model):
    """A user holds a role from a day (inclusive) until a day (exclusive), within a programme and a place if named."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=30)
    programme = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=12, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=tuple(ROLES)), name="accounts_rolegrant_role_is_known"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="accounts_rolegrant_ends_not_before_it_starts",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "programme", "place"],
                condition=Q(valid_until=None),
                name="accounts_rolegrant_is_open_once",
            ),
            models.CheckConstraint(
                condition=~Q(role="administrator") | Q(programme="", place=""),
                name="accounts_rolegrant_administrator_is_everywhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"

    def subject(self) -> Subject:
        """The user, within the scope of the role."""
        return Subject("accounts.user", self.user.uuid, self.programme, self.place)


class OpenSessionQuerySet(models.QuerySet["OpenSession"]):
    def living(self, at: datetime) -> OpenSessionQuerySet:
        """Those that had not ended by themselves at that instant."""
        return self.filter(session_key__in=Session.objects.filter(expire_date__gt=at).values("session_key"))


class OpenSession(models.Model):
    """A browser in which a user is signed in; the row goes when the session ends.

    ``browser`` is a short name ("Firefox · Linux") by which the user tells their sessions apart, "" when it did not say
    which it is. No address is kept.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(max_length=60)
    signed_in_at = models.DateTimeField()

    objects = OpenSessionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user_id} {self.browser}"


class DigestLetter(models.Model):
    """A digest that was written to a user on a day. The row comes before the letter, so none is sent twice."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="letters")
    day = models.DateField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="accounts_digestletter_is_one_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"
