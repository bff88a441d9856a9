# SPDX-License-Identifier: Apache-2.0
"""What a worker does of itself: every day, and every second beside its jobs."""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime
from typing import Protocol, runtime_checkable

from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message


@runtime_checkable
class Beat(Protocol):
    """Something that must not wait for a job of minutes: letters to programs, schedules by the minute."""

    key: str

    @abstractmethod
    def run(self, *, by: Actor, at: datetime) -> int:
        """Do what is due and answer how much was done or is under way; wait for nobody.

        Several workers may call it at the same time, and may be killed within.
        """


@runtime_checkable
class Daily(Protocol):
    """Work of every day: the worker does it once after ``after`` (local time, "07:30")."""

    key: str
    label: Message
    after: str

    @abstractmethod
    def run(self, *, by: Actor, at: datetime) -> str:
        """Do it and say what was done. It may be called again on the same day when it failed or was killed."""
