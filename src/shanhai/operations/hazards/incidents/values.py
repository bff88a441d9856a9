# SPDX-License-Identifier: Apache-2.0
"""What a page shows of an incident's past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shanhai.kernel.messages import Message
from shanhai.kernel.parts import Status


@dataclass(frozen=True, slots=True)
class Event:
    """Something that became known ``at`` an instant; ``measured`` is when it was so, where that is another one.

    ``by`` is a reference, "" for nobody; ``said`` is what a person wrote; ``reasons`` are why the engine said so.
    """

    at: datetime
    mark: Status
    word: Message
    title: Message
    by: str = ""
    said: str = ""
    measured: datetime | None = None
    reasons: Sequence[Mapping[str, Any]] = ()
