# SPDX-License-Identifier: Apache-2.0
"""Who is at the console: every command that writes acts in the name of an account, under its permissions, and says why.

A command takes ``add_person`` for its options and ``person_at`` for its actor; the trail then has a row of the command
with the reason, and every act of the command has the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.management.base import CommandParser

from shanhai.base.accounts.selectors import actor_named
from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop


class PersonMissing(BadInput):
    """A command that writes was not told who acts, or why."""

    code = "accounts.console.person_missing"


def add_person(parser: CommandParser) -> None:
    """The options that say who acts and why."""
    parser.add_argument("--by", metavar="USER", default="", help="the account this is done for, whose permissions hold")
    parser.add_argument("--because", metavar="WHY", default="", help="why; kept in the trail")


def person_at(*, options: Mapping[str, Any], at: datetime, command: str) -> Actor:
    """The account that ``--by`` names, once the trail says that it acts at the console and why.

    Call it in the transaction of what the command does. Raises PersonMissing, UserNotVisible.
    """
    username, because = options["by"].strip(), options["because"].strip()
    if not username or not because:
        raise PersonMissing(gettext_noop("命令会写入数据。请用 --by 写明以哪个账号办理，用 --because 写明原因。"))
    by = actor_named(username=username, at=at)
    audit.record(
        by=by,
        at=at,
        action="accounts.console.acted",
        subject_type="accounts.console",
        subject_id=command,
        because=because,
    )
    return by
