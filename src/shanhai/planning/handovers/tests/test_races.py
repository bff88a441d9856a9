# SPDX-License-Identifier: Apache-2.0
"""Two people waive or release at the same time: one does, the other is told. See the controls."""

import time

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import Conflict
from shanhai.kernel.states import IllegalMove
from shanhai.planning.handovers import services
from shanhai.planning.handovers.models import BatchHandoverQuerySet, HandoverItemMove
from shanhai.planning.handovers.tests.builders import a_cause, a_handover, a_place_to_leave, only, the_item
from tests.cast import AT, DEPUTY, OFFICE, actor
from tests.concurrency.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ANOTHER = actor("commander", ref="user:another")


def slowly(monkeypatch, module):
    """Whoever moves something takes a while to decide, so that both are at it at the same time."""
    check = module.require_move

    def wait(*args):
        check(*args)
        time.sleep(0.3)

    monkeypatch.setattr(module, "require_move", wait)


def without_lock(monkeypatch):
    monkeypatch.setattr(BatchHandoverQuerySet, "select_for_update", lambda self, **kwargs: self)


@pytest.fixture
def item(monkeypatch):
    """One paper holds the batch back."""
    a_place_to_leave()
    only(monkeypatch, a_cause())
    a_handover()
    slowly(monkeypatch, services)
    return the_item()


def both_waive(item):
    asked = {"at": AT, "item": item.uuid}
    return together(
        lambda: services.waive(by=DEPUTY, because="由第十批接着办", **asked),
        lambda: services.waive(by=ANOTHER, because="不再需要", **asked),
        may_fail=True,
    )


def test_one_waives_the_item_and_the_other_is_told(item):
    errors = both_waive(item)

    assert [type(error) for error in errors] == [IllegalMove]
    (move,) = HandoverItemMove.objects.filter(new="waived")
    item.refresh_from_db()
    assert (item.waived_because, item.closed_by) == (move.because, move.by)


def test_control_without_the_lock_both_waive_it(item, monkeypatch):
    without_lock(monkeypatch)

    assert both_waive(item) == []
    assert HandoverItemMove.objects.filter(new="waived").count() == 2


@pytest.fixture
def ready(monkeypatch):
    """A hand-over with nothing left to do."""
    a_place_to_leave()
    only(monkeypatch)
    slowly(monkeypatch, services)
    return a_handover()


def both_release(handover):
    asked = {"at": AT, "handover": handover.uuid}
    return together(
        lambda: services.release(by=DEPUTY, **asked), lambda: services.release(by=OFFICE, **asked), may_fail=True
    )


def releases():
    return AuditRow.objects.filter(action="handovers.handover.released").count()


def test_one_releases_the_batch_and_the_other_is_told(ready):
    (error,) = both_release(ready)

    assert isinstance(error, Conflict)
    assert error.code in {"handovers.handover_released", IllegalMove.code}
    assert releases() == 1


def test_control_without_the_lock_both_release_it(ready, monkeypatch):
    without_lock(monkeypatch)

    assert both_release(ready) == []
    assert releases() == 2
