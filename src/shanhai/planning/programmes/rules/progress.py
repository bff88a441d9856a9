# SPDX-License-Identifier: Apache-2.0
"""How far an action has come, from its tasks."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from shanhai.kernel.money import rounded
from shanhai.planning.programmes.states import GIVEN_UP
from shanhai.planning.programmes.values import TaskLine


def mean_progress(tasks: Sequence[TaskLine]) -> int | None:
    """The mean progress in percent of the tasks neither given up nor carried over, each alike; None without any."""
    counted = [task.progress_percent for task in tasks if task.state not in GIVEN_UP]
    return int(rounded(Decimal(sum(counted)) / len(counted))) if counted else None
