# SPDX-License-Identifier: Apache-2.0
"""The table of projects as the console and the page take it."""

import pytest

from shanhai.kernel.errors import BadInput
from shanhai.kernel.registry import registries
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.tests.builders import a_programme, a_row, a_workbook
from shanhai.registers.ledger.models import Entry
from shanhai.registers.tables.selectors.workbooks import open_workbook
from tests.cast import AT, OFFICE_WHO_POSTS


def run(path, options):
    with open_workbook(path=path) as file:
        return registries.importers.get("projects").run(
            file=file,
            options=options,
            answers={"taken_over": "yes"},
            by=OFFICE_WHO_POSTS,
            at=AT,
            dry_run=False,
            progress=lambda done, total: None,
        )


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["2026-10-31", "2026年10月31日", "2026/10/31"])
def test_the_console_imports_with_a_cut_off_day(tmp_path, day):
    a_programme()
    path = a_workbook(tmp_path / "t.xlsx", a_row())
    options = {"programme": "zj-ganzi", "cut_off": day}

    report = run(path, options)

    assert report.applied
    days = Entry.objects.filter(source_kind="projects.import").values_list("on_date", flat=True)
    assert {day.isoformat() for day in days} == {"2026-10-31"}


@pytest.mark.parametrize("options", [{}, {"programme": "zj-ganzi", "cut_off": "gestern"}])
def test_the_console_says_what_it_was_not_told(tmp_path, options):
    path = a_workbook(tmp_path / "t.xlsx", a_row())

    with pytest.raises(BadInput):
        run(path, options)


@pytest.mark.django_db
def test_the_integrity_check_is_silent_until_a_line_is_altered(tmp_path):
    a_programme()
    path, options = a_workbook(tmp_path / "t.xlsx", a_row()), {"programme": "zj-ganzi"}
    run(path, options)
    check = registries.integrity.get("projects.lines")

    assert check.run() == ()

    AllocationLine.objects.update(paid_fen=1)

    assert len(check.run()) == 1
