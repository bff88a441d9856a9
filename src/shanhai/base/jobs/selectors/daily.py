# SPDX-License-Identifier: Apache-2.0
"""How the work of every day stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from shanhai.base.accounts.permissions import Permission
from shanhai.base.jobs.models import DailyRun
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message
from shanhai.kernel.registry import registries


@dataclass(frozen=True, slots=True)
class DailyRow:
    """Work of every day: when it is due, when it was done last, what it said, and whether that was an error."""

    label: Message
    after: str
    done_on: date | None
    tried_at: datetime | None
    outcome: str
    failed: bool


def list_daily(*, viewer: Actor) -> tuple[DailyRow, ...]:
    """Everything the worker does every day; nothing to who does not manage users. One query."""
    if not viewer.may_somewhere(Permission.USER_MANAGE):
        return ()
    runs = {run.key: run for run in DailyRun.objects.all()}
    return tuple(_row(one.label, one.after, runs.get(one.key)) for one in registries.daily)


def _row(label: Message, after: str, run: DailyRun | None) -> DailyRow:
    if run is None:
        return DailyRow(label, after, None, None, "", False)
    return DailyRow(label, after, run.done_on, run.tried_at, run.outcome, run.failed)
