# SPDX-License-Identifier: Apache-2.0
"""What is in a message, and where it belongs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import numpy.typing as npt

from shanhai.kernel.errors import BadInput

# The time of a reading that came without one: when it arrived.
ON_ARRIVAL = -1


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as it came; ``arrived`` in microseconds since 1970. ``device`` is who sent it, where that is known.

    A broker of its own tells its ingest processes nothing of the sender: then the topic proves the device, because the
    broker lets a device publish to its own topics only.
    """

    topic: str
    payload: bytes
    arrived: int
    device: int | None = None


# More of what is wrong in one message is counted and not kept.
MOST_FAULTS = 10


@dataclass(frozen=True, slots=True)
class Compact:
    """A topic of our own: ``metric`` "" is a message of several. ``programme`` "-" is none."""

    programme: str
    station: str
    device: str
    metric: str = ""


@dataclass(frozen=True, slots=True)
class Creation:
    """A topic of the standard: the set to which is posted, and the set and the id below which ("" and 0 for none)."""

    target: str
    parent: str = ""
    parent_id: int = 0


@dataclass(slots=True)
class Part:
    """Readings of one metric: when (microseconds, or ``ON_ARRIVAL``) and what, as it stood there."""

    metric: str
    times: npt.NDArray[np.int64]
    values: Sequence[Any]


@dataclass(slots=True)
class Content:
    """What a message says: readings by metric, the charge of the battery in per cent, and what of it is unreadable.

    Of ``wrong`` readings the first few are among the ``faults``: there may be as many as a message has room for.
    """

    parts: list[Part] = field(default_factory=list)
    battery: float | None = None
    faults: list[BadInput] = field(default_factory=list)
    wrong: int = 0

    def blame(self, fault: BadInput) -> None:
        """Note what is wrong with one reading."""
        self.wrong += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a broker listens, and the account with which one comes there."""

    host: str
    port: int
    tls: bool = False
    username: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str) -> Address:
        """That of "mqtt://user:password@host:port", or mqtts:// for TLS. Raises ValueError for another scheme."""
        parts = urlsplit(url)
        if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
            raise ValueError("an address of a broker is mqtt://host:port or mqtts://host:port")
        tls = parts.scheme == "mqtts"
        port = parts.port or (8883 if tls else 1883)
        return cls(parts.hostname, port, tls, unquote(parts.username or ""), unquote(parts.password or ""))
