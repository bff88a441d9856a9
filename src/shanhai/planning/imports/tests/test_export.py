# SPDX-License-Identifier: Apache-2.0
"""The list as a workbook: what the filter keeps, harmless, and ready to be imported again."""

import io
import zipfile
from datetime import date

import pytest
from django.urls import reverse

from shanhai.planning.imports.selectors import check_table
from shanhai.planning.projects.labels.tables import FIELDS
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, export_projects
from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.planning.projects.tests.builders import a_programme, a_project, some_money
from shanhai.registers.tables.selectors.workbooks import open_workbook
from shanhai.registers.tables.tests.builders import rows_in
from tests.cast import AT, AUDITOR, KANGDING, OFFICE, STRANGER, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(tmp_path):
    def write(viewer=AUDITOR, **filters):
        path = tmp_path / "out.xlsx"
        with path.open("wb") as target:
            count = export_projects(
                viewer=viewer, programme="zj-ganzi", on=AT.date(), target=target, above=("标题", "单位：万元"),
                filters=ProjectFilters(**filters),
            )  # fmt: skip
        return count, path

    return write


@pytest.fixture
def two():
    a_programme()
    line = a_project(code="202611220000000001", yuan=300, stage="under_way").lines.get()
    some_money("arrive", line, 200)
    a_project(code="B", name="泸定县饮水管网", place="513322", yuan=200)


def test_what_the_filter_keeps_is_written_below_its_title(two, written):
    count, path = written(county="513301")

    rows = rows_in(path)
    assert count == 1
    assert (rows[0], rows[1], rows[2][:3]) == (("标题",), ("单位：万元",), ("项目编号", "项目名称", "县(市)"))
    row = dict(zip((one.key for one in FIELDS), rows[3], strict=False))
    assert (row["code"], row["place"], row["stage"], row["delivery"]) == (
        "202611220000000001", "康定市", "已开工", "交钥匙",
    )  # fmt: skip
    assert (row["amount"], row["arrived"], row["paid"], row["planned_start_on"]) == (0.03, 0.02, 0, date(2026, 4, 1))


def test_nobody_gets_what_he_may_not_see(two, written):
    assert written(viewer=KANGDING)[0] == 1
    assert written(viewer=STRANGER)[0] == 0


def test_a_formula_in_a_name_is_text_and_marked_as_such(written):
    a_programme()
    a_project(code="=1+1", name='=HYPERLINK("http://x","点我")')

    _, path = written()

    with zipfile.ZipFile(path) as book:
        sheet, styles = (book.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "styles"))
    assert "<f>" not in sheet
    assert 'quotePrefix="1"' in styles
    assert "hyperlink" not in sheet.lower().replace("=hyperlink", "")
    assert rows_in(path)[3][:2] == ("=1+1", '=HYPERLINK("http://x","点我")')


def test_the_import_understands_what_the_export_writes(two, written):
    _, path = written()

    with open_workbook(path=path) as file:
        checked = check_table(viewer=OFFICE, programme="zj-ganzi", file=file, answers={}, today=AT.date())

    assert [problem.code for problem in checked.table.problems] == []
    assert checked.table.questions == []
    assert {row.brings.value for row in checked.rows} == {"unchanged"}


def test_what_history_allotted_beyond_the_arrived_comes_back_unchanged(two, written):
    AllocationLine.objects.filter(arrived_fen=20_000).update(allotted_fen=25_000)
    _, path = written()

    with open_workbook(path=path) as file:
        checked = check_table(viewer=OFFICE, programme="zj-ganzi", file=file, answers={}, today=AT.date())

    assert [problem.code for problem in checked.table.problems if problem.blocking] == []
    assert {row.brings.value for row in checked.rows} == {"unchanged"}


def test_ten_rows_cost_as_many_queries_as_one(written, django_assert_num_queries):
    a_programme()
    for number in range(10):
        a_project(code=f"P{number}", yuan=10)

    with django_assert_num_queries(3):
        assert written()[0] == 10


def test_the_page_offers_the_current_filter_and_the_file_says_what_it_is(two, client):
    client.force_login(a_user("commander"))
    page = client.get(reverse("projects:list"), {"programme": "zj-ganzi", "stage": "under_way"}).content.decode()
    assert "/projects/export.xlsx?programme=zj-ganzi&amp;stage=under_way" in page

    answer = client.get("/projects/export.xlsx", {"programme": "zj-ganzi", "stage": "under_way"})

    assert answer["Content-Disposition"].startswith('attachment; filename="zj-ganzi-')
    content = b"".join(answer.streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        strings = book.read("xl/worksheets/sheet1.xml").decode()
    assert "筛选：阶段：已开工" in strings
    assert "泸定县饮水管网" not in strings
    assert Project.objects.count() == 2


def test_who_sees_no_programme_gets_no_file(client):
    client.force_login(a_user("administrator"))

    assert client.get("/projects/export.xlsx").status_code == 404
    assert client.get("/projects/imports/").status_code == 404
