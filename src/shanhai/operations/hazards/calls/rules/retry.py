# SPDX-License-Identifier: Apache-2.0
"""How long a message waits that a channel did not take."""

from __future__ import annotations

from datetime import timedelta

FIRST_WAIT = timedelta(seconds=15)


def wait_after(attempts: int, *, most: int, longest: timedelta) -> timedelta | None:
    """The wait after so many attempts: twice as long each time, up to the longest; None when it is given up.

    The defaults (14 attempts, ten minutes) try for 85 minutes, which outlasts a mail server that is away for an hour.
    """
    if attempts >= most:
        return None
    doubled: timedelta = FIRST_WAIT * 2 ** min(attempts - 1, 20)
    return min(doubled, longest)
