# SPDX-License-Identifier: Apache-2.0
"""Warnings that come with time alone are found by the work of every day, and by the command."""

import pytest
from django.core.management import CommandError, call_command

from shanhai.base.audit.models import AuditRow
from shanhai.planning.warnings.models import EarlyWarning
from shanhai.planning.warnings.providers import EveryDay
from shanhai.planning.warnings.tests.builders import a_late_project, a_quiet_programme
from tests.cast import AT, OFFICE, a_user

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


def test_the_command_evaluates_and_prints(capsys):
    a_quiet_programme()
    a_late_project()
    office = a_user("office")
    with pytest.raises(CommandError, match="--by 写明"):
        call_command("warnings", "zj-ganzi", "--evaluate")
    with pytest.raises(CommandError, match="您的岗位不能做这件事"):
        call_command("warnings", "zj-ganzi", "--evaluate", by=a_user("finance").username, because="想看看")

    call_command("warnings", "zj-ganzi", "--evaluate", by=office.username, because="例会前")

    assert AuditRow.objects.get(action="warnings.evaluated").actor == f"user:{office.uuid}"
    assert AuditRow.objects.get(action="accounts.console.acted").because == "例会前"
    first, second = capsys.readouterr().out.splitlines()
    assert first == "raised 1\tretold 0\tclosed 0"
    assert second.startswith("serious\t2026-04-02\topen\tGZ-1 康定市中心小学教学楼\t计划 2026-04-01 开工")
