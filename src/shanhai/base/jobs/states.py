# SPDX-License-Identifier: Apache-2.0
"""How a job stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from shanhai.kernel.states import complete_table


class JobState(StrEnum):
    """Queued until a worker takes it; back in the queue when that worker dies."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


MOVES: Mapping[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING}),
    JobState.RUNNING: frozenset({JobState.DONE, JobState.FAILED, JobState.QUEUED}),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset(),
}
complete_table(JobState, MOVES)
ENDED = frozenset({JobState.DONE, JobState.FAILED})
