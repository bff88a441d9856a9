# SPDX-License-Identifier: Apache-2.0
"""Two people confirm one table, or undo one batch, at the same time: one does it, the other is told. With a control."""

import time
from dataclasses import replace

import pytest

from shanhai.planning.imports import services as imports
from shanhai.planning.imports.models import ImportBatch
from shanhai.planning.imports.tests.builders import import_file
from shanhai.planning.projects.core.selectors import lines_that_differ
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.tests.builders import a_programme, a_row, a_workbook
from tests.cast import AT, DEPUTY, OFFICE, OFFICE_WHO_POSTS
from tests.concurrency.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

OTHER = replace(OFFICE_WHO_POSTS, ref=DEPUTY.ref)


@pytest.fixture
def confirm(tmp_path, monkeypatch):
    """Confirms a table of one project; whoever does so takes a while between looking and writing."""
    look, path = imports.check_table, a_workbook(tmp_path / "2026.xlsx", a_row())

    def slowly(**kw):
        checked = look(**kw)
        time.sleep(0.3)
        return checked

    monkeypatch.setattr(imports, "check_table", slowly)
    a_programme()
    return lambda by: import_file(path, by=by)


def test_one_imports_the_table_and_the_other_is_told(confirm):
    reports = []

    together(lambda: reports.append(confirm(OFFICE_WHO_POSTS)), lambda: reports.append(confirm(OTHER)))

    assert sorted(report.posted for report in reports) == [0, 3]
    assert (ImportBatch.objects.count(), Project.objects.count(), lines_that_differ()) == (1, 1, ())


def test_control_without_the_lock_the_second_stumbles_over_the_first(confirm, monkeypatch):
    monkeypatch.setattr(imports, "lock_projects", lambda **kw: None)
    monkeypatch.setattr(imports, "latest_act", lambda **kw: 0)

    errors = together(lambda: confirm(OFFICE_WHO_POSTS), lambda: confirm(OTHER), may_fail=True)

    assert len(errors) == 1


def test_one_undoes_the_batch_and_the_other_is_told(confirm):
    batch = confirm(OFFICE_WHO_POSTS).batch

    def undo(by):
        imports.undo_batch(by=by, at=AT, batch=batch, because="传错了")

    errors = together(lambda: undo(OFFICE), lambda: undo(DEPUTY), may_fail=True)

    assert [error.code for error in errors] == ["projects.batch_already_undone"]
    assert not Project.objects.exists()
