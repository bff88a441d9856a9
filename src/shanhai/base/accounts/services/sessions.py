# SPDX-License-Identifier: Apache-2.0
"""Who is here: sessions opened and ended, attempts that failed, names locked out, and who is at the console.

A command that writes takes ``values.add_person`` for its options and ``person_at`` for its actor; the trail then has a
row of the command with the reason, and every act of the command has the person.
"""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from uuid import UUID

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import QuerySet

from shanhai.base.accounts import events, rules, selectors
from shanhai.base.accounts.models import OpenSession, User
from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.selectors import actor_named
from shanhai.base.accounts.values import Refusal
from shanhai.base.audit import services as audit
from shanhai.base.outbox import services as outbox
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject


@transaction.atomic
def open_session(*, by: Actor, at: datetime, session_key: str, user_agent: str) -> None:
    """Record that ``by``, a user, has signed in in a browser. Rows of their sessions that have expired go."""
    user = User.objects.known_as(by.ref).get()
    user.sessions.exclude(pk__in=user.sessions.living(at)).delete()

    _write(user, at=at, session_key=session_key, user_agent=user_agent)

    audit.record(by=by, at=at, action="accounts.session.opened", on=user.subject())


@transaction.atomic
def close_session(*, by: Actor, at: datetime, session_key: str) -> None:
    """Record that ``by``, a user, has signed out."""
    user = User.objects.known_as(by.ref).get()
    OpenSession.objects.filter(session_key=session_key).delete()

    audit.record(by=by, at=at, action="accounts.session.closed", on=user.subject())


@transaction.atomic
def refuse_session(*, by: Actor, at: datetime, session_key: str, user: User, reason: Refusal) -> None:
    """End a session that came from another browser than the one that signed in, or is too old; whoever ``by`` is."""
    OpenSession.objects.filter(session_key=session_key).delete()
    _store(session_key).delete()

    audit.record(by=by, at=at, action="accounts.session.refused", on=user.subject(), changes={"reason": reason.value})


@transaction.atomic
def end_session(*, by: Actor, at: datetime, session: UUID) -> None:
    """End one of the actor's own sessions. Raises NotVisible for anything else."""
    found = OpenSession.objects.select_related("user").filter(uuid=session).first()
    if found is None or by.ref != found.user.ref:
        raise NotVisible(gettext_noop("这次登录已经结束。请刷新页面。"), "accounts.session.not_found")

    _end(OpenSession.objects.filter(pk=found.pk))

    audit.record(by=by, at=at, action="accounts.session.ended", on=found.user.subject(), changes={"sessions": 1})


@transaction.atomic
def end_all(*, by: Actor, at: datetime, user: User) -> int:
    """End all sessions of a user; answer how many. for the user and for who manages users, else NotAllowed.

    Part of a service that records why; ``sign_out_everywhere`` is the one for itself.
    """
    if by.ref != user.ref:
        by.require(Permission.USER_MANAGE)
    return _end(user.sessions.all())


@transaction.atomic
def sign_out_everywhere(*, by: Actor, at: datetime) -> None:
    """End all sessions of ``by``, a user, the present one too."""
    user = User.objects.known_as(by.ref).get()
    ended = end_all(by=by, at=at, user=user)

    audit.record(by=by, at=at, action="accounts.session.ended", on=user.subject(), changes={"sessions": ended})


@transaction.atomic
def change_own_password(*, by: Actor, at: datetime, session_key: str, user_agent: str) -> None:
    """Record that ``by``, a user, has chosen a new password; their other sessions end, this one goes on."""
    user = User.objects.select_for_update().known_as(by.ref).get()

    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    _end(user.sessions.exclude(session_key=session_key))
    _write(user, at=at, session_key=session_key, user_agent=user_agent)

    audit.record(by=by, at=at, action="accounts.user.password_changed", on=user.subject())


@transaction.atomic
def record_failure(*, by: Actor, at: datetime, username: str, step: str) -> None:
    """Record that a sign-in failed at ``step`` ("password", "second_factor").

    The subject is the user of that name; for a name nobody has, its keyed hash.
    """
    _user, subject = _named(username)
    audit.record(by=by, at=at, action="accounts.sign_in.failed", on=subject, changes={"step": step})


@transaction.atomic
def lock_out(*, by: Actor, at: datetime, username: str) -> None:
    """Record that repeated failures have locked ``username`` out; publish it when there is such a user."""
    user, subject = _named(username)
    audit.record(by=by, at=at, action=events.USER_LOCKED_OUT, on=subject)
    if user is not None:
        outbox.publish(by=by, at=at, name=events.USER_LOCKED_OUT, payload={"user": user.ref})


@transaction.atomic
def erase_ended(*, by: Actor, at: datetime) -> int:
    """Delete the rows of sessions that have ended by themselves; answer how many. Raises NotAllowed."""
    by.require(Permission.USER_MANAGE)
    deleted, _ = OpenSession.objects.exclude(pk__in=OpenSession.objects.living(at)).delete()
    return deleted


def forget_failures(*, by: Actor, at: datetime, username: str) -> None:
    """Delete the counters of failed sign-ins under a name."""
    AccessAttempt.objects.filter(username=selectors.name_hash(username=username)).delete()


def person_at(*, by: str, at: datetime, command: str, because: str) -> Actor:
    """The account of the name ``by``, once the trail says that it acts at the console and why.

    Call it in the transaction of what the command does. Raises BadInput, NotVisible.
    """
    if not by.strip() or not because.strip():
        raise BadInput(
            gettext_noop("命令会写入数据。请用 --by 写明以哪个账号办理，用 --because 写明原因。"),
            "accounts.console.person_missing",
        )
    person = actor_named(username=by.strip(), at=at)
    audit.record(
        by=person,
        at=at,
        action="accounts.console.acted",
        on=Subject("accounts.console", command),
        because=because.strip(),
    )
    return person


def _write(user: User, *, at: datetime, session_key: str, user_agent: str) -> None:
    OpenSession.objects.update_or_create(
        session_key=session_key,
        defaults={"user": user, "browser": rules.browser_name(user_agent), "signed_in_at": at},
    )


def _end(rows: QuerySet[OpenSession]) -> int:
    ended = list(rows)
    for row in ended:
        _store(row.session_key).delete()
    rows.model.objects.filter(pk__in=[row.pk for row in ended]).delete()
    return len(ended)


def _store(session_key: str) -> SessionBase:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return store


def _named(username: str) -> tuple[User | None, Subject]:
    user = User.objects.filter(username__iexact=username).first()
    return user, user.subject() if user else Subject("accounts.name", selectors.name_hash(username=username)[:40])
