# SPDX-License-Identifier: Apache-2.0
"""The table that people download, fill in, and import."""

import zipfile

import pytest

from shanhai.kernel.errors import NotVisible
from shanhai.planning.imports.providers import Projects
from shanhai.planning.imports.selectors import check_table, import_template
from shanhai.planning.imports.tests.builders import import_file
from shanhai.planning.projects.labels.tables import FIELDS
from shanhai.planning.projects.tests.builders import a_programme
from shanhai.registers.tables.selectors.workbooks import open_workbook
from shanhai.registers.tables.tests.builders import rows_in
from tests.cast import AT, KANGDING, OFFICE, STRANGER

pytestmark = pytest.mark.django_db


@pytest.fixture
def template(tmp_path):
    a_programme()
    path = tmp_path / "projects.xlsx"
    path.write_bytes(import_template(viewer=OFFICE, programme="zj-ganzi"))
    return path


def test_the_import_knows_every_column_of_its_own_template(template):
    with open_workbook(path=template) as file:
        checked = check_table(viewer=OFFICE, programme="zj-ganzi", file=file, answers={}, today=AT.date())

        assert Projects().recognises(file)
    (part,) = checked.table.parts.values()
    assert list(part.columns.by_field) == [one.key for one in FIELDS]
    assert part.columns.unknown == ()


def test_the_sample_row_is_not_imported(template):
    report = import_file(template)

    assert (report.rows, report.counts["new"]) == (0, 0)
    assert "projects.sample_row" in {problem.code for problem in report.problems}


def test_the_sample_row_would_be_a_good_project(template, monkeypatch):
    monkeypatch.setattr("shanhai.registers.tables.rules.table.SAMPLE", "不跳过")

    with open_workbook(path=template) as file:
        checked = check_table(viewer=OFFICE, programme="zj-ganzi", file=file, answers={}, today=AT.date())

    assert [problem for problem in checked.table.problems if problem.row and problem.blocking] == []
    assert checked.table.questions == []
    assert len(checked.rows) == 1


def test_counties_categories_and_sources_of_the_programme_are_offered(template):
    words = {cell for row in rows_in(template, "选项") for cell in row}
    assert {"康定市", "泸定县", "教育", "省级财政", "交支票", "续建", "2028"} <= words


def test_columns_are_limited_to_their_choices_and_codes_are_text(template):
    with zipfile.ZipFile(template) as packed:
        page = packed.read("xl/worksheets/sheet1.xml").decode()

    assert page.count("<dataValidation ") == 11
    assert 'type="list"' in page


def test_a_county_user_may_have_it_and_a_stranger_may_not(template):
    assert import_template(viewer=KANGDING, programme="zj-ganzi").startswith(b"PK")
    with pytest.raises(NotVisible):
        import_template(viewer=STRANGER, programme="zj-ganzi")
