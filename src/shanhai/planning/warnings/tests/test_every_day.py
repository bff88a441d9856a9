# SPDX-License-Identifier: Apache-2.0
"""Warnings that come with time alone are found by the work of every day."""

import pytest

from shanhai.planning.warnings.models import EarlyWarning
from shanhai.planning.warnings.providers import EveryDay
from shanhai.planning.warnings.tests.builders import a_late_project, a_quiet_programme
from tests.cast import AT, OFFICE

pytestmark = pytest.mark.django_db


def test_every_programme_that_runs_is_asked_once_a_day():
    a_quiet_programme()
    a_late_project()

    first, second = EveryDay().run(by=OFFICE, at=AT), EveryDay().run(by=OFFICE, at=AT)

    assert EarlyWarning.objects.filter(rule="start_passed").count() == 1
    assert first.startswith("zj-ganzi +")
    assert second == "zj-ganzi +0 −0"


def test_a_programme_that_is_over_is_left_in_peace():
    a_quiet_programme()
    a_late_project()

    assert EveryDay().run(by=OFFICE, at=AT.replace(year=2031)) == ""
    assert not EarlyWarning.objects.exists()
