# SPDX-License-Identifier: Apache-2.0
"""Which message of a call, why one did not go, and what is handed to a channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from shanhai.operations.hazards.values import Level


class Step(IntEnum):
    """Which message of a call; kept as ``Dispatch.repeat``, which is to differ for each message of a call."""

    FIRST = 0
    REPEAT = 1
    WARN = 2
    CALL = 3
    # Who stands before has not answered: that, plus their position in the chain.
    UNANSWERED = 10
    # The incident has another level, or none: that, plus how often this was told.
    CHANGED = 1000

    @classmethod
    def of(cls, repeat: int) -> Step:
        """That of a stored number."""
        return max(step for step in cls if step <= repeat)


class Why(StrEnum):
    """Why a message did not go, or a call was not answered. Kept instead of a sentence, which is made for its reader.

    Behind a space the code of the other side may follow ("refused 550"), never its words: they may hold an address.
    """

    NO_PHONE = "no_phone"
    NO_MAIL = "no_mail"
    NO_ACCOUNT = "no_account"
    POSTING_ENDED = "posting_ended"
    NOT_SET_UP = "not_set_up"
    ANSWERED = "answered"
    ENDED = "ended"
    EXPIRED = "expired"
    NOT_REACHED = "not_reached"
    TIMED_OUT = "timed_out"
    BUSY = "busy"
    REFUSED = "refused"
    BAD_ADDRESS = "bad_address"
    NOBODY_LISTENS = "nobody_listens"
    FAULT = "fault"
    # Of calls.
    IN_TIME = "in_time"
    UNREACHABLE = "unreachable"
    REPLACED = "replaced"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is handed to a channel: ``to`` a number, an address or a topic; ``id`` stays the same when tried again.

    ``text`` is for mail, ``short`` for SMS and sirens, ``spoken`` is read out; ``mark``, ``what`` and ``code`` are the
    parts of ``short`` for gateways that take templates only.
    """

    id: str
    to: str
    at: datetime
    level: Level
    exercise: bool
    site: str
    over: bool
    subject: str
    text: str
    short: str
    spoken: str
    mark: str
    name: str
    what: str
    code: str


class NotSent(Exception):
    """A channel did not take a letter; ``why`` is a ``Why``, with the code of the other side where there is one."""

    def __init__(self, why: Why, code: object = "") -> None:
        self.why = f"{why} {code}".strip()[:60]
        super().__init__(self.why)


class Later(NotSent):
    """It may take it later."""


class Never(NotSent):
    """It will not take it as it is."""
