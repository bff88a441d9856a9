# SPDX-License-Identifier: Apache-2.0
"""Running two things at the same time, each with a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection

on_postgres = pytest.mark.skipif(
    "postgresql" not in settings.DATABASES["default"]["ENGINE"],
    reason="SQLite lets one writer in at a time, so there is no race to test: runs on PostgreSQL",
)


def together(*jobs: Callable[[], object], may_fail: bool = False) -> list[BaseException]:
    """Start all jobs at once, wait for them, and answer what they raised; raise it unless ``may_fail``."""
    gate = threading.Barrier(len(jobs))
    errors: list[BaseException] = []

    def run(job: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=10)
            job()
        except BaseException as error:  # what a thread raises is lost otherwise
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if errors and not may_fail:
        raise errors[0]
    return errors
