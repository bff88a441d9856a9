# SPDX-License-Identifier: Apache-2.0
"""What other layers and the pages get to see of users."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

# The key of the web session under which sign-in leaves what ``rules.refusal`` asks for.
MARKS = "shanhai_marks"
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
class DigestReader:
    """A user who wants the digest: ``ref`` as in the audit trail, where it goes and in which language."""

    ref: str
    name: str
    email: str
    digest: Digest
    language: str


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user just made. ``first_password`` is shown once and stored nowhere in clear."""

    uuid: UUID
    username: str
    first_password: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A browser the user is signed in with; ``browser`` is "" when it did not say which it is."""

    uuid: UUID
    browser: str
    signed_in_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demonstration, with its public password."""

    username: str
    password: str
    display_name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """A user by the reference the audit trail knows them by, and their name."""

    ref: str
    name: str


def add_person(parser: ArgumentParser) -> None:
    """The options of a command that writes: who acts and why (``services.sessions``)."""
    parser.add_argument("--by", metavar="USER", default="", help="the account this is done for, whose permissions hold")
    parser.add_argument("--because", metavar="WHY", default="", help="why; kept in the trail")
