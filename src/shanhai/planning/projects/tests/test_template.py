# SPDX-License-Identifier: Apache-2.0
"""The table that people download, fill in, and import."""

import zipfile

import pytest

from shanhai.kernel.errors import NotVisible
from shanhai.planning.projects.imports.rules.columns import HEADERS
from shanhai.planning.projects.imports.selectors.imports import check_table, recognises
from shanhai.planning.projects.imports.selectors.templates import import_template
from shanhai.planning.projects.imports.services.imports import import_projects
from shanhai.planning.projects.tests.builders import a_programme
from shanhai.registers.documents.selectors.tables import read_sheet
from tests.cast import AT, KANGDING, OFFICE, STRANGER

pytestmark = pytest.mark.django_db


@pytest.fixture
def template(tmp_path):
    a_programme()
    path = tmp_path / "projects.xlsx"
    path.write_bytes(import_template(viewer=OFFICE, programme="zj-ganzi"))
    return path


def test_the_import_knows_every_column_of_its_own_template(template):
    checked = check_table(viewer=OFFICE, programme="zj-ganzi", path=template, today=AT.date())

    assert set(checked.sheet.columns.by_field) == set(HEADERS)
    assert checked.sheet.columns.unknown == ()
    assert recognises(template)


def test_the_sample_row_is_not_imported(template):
    report = import_projects(by=OFFICE, at=AT, programme="zj-ganzi", path=template)

    assert (report["rows"], report["new"]) == (0, 0)
    assert "projects.sample_row" in {problem["code"] for problem in report["problems"]}


def test_the_sample_row_would_be_a_good_project(template, monkeypatch):
    monkeypatch.setattr("shanhai.planning.projects.imports.rules.sheet.SAMPLE", "不跳过")

    checked = check_table(viewer=OFFICE, programme="zj-ganzi", path=template, today=AT.date())

    assert [problem for problem in checked.problems if problem.row and problem.blocking] == []
    assert len(checked.candidates) == 1


def test_counties_categories_and_sources_of_the_programme_are_offered(template):
    options = read_sheet(path=template, sheet="选项")

    words = {cell for row in options.rows for cell in row}
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
