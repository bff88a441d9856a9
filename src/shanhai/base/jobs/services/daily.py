# SPDX-License-Identifier: Apache-2.0
"""The work of every day: done once a day by whichever worker comes first, tried again when it failed."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import structlog
from django.db.models import Q

from shanhai.base.jobs.models import DailyRun
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.registry import Daily, registries

log = structlog.get_logger("shanhai.daily")

# After a failure, or when the worker that took it died within.
AGAIN = timedelta(hours=1)
MOST_WORDS = 2000


def do_daily(*, by: Actor, at: datetime) -> int:
    """Do what is due today and not yet done, one after the other, and answer how much was tried."""
    return sum(
        _do(one, by=by, at=at) for one in registries.daily if time.fromisoformat(one.after) <= clock.local(at).time()
    )


def _do(one: Daily, *, by: Actor, at: datetime) -> bool:
    if not _claim(one.key, at):
        return False
    try:
        # No transaction around it: a letter that was sent must not lose the row that says so.
        said, failed = one.run(by=by, at=at), False
    except Exception as error:
        log.exception("the work of every day failed", key=one.key)
        said, failed = f"{type(error).__name__}: {error}", True
    done = {} if failed else {"done_on": clock.local_date(at)}
    DailyRun.objects.filter(key=one.key).update(outcome=said[:MOST_WORDS], failed=failed, **done)
    return True


def _claim(key: str, at: datetime) -> bool:
    """Whether this worker may do it now: one update that only one of several workers succeeds with."""
    DailyRun.objects.get_or_create(key=key)
    today = clock.local_date(at)
    open_today = Q(done_on=None) | Q(done_on__lt=today)
    free = Q(tried_at=None) | Q(tried_at__lt=at - AGAIN)
    return bool(DailyRun.objects.filter(open_today, free, key=key).update(tried_at=at))
