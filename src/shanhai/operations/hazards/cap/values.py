# SPDX-License-Identifier: Apache-2.0
"""What a message of the Common Alerting Protocol says, and what a check says of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shanhai.kernel.findings import Finding, Severity
from shanhai.kernel.messages import Message
from shanhai.kernel.xml import Element


class MessageType(StrEnum):
    """What a message does to those before it."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"


class Status(StrEnum):
    """Whether people are to act on it."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    TEST = "Test"


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message, as a later one names it."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class Area:
    """Where: in words, as a ring of (longitude, latitude) in WGS 84 whose first point is its last, and by codes."""

    words: str
    ring: tuple[tuple[float, float], ...]
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Info:
    """What is said in one language; ``responses``, ``urgency``, ``severity``, ``certainty`` are words of CAP."""

    language: str
    event: str
    responses: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    expires: datetime
    headline: str
    description: str
    instruction: str
    area: Area
    event_codes: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    onset: datetime | None = None
    sender_name: str = ""
    web: str = ""
    contact: str = ""

    def parameter(self, name: str) -> str:
        """The value under that name; "" where there is none."""
        return dict(self.parameters).get(name, "")


@dataclass(frozen=True, slots=True)
class CapMessage:
    """A public message about something that may come down. ``incident`` ties together those about one incident."""

    identifier: str
    sender: str
    sent: datetime
    status: Status
    message_type: MessageType
    infos: tuple[Info, ...]
    references: tuple[Reference, ...] = ()
    incident: str = ""
    note: str = ""

    def info(self, language: str) -> Info:
        """What is said in that language ("en", "zh-hans"), or in the first of the message."""
        same = (one for one in self.infos if one.language.split("-")[0] == language.split("-")[0])
        return next(same, self.infos[0])


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an element, what to do, and by which rule."""

    element: Element
    rule: str
    message: Message
    remedy: Message
    severity: Severity = "error"


class Seal(StrEnum):
    """What a signature is worth: none is there, whole, broken, or of a kind that proves nothing here."""

    UNSIGNED = "unsigned"
    WHOLE = "whole"
    BROKEN = "broken"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Signature:
    """How a message is signed; ``signer`` is the name in the certificate, and ``fingerprint`` its SHA-256."""

    seal: Seal
    signer: str = ""
    fingerprint: str = ""
    because: Message | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Findings in the order of the file, at most so many; ``more`` counts those left out."""

    findings: tuple[Finding, ...]
    signature: Signature
    more: int = 0

    @property
    def valid(self) -> bool:
        """No error, and no signature that is broken."""
        return self.signature.seal != Seal.BROKEN and all(one.severity != "error" for one in self.findings)


@dataclass(frozen=True, slots=True)
class Wording:
    """What somebody wrote for an alert in one language; what is empty is said in words of ours."""

    headline: str = ""
    description: str = ""
    instruction: str = ""
