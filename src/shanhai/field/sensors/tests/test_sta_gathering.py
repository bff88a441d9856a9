# SPDX-License-Identifier: Apache-2.0
"""Observations that come at the same time share a transaction; each sender is told of its own."""

import threading
import time

import pytest
from django.db import DataError, OperationalError

from shanhai.field.sensors.sta.services import gathering
from shanhai.field.sensors.sta.services.gathering import Gathering
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from tests.cast import AT


@pytest.fixture
def rounds():
    return []


@pytest.fixture
def together(rounds):
    """A store that answers ten times a number, refuses negative ones, and fails as a whole where one is 99."""

    def store(many, by, at):
        rounds.append((by.ref, many))
        if 77 in many:
            raise DataError("a number that the database does not take")
        if 99 in many:
            raise OperationalError("the database is gone")
        return [BadInput("不行。") if one < 0 else one * 10 for one in many]

    return Gathering(store)


def send_together(together, *given):
    """What became of those (actor, number) that wait while another is stored."""
    found = {}

    def send(who, number):
        try:
            found[number] = together.take(number, by=Actor(who), at=AT)
        except (BadInput, DataError, OperationalError) as error:
            found[number] = type(error)

    threads = [threading.Thread(target=send, args=one) for one in given]
    with together.storing:
        for thread in threads:
            thread.start()
        until = time.monotonic() + 10
        while len(together.queue) < len(given) and time.monotonic() < until:
            time.sleep(0.001)
    for thread in threads:
        thread.join(10)
    return found


def test_those_who_wait_are_stored_in_one_round_and_each_is_told_of_its_own(together, rounds):
    found = send_together(together, *(("a", number) for number in (1, 2, -3, 4, 5, 6, 7, 8)))

    assert [len(many) for _by, many in rounds] == [8]
    assert found == {-3: BadInput, **{number: number * 10 for number in (1, 2, 4, 5, 6, 7, 8)}}


def test_each_is_stored_in_its_own_name_and_a_failure_is_told_to_all_of_its_round(together, rounds):
    found = send_together(together, ("a", 1), ("b", 99), ("a", 3), ("b", 4))

    assert {by: set(many) for by, many in rounds} == {"a": {1, 3}, "b": {99, 4}}
    assert found == {1: 10, 99: OperationalError, 3: 30, 4: OperationalError}


def test_the_fault_of_one_is_not_told_to_the_others_of_its_round(together):
    assert send_together(together, ("a", 1), ("a", 77), ("a", 3)) == {1: 10, 77: DataError, 3: 30}


def test_one_alone_is_stored_at_once_and_the_next_finds_nobody_storing(together):
    assert [together.take(number, by=Actor("a"), at=AT) for number in (1, 2)] == [10, 20]

    assert not together.storing.locked()
    assert not together.queue


def test_after_a_round_of_several_the_next_waits_for_as_many_but_not_for_long(together, rounds, monkeypatch):
    send_together(together, ("a", 1), ("a", 2))
    monkeypatch.setattr(gathering, "COMPANY_S", 10)
    first = threading.Thread(target=lambda: together.take(3, by=Actor("a"), at=AT))
    first.start()
    while not together.queue:
        time.sleep(0.001)
    time.sleep(0.05)
    together.take(4, by=Actor("a"), at=AT)
    first.join(10)
    monkeypatch.setattr(gathering, "COMPANY_S", 0.01)
    together.take(5, by=Actor("a"), at=AT)
    monkeypatch.setattr(gathering, "COMPANY_S", 60)
    together.take(6, by=Actor("a"), at=AT)

    assert [len(many) for _by, many in rounds] == [2, 2, 1, 1]
