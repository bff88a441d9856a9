# SPDX-License-Identifier: Apache-2.0
import os
import signal
import threading

import pytest
from django.core.management import call_command
from django.db import OperationalError

from shanhai.base.jobs.management.commands import worker
from shanhai.base.outbox import services
from shanhai.kernel.actors import system
from shanhai.kernel.beats import Beat
from shanhai.kernel.registry import Registry, registries

pytestmark = pytest.mark.django_db
KEEP_BEATING = worker.keep_beating


@pytest.fixture(autouse=True)
def signals_as_before(monkeypatch):
    monkeypatch.setattr(worker, "SECONDS_BETWEEN_LOOKS", 0.01)
    # Closing the connection would end the test's transaction with it.
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(worker.connection, "close", lambda: None)
    # A thread would see another database in memory.
    monkeypatch.setattr(worker, "keep_beating", lambda stopping, by: None)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def answers(monkeypatch, *given):
    """Let the worker's looks at the outbox find ``given``, one after the other; after the last it is asked to stop."""
    left, asked = list(given), []

    def deliver_due(*, by, at, limit):
        asked.append(at)
        answer = left.pop(0) if left else os.kill(os.getpid(), signal.SIGTERM)
        if isinstance(answer, Exception):
            raise answer
        return answer or 0

    monkeypatch.setattr(services, "deliver_due", deliver_due)
    return asked


def test_once_delivers_what_is_due_and_ends(monkeypatch):
    asked = answers(monkeypatch, 1, 1, 0)

    call_command("worker", "--once")

    assert len(asked) == 3


def test_it_looks_again_and_again_until_stopped(monkeypatch):
    asked = answers(monkeypatch, 0, 1, 0, 0)

    call_command("worker")

    assert len(asked) == 5
    assert asked == sorted(asked)


def test_it_does_the_work_of_every_day_at_its_first_look(monkeypatch):
    calls = []
    monkeypatch.setattr(worker.jobs, "do_daily", lambda *, by, at: calls.append(by.ref))
    answers(monkeypatch, 0, 0, 0)

    call_command("worker")

    assert calls == ["system:worker"]


def test_a_database_that_does_not_answer_does_not_end_it(monkeypatch):
    asked = answers(monkeypatch, OperationalError("database is locked"), OperationalError("gone"), 1, 0)

    call_command("worker")

    assert len(asked) == 5


def test_any_other_fault_ends_it_loudly(monkeypatch):
    answers(monkeypatch, RuntimeError("a fault of ours"))

    with pytest.raises(RuntimeError):
        call_command("worker")


@pytest.mark.sqlite
def test_between_two_deliveries_the_worker_rests_as_long_as_it_wrote(monkeypatch):
    times, rests, left = iter((0.0, 0.4, 10.0, 10.1, 20.0)), [], [1, 1, 0]
    monkeypatch.setattr(worker.time, "monotonic", lambda: next(times))
    monkeypatch.setattr(services, "deliver_due", lambda **_: left.pop(0))
    monkeypatch.setattr(worker.jobs, "take_back", lambda **_: None)
    monkeypatch.setattr(worker, "run_next", lambda **_: False)

    class Stopping:
        is_set = staticmethod(lambda: False)
        wait = staticmethod(lambda seconds: rests.append(round(seconds, 3)))

    worker.work_until(Stopping(), by=None, worker="w")

    assert rests == [0.4, 0.1]


class Counting:
    """A look that is due every second; the first one fails."""

    key = "test.counting"

    def __init__(self, stopping):
        self.looks, self.stopping = 0, stopping

    def run(self, *, by, at):
        self.looks += 1
        if self.looks == 3:
            self.stopping.set()
        if self.looks == 1:
            raise ValueError
        return 0


def test_what_is_due_every_second_is_looked_at_again_though_it_failed(monkeypatch):
    stopping = threading.Event()
    found = Counting(stopping)
    beats = Registry(Beat)
    beats.add(found)
    monkeypatch.setattr(registries, "beats", beats)

    KEEP_BEATING(stopping, system("worker"))

    assert found.looks == 3
