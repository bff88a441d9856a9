# SPDX-License-Identifier: Apache-2.0
"""Why a letter did not arrive, and what goes out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shanhai.kernel.messages import gettext_noop


class Why(StrEnum):
    """Why a subscriber did not take a letter, or gets none any more."""

    TIMED_OUT = "timed_out"
    NOT_REACHED = "not_reached"
    FORBIDDEN = "forbidden"
    REFUSED = "refused"
    TOO_LARGE = "too_large"
    GONE = "gone"
    CREDENTIAL = "credential"


WORDS = {
    Why.TIMED_OUT: gettext_noop("对方在规定时间内没有应答。"),
    Why.NOT_REACHED: gettext_noop("连不上对方的地址。"),
    Why.FORBIDDEN: gettext_noop("对方的地址在内部网络，这里的设置不许发。"),
    Why.REFUSED: gettext_noop("对方拒收（HTTP %(status)s）。"),
    Why.TOO_LARGE: gettext_noop("对方连一个事件也嫌大。"),
    Why.GONE: gettext_noop("对方说这个地址不再用了（HTTP 410）。"),
    Why.CREDENTIAL: gettext_noop("订阅时用的凭证已经吊销，或者这一家已经停用。"),
}


class NotTaken(Exception):
    """A letter did not arrive; ``status`` is what was answered, 0 for nothing."""

    def __init__(self, why: Why, status: int = 0) -> None:
        super().__init__(why)
        self.why, self.status = why, status


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out: the row of the delivery, how many of its events are in it (0 for a problem or none), the rest."""

    key: int
    events: int
    dest: str
    body: bytes
    signature: str
