# SPDX-License-Identifier: Apache-2.0
"""The process that watches goes on whatever goes wrong within one look."""

import threading

from django.db import OperationalError

from shanhai.operations.hazards.management.commands import hazards


def test_a_look_that_fails_is_followed_by_the_next(db, monkeypatch):
    monkeypatch.setattr(hazards, "BETWEEN_S", 0)
    monkeypatch.setattr(hazards, "close_old_connections", lambda: None)
    monkeypatch.setattr(hazards.connection, "close", lambda: None)
    stopping, looks = threading.Event(), []

    def look(*, by, at):
        looks.append(by.ref)
        if len(looks) == 1:
            raise OperationalError("locked")
        if len(looks) == 2:
            raise ValueError("anything")
        stopping.set()

    hazards.keep_at(look, stopping)

    assert looks == ["system:hazards"] * 3
