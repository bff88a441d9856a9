# SPDX-License-Identifier: Apache-2.0
"""What other layers and the pages get to see of users."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

# How a reference to a user begins, in the audit trail and in events.
USER_REF = "user:"
# The key of the web session under which sign-in leaves what ``rules.refusal`` asks for.
MARKS = "shanhai_marks"
# In a session: that it was sent to choose a password before anything else.
ASKED = "password_asked"
# The cookie of a browser in which a page keeps something for its user (the map of a phone), and for how many days.
KEPT_FOR, KEPT_FOR_DAYS = "kept_for", 30
# The password of every demo account, shown on the sign-in page of the demo: public on purpose.
DEMO_PASSWORD = "shanhai-demo-2026"  # noqa: S105


class Refusal(StrEnum):
    """Why a session is ended instead of answered."""

    BROWSER = "browser"
    AGE = "age"


class Digest(StrEnum):
    """How often a user wants what waits for them by e-mail."""

    OFF = "off"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user just made. ``first_password`` is shown once and stored nowhere in clear."""

    uuid: UUID
    username: str
    first_password: str


def add_person(parser: ArgumentParser) -> None:
    """The options of a command that writes: who acts and why (``services.sessions``)."""
    parser.add_argument("--by", metavar="USER", default="", help="the account this is done for, whose permissions hold")
    parser.add_argument("--because", metavar="WHY", default="", help="why; kept in the trail")
