# SPDX-License-Identifier: Apache-2.0
"""Taking a table in at the console: in the name of an account, within what it may, with what it decided."""

import json
from contextlib import suppress

import pytest
from django.core.management import CommandError, call_command

from shanhai.base.audit.models import AuditRow
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.tests.builders import a_programme, a_row, a_workbook
from tests.cast import a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path, capsys):
    a_programme()
    a_user("office")
    a_user("auditor")
    path = a_workbook(tmp_path / "t.xlsx", a_row())

    def command(*more, by="office"):
        with suppress(SystemExit):
            call_command("import", "projects", str(path), "--programme", "zj-ganzi", "--by", by, *more)
        return capsys.readouterr().out

    return command


def test_what_a_person_must_decide_is_asked_and_answered(run):
    asked = run("--dry-run")
    assert "--answer taken_over=" in asked
    assert "--answer money=" in asked

    still = run("--because", "十一月报表", "--answer", "taken_over=yes")
    assert "not stored" in still
    assert not Project.objects.exists()

    done = run("--because", "十一月报表", "--answer", "taken_over=yes", "--answer", "money=leave", "--json")
    assert json.loads(done)["applied"] is True
    row = AuditRow.objects.get(action="imports.batch.imported")
    assert (row.actor.startswith("user:"), row.because) == (True, "十一月报表")
    assert row.changes["answers"] == {"taken_over": "yes", "money": "leave"}


@pytest.mark.parametrize("more", [(), ("--because", "  ")])
def test_nothing_is_taken_in_without_a_reason(run, more):
    with pytest.raises(CommandError):
        run(*more, "--answer", "taken_over=yes", "--answer", "money=leave")
    assert not Project.objects.exists()


def test_who_may_not_import_does_not_at_the_console_and_who_is_nobody_neither(run):
    for who in ("auditor", "nobody"):
        with pytest.raises(CommandError):
            run("--because", "试试", by=who)
    assert not Project.objects.exists()
