# SPDX-License-Identifier: Apache-2.0
"""Two people act on one warning, and two evaluations run, at the same time. See the controls."""

import time

import pytest

from shanhai.planning.programmes.models.programmes import OfProgramme
from shanhai.planning.warnings import services
from shanhai.planning.warnings.models import EarlyWarning, EarlyWarningQuerySet
from shanhai.planning.warnings.states import Action
from shanhai.planning.warnings.tests.builders import a_late_project, a_quiet_programme, a_warning, evaluated
from tests.cast import AT, KANGDING, OFFICE
from tests.concurrency.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def programme():
    a_quiet_programme()


def both_act(warning, monkeypatch):
    check = services.require_move

    def slowly(*args):
        check(*args)
        time.sleep(0.3)

    monkeypatch.setattr(services, "require_move", slowly)
    seen = {"at": AT, "warning": warning.uuid, "seen_acts": 0}
    return together(
        lambda: services.act(by=OFFICE, action=Action.PLANNED, words="下周进场", **seen),
        lambda: services.act(by=KANGDING, action=Action.DONE, words="已经进场", **seen),
        may_fail=True,
    )


def both_evaluate(monkeypatch):
    compare = services.changes_between

    def slowly(*args):
        time.sleep(0.3)
        return compare(*args)

    monkeypatch.setattr(services, "changes_between", slowly)
    return together(evaluated, evaluated, may_fail=True)


def test_one_acts_and_the_other_is_told(monkeypatch):
    warning = a_warning()

    errors = both_act(warning, monkeypatch)

    assert [error.code for error in errors] == ["warnings.acted_meanwhile"]
    assert warning.moves.filter(happened="acted").count() == 1


def test_control_without_the_row_lock_both_act(monkeypatch):
    warning = a_warning()
    monkeypatch.setattr(EarlyWarningQuerySet, "select_for_update", lambda self, **kwargs: self)

    assert both_act(warning, monkeypatch) == []
    assert warning.moves.filter(happened="acted").count() == 2


def test_two_evaluations_at_once_raise_a_warning_once(monkeypatch):
    a_late_project()

    assert both_evaluate(monkeypatch) == []
    assert EarlyWarning.objects.get().moves.count() == 1


def test_control_without_the_programmes_lock_the_second_evaluation_fails(monkeypatch):
    a_late_project()
    monkeypatch.setattr(OfProgramme, "select_for_update", lambda self, **kwargs: self)

    errors = both_evaluate(monkeypatch)

    assert [type(error).__name__ for error in errors] == ["IntegrityError"]
