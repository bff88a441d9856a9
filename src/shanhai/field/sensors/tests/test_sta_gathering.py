# SPDX-License-Identifier: Apache-2.0
"""Observations that come at the same time share a transaction; each sender is told of its own."""

import threading
import time

import numpy as np
import pytest
from django.db import DataError, OperationalError

from shanhai.field.sensors.sta.services import gathering
from shanhai.field.sensors.store.values import Fate, Readings, TakenIn
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import message
from tests.cast import AT

REASON = message("不行。")


@pytest.fixture
def store(monkeypatch):
    """A store that numbers rows by their times, refuses negative numbers, and fails as a whole where one is 99."""
    rounds = []

    def take_in(*, readings, by, at):
        rounds.append((by.ref, readings))
        if (readings.numbers == 77).any():
            raise DataError("a number that the database does not take")
        if (readings.numbers == 99).any():
            raise OperationalError("the database is gone")
        refused = np.flatnonzero(readings.numbers < 0).tolist()
        fates = np.full(len(readings.times), Fate.STORED, np.int8)
        fates[refused] = Fate.REFUSED
        return TakenIn(readings.times * 10, fates, dict.fromkeys(refused, REASON))

    monkeypatch.setattr(gathering, "take_in", take_in)
    return rounds


def send_together(*given):
    """What became of rows (actor, time, number, extra) that wait while another is stored."""
    found = {}

    def send(who, when, number, extra):
        one = Readings(np.array([1]), np.array([when]), np.array([float(number)]), extras=[extra] if extra else None)
        try:
            found[when] = gathering.gathered(readings=one, by=Actor(who), at=AT)
        except (DataError, OperationalError) as error:
            found[when] = error

    threads = [threading.Thread(target=send, args=one) for one in given]
    with gathering._storing:
        for thread in threads:
            thread.start()
        until = time.monotonic() + 10
        while len(gathering._queue) < len(given) and time.monotonic() < until:
            time.sleep(0.001)
    for thread in threads:
        thread.join(10)
    return found


def test_those_who_wait_are_stored_in_one_round_and_each_is_told_of_its_own(store):
    found = send_together(*(("a", when, -1 if when == 3 else when, None) for when in range(1, 9)))

    assert [len(readings.times) for _by, readings in store] == [8]
    assert {when: taken.ids.tolist() for when, taken in found.items()} == {when: [when * 10] for when in range(1, 9)}
    assert {when for when, taken in found.items() if taken.because} == {3}
    assert found[3].because == {0: REASON}
    assert found[3].fates.tolist() == [Fate.REFUSED]


def test_each_is_stored_in_its_own_name_and_a_failure_is_told_to_all_of_its_round(store):
    found = send_together(("a", 1, 1, None), ("b", 2, 99, None), ("a", 3, 1, {"parameters": {}}), ("b", 4, 1, None))

    assert {by: len(readings.times) for by, readings in store} == {"a": 2, "b": 2}
    assert [type(found[when]) for when in (1, 2, 3, 4)] == [TakenIn, OperationalError, TakenIn, OperationalError]
    of_a = next(readings for by, readings in store if by == "a")
    extras = dict(zip(of_a.times.tolist(), of_a.extras, strict=True))
    assert extras == {1: None, 3: {"parameters": {}}}
    assert of_a.values is None


def test_the_fault_of_one_is_not_told_to_the_others_of_its_round(store):
    found = send_together(*(("a", when, 77 if when == 2 else 1, None) for when in (1, 2, 3)))

    assert [type(found[when]) for when in (1, 2, 3)] == [TakenIn, DataError, TakenIn]
    assert found[3].ids.tolist() == [30]


def test_one_alone_is_stored_at_once_and_the_next_finds_nobody_storing(store):
    for when in (1, 2):
        one = Readings(np.array([1]), np.array([when]), np.array([1.0]))
        assert gathering.gathered(readings=one, by=Actor("a"), at=AT).ids.tolist() == [when * 10]

    assert not gathering._storing.locked()
    assert not gathering._queue
