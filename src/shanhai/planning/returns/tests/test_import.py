# SPDX-License-Identifier: Apache-2.0
"""County tables through the importer, as the console and the import page call it."""

from datetime import date
from pathlib import Path

import pytest

from shanhai.kernel.errors import BadInput
from shanhai.kernel.registry import registries
from shanhai.planning.returns.models import Finding, Return
from shanhai.planning.returns.providers import Returns
from shanhai.planning.returns.selectors import stated_table
from shanhai.planning.returns.tests.builders import a_county_file, kezhou_programme
from shanhai.planning.returns.tests.tables import DATA, kezhou
from shanhai.registers.tables.selectors.workbooks import open_workbook
from tests.cast import AT, DEPUTY
from tests.refusals import refused


def run(path, options, *, dry_run=False):
    with open_workbook(path=path) as file:
        return Returns().run(
            file=file, options=options, answers={}, by=DEPUTY, at=AT, dry_run=dry_run, progress=lambda done, total: None
        )


def recognised(path):
    with open_workbook(path=path) as file:
        return Returns().recognises(file)


DEMO = Path(__file__).resolve().parents[5] / "demo"


@pytest.fixture(autouse=True)
def documents_dir(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"


@pytest.mark.django_db
def test_the_demo_workbook_is_read_like_the_published_table():
    kezhou_programme()

    answer = run(DEMO / "kezhou-2021.xlsx", {"programme": "kezhou-2021"})

    report = Return.objects.get()
    assert (answer.applied, answer.url, answer.before) == (True, f"/returns/{report.uuid}/", "")
    assert report.cut_off_on == date(2021, 9, 30)
    assert [one.code for one in answer.problems] == ["returns.note_row"]
    assert len(answer.findings) == 3
    assert [(f.measure, f.row.label, f.suggested) for f in Finding.objects.order_by("position")] == [
        ("arrived", "合计", "17.44"),
        ("completion_rate", "阿合奇县", "78.38%"),
        ("invested", "合计", ""),
    ]
    stored = stated_table(report, report.rows.order_by("position"))
    assert {row.label: {key: cell.number for key, cell in row.cells.items()} for row in stored.lines} == {
        row.label: {key: cell.number for key, cell in row.cells.items()} for row in kezhou().lines
    }


def test_the_demo_workbook_is_small():
    assert (DEMO / "kezhou-2021.xlsx").stat().st_size <= 10_000


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["2021-09-30", "2021年9月30日", "2021/9/30"])
def test_options_are_read_from_text(day):
    kezhou_programme()
    options = {"programme": "kezhou-2021", "cut_off": day, "title": "三季度", "provenance": "public"}

    answer = run(DATA / "kezhou-2021.csv", options, dry_run=True)

    assert (answer.applied, answer.url) == (False, "")


@pytest.mark.parametrize("options", [{}, {"programme": ""}, {"programme": "kezhou-2021", "cut_off": "九月底"}])
def test_missing_or_unreadable_options_are_refused_with_a_sentence(options):
    with refused(BadInput, "returns.option_missing"):
        run(DATA / "kezhou-2021.csv", options)


def test_county_tables_are_told_from_other_files(tmp_path):
    projects = tmp_path / "项目.csv"
    projects.write_text("项目编号,项目名称,县(市),援助资金(万元)\n1,学校,康定市,100\n", encoding="utf-8")
    picture = tmp_path / "表.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 100)

    assert recognised(DATA / "kezhou-2021.csv")
    assert recognised(DEMO / "kezhou-2021.xlsx")
    assert recognised(a_county_file(tmp_path, ("康定市", 1, 1, 1, 1, 1)))
    assert not recognised(projects)
    assert not recognised(picture)


def test_the_projects_of_the_demo_are_no_county_table():
    assert not recognised(DEMO / "projects.csv")


def test_every_importer_that_recognises_files_leaves_the_demo_workbook_to_returns():
    path = DEMO / "kezhou-2021.xlsx"

    with open_workbook(path=path) as file:
        assert [one.key for one in registries.importers if one.recognises(file)] == ["returns"]
