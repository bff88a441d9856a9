# SPDX-License-Identifier: Apache-2.0
import pytest
import xlsxwriter

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import NotAllowed
from shanhai.kernel.registry import registries
from shanhai.registers.organisations.models import Organisation
from shanhai.registers.organisations.services import import_organisations
from shanhai.registers.organisations.tests.builders import an_organisation
from shanhai.registers.organisations.values import OrganisationRow
from shanhai.registers.places.tests.builders import a_division
from shanhai.registers.tables.selectors.workbooks import TableNotReadable, open_workbook
from tests.cast import AUDITOR, DEPUTY, KANGDING, OFFICE, STRANGER

pytestmark = pytest.mark.django_db

COMPANY = OrganisationRow(2, "甘孜州高原畜牧有限公司", "高原畜牧", "91350100M000100Y43", "company", "513301")
SCHOOL = OrganisationRow(3, "康定市第一小学", kind="school", division="513301")


@pytest.fixture(autouse=True)
def _kangding():
    a_division("513301")


@pytest.fixture
def run(at):
    def run_it(path, **kw):
        importer = registries.importers.get("organisations")
        given = {"options": {}, "answers": {}, "dry_run": False, **kw}
        with open_workbook(path=path) as file:
            return importer.run(file=file, by=OFFICE, at=at, progress=lambda done, total: None, **given)

    return run_it


def codes_of(report):
    return [(problem.row, problem.column, problem.code) for problem in report.problems]


def test_rows_are_registered_once_however_often_they_come(at):
    first = import_organisations(by=OFFICE, at=at, rows=[COMPANY, SCHOOL])
    second = import_organisations(by=OFFICE, at=at, rows=[COMPANY, SCHOOL])

    assert (first.counts["new"], first.applied) == (2, True)
    assert tuple(second.counts.values()) == (0, 0, 2)
    assert AuditRow.objects.count() == 1
    assert AuditRow.objects.get().changes == {"created": 2, "changed": 0}


def test_a_code_names_the_organisation_even_when_its_name_has_changed(at):
    import_organisations(by=OFFICE, at=at, rows=[COMPANY])
    renamed = OrganisationRow(2, "甘孜州高原牧业有限公司", uscc="91350100M000100Y43")

    report = import_organisations(by=OFFICE, at=at, rows=[renamed])

    found = Organisation.objects.get()
    assert report.counts["changed"] == 1
    assert (found.name, found.short_name, found.division.code) == ("甘孜州高原牧业有限公司", "高原畜牧", "513301")
    assert {"gzzgymyyxgs", "gyxm", "gaoyuanxumu"} <= set(found.spelled.split())


def test_a_code_is_added_to_an_organisation_that_had_none(at):
    an_organisation("康定市第一小学", division=a_division("513301"))
    row = OrganisationRow(2, "康定市第一小学", uscc="12100000400010275N", division="513301")

    import_organisations(by=OFFICE, at=at, rows=[row])

    assert Organisation.objects.get().uscc == "12100000400010275N"


def test_one_bad_row_keeps_the_whole_file_out_and_every_fault_is_named(at):
    an_organisation("康定市人民医院", kind="hospital", uscc="12100000400010275N", division=a_division("513301"))
    rows = [
        COMPANY,
        OrganisationRow(3, ""),
        OrganisationRow(4, "甲", uscc="91350100M000100Y44"),
        OrganisationRow(5, "乙", uscc=9.1350100123456e17),
        OrganisationRow(6, "丙", uscc="9.1350E+17"),
        OrganisationRow(7, "丁", kind="castle"),
        OrganisationRow(8, "戊", division="513399"),
        OrganisationRow(9, "己", uscc="91350100m000100y43"),
        OrganisationRow(10, "丁"),
        OrganisationRow(11, "庚", short_name="短" * 41),
    ]
    conflict = OrganisationRow(2, "康定市人民医院", uscc="91110000100010433L", division="513301")

    report = import_organisations(by=OFFICE, at=at, rows=rows)
    other = import_organisations(by=OFFICE, at=at, rows=[conflict])

    assert not report.applied
    assert codes_of(report) == [
        (3, "name", "organisations.name_missing"),
        (4, "uscc", "organisations.wrong_check_character"),
        (5, "uscc", "organisations.destroyed_by_excel"),
        (6, "uscc", "organisations.destroyed_by_excel"),
        (7, "kind", "organisations.kind"),
        (8, "division", "organisations.unknown_division"),
        (9, "uscc", "organisations.duplicate"),
        (10, "name", "organisations.duplicate"),
        (11, "short_name", "organisations.too_long"),
    ]
    assert codes_of(other) == [(2, "uscc", "organisations.already_registered")]
    assert Organisation.objects.count() == 1


def test_two_rows_about_one_stored_organisation_are_refused(at):
    import_organisations(by=OFFICE, at=at, rows=[COMPANY])
    by_code = OrganisationRow(2, "新名", uscc="91350100M000100Y43", division="513301")
    by_name = OrganisationRow(3, "甘孜州高原畜牧有限公司", division="513301")

    report = import_organisations(by=OFFICE, at=at, rows=[by_code, by_name])

    assert codes_of(report) == [(3, "name", "organisations.duplicate")]


def test_a_doubtful_code_is_a_warning_only(at):
    report = import_organisations(by=OFFICE, at=at, rows=[OrganisationRow(2, "疑", uscc="91350100M000100Y56")])

    assert report.applied
    assert codes_of(report) == [(2, "uscc", "organisations.uscc_doubtful")]


def test_a_dry_run_stores_nothing(at):
    report = import_organisations(by=OFFICE, at=at, rows=[COMPANY, SCHOOL], dry_run=True)

    assert (report.counts["new"], report.applied) == (2, False)
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("actor", [STRANGER, KANGDING, AUDITOR, DEPUTY], ids=lambda actor: actor.name)
def test_who_does_not_manage_organisations_may_not_import(at, actor):
    with pytest.raises(NotAllowed):
        import_organisations(by=actor, at=at, rows=[COMPANY])


def test_the_number_of_queries_does_not_grow_with_the_file(at, django_assert_max_num_queries):
    rows = [OrganisationRow(n, f"第{n}合作社", kind="cooperative", division="513301") for n in range(2, 302)]

    with django_assert_max_num_queries(30):
        import_organisations(by=OFFICE, at=at, rows=rows)


def a_workbook(path, rows):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def test_a_workbook_with_a_title_above_its_header_is_imported(run, tmp_path):
    path = a_workbook(
        tmp_path / "organisations.xlsx",
        [
            ["受援地单位名录"],
            ["单位名称", "类别", "统一社会信用代码", "行政区划代码"],
            ["甘孜州高原畜牧有限公司", "企业", "91350100M000100Y43", 513301],
            [],
            ["康定市第一小学", "学校", "", "513301"],
        ],
    )

    report = run(path)

    assert (report.kind, report.counts["new"], report.applied) == ("organisations", 2, True)
    assert set(Organisation.objects.values_list("kind", "division__code")) == {
        ("company", "513301"),
        ("school", "513301"),
    }


def test_a_code_that_excel_holds_as_a_number_is_told_by_row(run, tmp_path):
    path = a_workbook(tmp_path / "organisations.xlsx", [["名称", "信用代码"], ["甲", 912345678901234567]])

    report = run(path)

    (found,) = report.problems
    assert (found.row, found.column, found.code) == (2, "信用代码", "organisations.destroyed_by_excel")
    assert str(found.where) == "第 2 行 · 信用代码"
    assert report.applied is False


def test_a_csv_is_imported(run, tmp_path):
    path = tmp_path / "organisations.csv"
    path.write_bytes("名称,简称,类别\n康定市第一小学,一小,学校\n".encode("gb18030"))

    assert run(path).counts["new"] == 1
    assert Organisation.objects.get().short_name == "一小"


@pytest.mark.parametrize("text", ["叫法,类别\n甲,企业\n", "名称,类别\n", "名称\n,\n"])
def test_a_table_without_a_header_or_rows_is_refused(run, tmp_path, text):
    path = tmp_path / "organisations.csv"
    path.write_text(text, "utf-8")

    report = run(path)

    assert [one.code for one in report.problems if one.blocking] in (
        ["organisations.no_header"],
        ["organisations.no_rows"],
    )
    assert not report.applied


def test_an_empty_or_foreign_file_is_refused(run, tmp_path):
    path = tmp_path / "organisations.csv"
    path.write_text("\n\n", "utf-8")

    with pytest.raises(TableNotReadable):
        run(path)


def test_a_line_break_in_a_name_and_an_error_in_a_cell(run, tmp_path):
    path = tmp_path / "organisations.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["名称", "类别"])
        sheet.write_row(1, 0, ["康定市\n第一小学", "学校"])
    assert run(path).applied
    assert Organisation.objects.get().name == "康定市第一小学"

    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["名称", "类别"])
        sheet.write_string(1, 0, "康定市第二小学")
        sheet.write_formula(1, 1, "=NA()", None, "#N/A")
    report = run(path)
    assert [(one.row, one.column, one.code) for one in report.problems] == [(2, "类别", "organisations.cell_error")]
    assert not report.applied
