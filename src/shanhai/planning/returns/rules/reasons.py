# SPDX-License-Identifier: Apache-2.0
"""The words that go with a withdrawal or an explanation."""

from __future__ import annotations

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

MOST = 2000


class ReasonMissing(BadInput):
    """A withdrawal or an explanation without a word of reason."""

    code = "returns.reason_missing"


class ReasonTooLong(BadInput):
    """More words than anybody reads."""

    code = "returns.reason_too_long"


def checked_reason(because: str) -> str:
    """The reason without spaces around it and signs that cannot be stored. Raises ReasonMissing, ReasonTooLong."""
    reason = because.replace("\x00", "").strip()
    if not reason:
        raise ReasonMissing(gettext_noop("请写明理由。"))
    if len(reason) > MOST:
        raise ReasonTooLong(gettext_noop("理由有 %(count)s 个字，最多 %(most)s 个。"), count=len(reason), most=MOST)
    return reason
