# SPDX-License-Identifier: Apache-2.0
"""Who is at the console: every command that writes acts in the name of an account, under its permissions, and says why.

A command takes ``values.add_person`` for its options and ``person_at`` for its actor; the trail then has a row of the
command with the reason, and every act of the command has the person.
"""

from __future__ import annotations

from datetime import datetime

from shanhai.base.accounts.selectors import actor_named
from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject


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
