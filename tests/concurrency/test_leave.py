# SPDX-License-Identifier: Apache-2.0
"""Somebody asks twice at once for more days than are left: one request is kept, the other is told what is left."""

from datetime import date

import pytest

from shanhai.kernel.errors import Refused
from shanhai.team.conduct.leave import selectors
from shanhai.team.conduct.leave.services import leaves
from shanhai.team.conduct.models import Leave
from shanhai.team.conduct.tests.builders import a_kind, a_leave, somebody
from shanhai.team.secondments.tests.builders import two_counties
from tests.concurrency.together import meet, outcomes

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
# Six working days each, of ten.
WEEKS = ((date(2026, 12, 7), date(2026, 12, 15)), (date(2026, 12, 15), date(2026, 12, 23)))


def asking():
    programme = two_counties()
    kind = a_kind()
    by, _held = somebody(programme)
    return [lambda days=days: a_leave(by, kind, *days) for days in WEEKS]


def test_of_two_requests_for_the_same_days_of_a_balance_one_is_kept(monkeypatch):
    jobs = asking()
    meet(monkeypatch, selectors, "taken_by")

    found = outcomes(*jobs)

    assert Leave.objects.count() == 1
    [error] = [one for one in found if isinstance(one, Exception)]
    assert isinstance(error, Refused)
    assert error.code == "conduct.balance_short"


def test_control_without_the_lock_the_balance_is_overdrawn(monkeypatch):
    jobs = asking()
    held = leaves.find_own
    monkeypatch.setattr(leaves, "find_own", lambda **given: held(**given | {"lock": False}))
    meet(monkeypatch, selectors, "taken_by")

    outcomes(*jobs)

    assert sum(one.days for one in Leave.objects.all()) == 12
