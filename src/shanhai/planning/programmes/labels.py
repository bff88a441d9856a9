# SPDX-License-Identifier: Apache-2.0
"""The words for the states of tasks and for the columns of the board."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.parts import Status
from shanhai.planning.programmes.states import Column, TaskState

TASKS: dict[TaskState, tuple[Status, str]] = {
    TaskState.OPEN: ("ok", gettext_noop("进行中")),
    TaskState.DONE: ("done", gettext_noop("已完成")),
    TaskState.DROPPED: ("stop", gettext_noop("不再做")),
    TaskState.CARRIED: ("rest", gettext_noop("结转下年")),
}
COLUMNS: dict[Column, str] = {
    Column.WAITING: gettext_noop("未开始"),
    Column.AT_WORK: gettext_noop("进行中"),
    Column.DONE: gettext_noop("已完成"),
    Column.DROPPED: gettext_noop("不再做或已结转"),
}
