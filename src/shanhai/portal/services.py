# SPDX-License-Identifier: Apache-2.0
"""The digest: a letter with what waits for somebody."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext, ngettext, override

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.services import letters
from shanhai.base.accounts.values import Digest
from shanhai.base.formats import named
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.registry import Todo
from shanhai.planning.programmes.core.selectors.programmes import list_programmes
from shanhai.portal.selectors import list_todos

if TYPE_CHECKING:
    from shanhai.base.accounts.models import User

log = structlog.get_logger("shanhai.digest")

MONDAY = 0
MOST = 20


def send_digests(*, by: Actor, at: datetime) -> int:
    """Write to everybody who asked for it what waits for them, and answer how many letters went out.

    Weekly letters go on Mondays. Nothing is written to whom nothing waits for, and nothing twice on a day; a letter
    that could not be sent is not sent again before the next day. Raises OSError when the mail server cannot be
    reached, before it is counted as written; and, after all others have theirs, what kept a letter from being written.
    """
    day, sent = local_date(at), 0
    broken: Exception | None = None
    for reader in accounts.list_digest_readers():
        if reader.digest == Digest.WEEKLY and day.weekday() != MONDAY:
            continue
        try:
            with override(reader.language):
                letter = write_digest(reader=reader, at=at)
        except Exception as error:
            # What cannot be told to one must not keep the letters of all others.
            log.exception("a digest could not be written", user=reader.ref)
            broken = broken or error
            continue
        if letter is not None:
            sent += _send(letter, by=by, at=at, ref=reader.ref, day=day)
    if broken is not None:
        raise broken
    return sent


def _send(letter: EmailMultiAlternatives, *, by: Actor, at: datetime, ref: str, day: date) -> bool:
    # Connected first: while the server is away no letter of the day, or of the week, is given up.
    with get_connection() as connection:
        if not letters.claim_letter(by=by, at=at, ref=ref, day=day):
            return False
        try:
            connection.send_messages([letter])
        except OSError as error:
            # One mailbox that refuses must not keep the letters of all others. Its words would name the address.
            log.warning("a digest could not be sent", user=ref, error=type(error).__name__)
            return False
    return True


def write_digest(*, reader: User, at: datetime) -> EmailMultiAlternatives | None:
    """The letter with what waits for a reader, in the language in force; None when nothing does.

    It is asked with the reader's own grants, so it tells nothing that their pages would not.
    """
    waiting = _waiting(accounts.actor_for(user=reader, at=at), at)
    count: int = sum(one["count"] for one in waiting)
    if not count:
        return None
    return _letter(reader, waiting, count, local_date(at))


def _waiting(viewer: Actor, at: datetime) -> list[dict[str, Any]]:
    """What waits by programme, what belongs to none at the end: the first of each."""
    names = {one.code: named(one) for one in list_programmes(viewer=viewer)}
    found: dict[str, list[Todo]] = {code: [] for code in (*names, "")}
    for _key, todos in list_todos(viewer=viewer, at=at):
        for todo in todos:
            found[todo.programme if todo.programme in names else ""].append(todo)
    return [
        {"programme": names.get(code) or gettext("其他"), "todos": todos[:MOST], "count": len(todos)}
        for code, todos in found.items()
        if todos
    ]


def _letter(reader: User, waiting: list[dict[str, Any]], count: int, day: date) -> EmailMultiAlternatives:
    site = settings.PUBLIC_URL.rstrip("/")
    stop = f"{site}{reverse('accounts:digest-stop', args=[accounts.stop_token(ref=reader.ref)])}"
    subject = ngettext("[山海] %(day)s 有 %(count)s 件事等您", "[山海] %(day)s 有 %(count)s 件事等您", count) % {
        "day": day.isoformat(),
        "count": count,
    }
    context = {"name": reader.name, "waiting": waiting, "site": site, "stop": stop, "subject": subject}
    letter = EmailMultiAlternatives(
        subject,
        render_to_string("portal/digest.txt", context),
        to=[reader.email],
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
    letter.attach_alternative(render_to_string("portal/digest.html", context), "text/html")
    return letter
