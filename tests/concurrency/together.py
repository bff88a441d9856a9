# SPDX-License-Identifier: Apache-2.0
"""Running two things at the same time, each with a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection


def outcomes(*jobs: Callable[[], object]) -> list[object]:
    """Start all jobs at once, wait for them, and answer what each answered or raised, in their order."""
    gate = threading.Barrier(len(jobs))
    found: list[object] = [None] * len(jobs)

    def run(index: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait(timeout=10)
            found[index] = jobs[index]()
        except BaseException as error:  # what a thread raises is lost otherwise
            found[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found


def together(*jobs: Callable[[], object], may_fail: bool = False) -> list[BaseException]:
    """Run the jobs as ``outcomes`` does, and answer what they raised; raise it unless ``may_fail``."""
    errors = [one for one in outcomes(*jobs) if isinstance(one, BaseException)]
    if errors and not may_fail:
        raise errors[0]
    return errors


def meet(monkeypatch: pytest.MonkeyPatch, module: Any, where: str, *, before: bool = False) -> None:
    """Let two threads wait for each other after (or before) the function ``where`` of the module.

    Where a lock keeps the second from getting there, the first waits in vain for two seconds and goes on.
    """
    barrier, function = threading.Barrier(2), getattr(module, where)

    def meeting(*args: Any, **kw: Any) -> object:
        answer = None if before else function(*args, **kw)
        with suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=2)
        return function(*args, **kw) if before else answer

    monkeypatch.setattr(module, where, meeting)
