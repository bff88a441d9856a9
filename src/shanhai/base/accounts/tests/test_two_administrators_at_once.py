# SPDX-License-Identifier: Apache-2.0
"""Two administrators shut each other at the same time; one must stay. Without the lock none would: see the control."""

import contextlib
import threading
from datetime import date

import pytest

from shanhai.base.accounts import selectors
from shanhai.base.accounts.services import users
from tests.cast import AT, a_user, actor_of
from tests.concurrency.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shut_each_other(monkeypatch):
    """Both look who is left before either writes, as far as a lock lets them."""
    both_have_looked = threading.Barrier(2)
    look = selectors.list_administrators

    def look_and_wait(*, on):
        found = look(on=on)
        with contextlib.suppress(threading.BrokenBarrierError):
            both_have_looked.wait(timeout=1)
        return found

    first, second = a_user("administrator", username="first"), a_user("administrator", username="second")
    by_first, by_second = actor_of(first), actor_of(second)

    def act():
        monkeypatch.setattr(selectors, "list_administrators", look_and_wait)
        errors = together(
            lambda: users.deactivate_user(by=by_first, at=AT, user=second.uuid),
            lambda: users.deactivate_user(by=by_second, at=AT, user=first.uuid),
            may_fail=True,
        )
        return [error.code for error in errors], len(look(on=date(2026, 11, 22)))

    return act


def test_one_administrator_stays(shut_each_other):
    assert shut_each_other() == (["accounts.user.last_administrator"], 1)


def test_control_without_the_lock_none_stays(shut_each_other, monkeypatch):
    monkeypatch.setattr("shanhai.base.accounts.models.RoleGrantQuerySet.select_for_update", lambda self, **_given: self)

    assert shut_each_other() == ([], 0)
