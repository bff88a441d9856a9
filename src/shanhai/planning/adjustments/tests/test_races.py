# SPDX-License-Identifier: Apache-2.0
"""Two people decide the same adjustment at the same time: one does, the other is told. See the control."""

import time

import pytest

from shanhai.planning.adjustments import services
from shanhai.planning.adjustments.models import Adjustment, AdjustmentQuerySet, Opinion
from shanhai.planning.adjustments.states import State
from shanhai.planning.adjustments.tests.builders import an_adjustment, approve_adjustment, refuse_adjustment
from shanhai.planning.projects.tests.builders import a_programme, a_project
from tests.cast import AT, DEPUTY, actor
from tests.concurrency.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
OTHER = actor("commander", ref="user:other")


@pytest.fixture
def adjustment(monkeypatch):
    """A submitted adjustment; whoever decides it takes a while, so that both are at it at the same time."""
    a_programme()
    found = an_adjustment(project=a_project(stage="under_way"), state=State.SUBMITTED)
    check = services.require_move

    def slowly(*args):
        check(*args)
        time.sleep(0.3)

    monkeypatch.setattr(services, "require_move", slowly)
    return found


def both(adjustment):
    seen = {"at": AT, "adjustment": adjustment.uuid, "seen": State.SUBMITTED}
    return together(
        lambda: approve_adjustment(by=DEPUTY, words="同意", **seen),
        lambda: refuse_adjustment(by=OTHER, words="不同意", **seen),
        may_fail=True,
    )


def test_one_decides_and_the_other_is_told(adjustment):
    errors = both(adjustment)

    assert [error.code for error in errors] == ["adjustments.moved_meanwhile"]
    (said,) = Opinion.objects.exclude(verdict="submitted")
    assert said.verdict == Adjustment.objects.get().state


def test_control_without_the_row_lock_both_decide(adjustment, monkeypatch):
    monkeypatch.setattr(AdjustmentQuerySet, "select_for_update", lambda self, **kwargs: self)

    errors = both(adjustment)

    assert errors == []
    assert Opinion.objects.exclude(verdict="submitted").count() == 2
