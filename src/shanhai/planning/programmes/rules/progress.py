# SPDX-License-Identifier: Apache-2.0
"""How far an action has come, from its tasks."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from shanhai.kernel.money import rounded
from shanhai.planning.programmes.states import TaskState
from shanhai.planning.programmes.values import TaskLine


def mean_progress(tasks: Sequence[TaskLine]) -> int | None:
    """The mean progress in percent of the tasks that were not given up, each counting alike; None without any."""
    counted = [task.progress_percent for task in tasks if task.state != TaskState.DROPPED]
    return int(rounded(Decimal(sum(counted)) / len(counted))) if counted else None
