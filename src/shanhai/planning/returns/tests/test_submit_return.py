# SPDX-License-Identifier: Apache-2.0
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, NotAllowed, NotVisible
from shanhai.planning.programmes.tests.builders import a_yearly_plan
from shanhai.planning.returns.models import Finding, Return, ReturnRow
from shanhai.planning.returns.tests.builders import (
    HEAD,
    a_county_file,
    a_return,
    ganzi_programme,
    kezhou_programme,
    submit_file,
    the_kezhou_return,
)
from shanhai.planning.returns.tests.tables import DATA
from shanhai.registers.documents.models import Document, Proof
from shanhai.registers.tables.selectors.workbooks import TableNotReadable
from tests.cast import ADMIN, AUDITOR, DEPUTY, FINANCE, KANGDING, LEAD, OFFICE, STRANGER, actor
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def documents_dir(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"


def submit(path: Path, *, by=OFFICE, programme="zj-ganzi", **kw):
    return submit_file(path, by=by, programme=programme, **kw)


def test_the_published_table_is_stored_to_the_digit():
    kezhou_programme()

    report = the_kezhou_return()

    rows = {row.label: row for row in report.rows.order_by("position")}
    assert list(rows) == ["阿图什市", "阿克陶县", "乌恰县", "阿合奇县", "合计"]
    assert rows["阿克陶县"].stated["arrived"] == "8.20"
    assert rows["合计"].stated["acceptance_rate"] == "91%"
    assert "invested" not in rows["阿图什市"].stated
    assert [(row.place, row.is_total) for row in rows.values()] == [
        ("653001", False), ("653022", False), ("653024", False), ("653023", False), ("653000", True)
    ]  # fmt: skip
    assert (report.unit, report.place, report.provenance) == ("yi_yuan", "653000", "public")
    assert report.title == "kezhou-2021.csv"


def test_what_was_found_is_stored_with_the_rows_it_is_about():
    kezhou_programme()

    report = the_kezhou_return()

    found = Finding.objects.filter(row__report=report).order_by("position")
    assert [(f.row.label, f.measure, f.severity, f.suggested, f.state) for f in found] == [
        ("合计", "arrived", "error", "17.44", "open"),
        ("阿合奇县", "completion_rate", "warning", "78.38%", "open"),
        ("合计", "invested", "note", "", "open"),
    ]


def test_the_file_is_kept_as_proof_of_the_return():
    kezhou_programme()

    report = the_kezhou_return()

    proof = Proof.objects.get(subject_type="returns.return", subject_id=str(report.uuid))
    assert (proof.label, proof.document, proof.place) == ("kezhou-2021.csv", report.document, "653000")


def test_sending_in_is_recorded_last_in_the_audit_trail():
    kezhou_programme()

    report = the_kezhou_return()

    last = AuditRow.objects.order_by("-seq").first()
    assert (last.action, last.subject_id, last.programme, last.place) == (
        "returns.return.submitted",
        str(report.uuid),
        "kezhou-2021",
        "653000",
    )
    assert last.changes == {"rows": 4, "findings": 3, "cut_off_on": "2021-09-30"}


def test_the_report_for_machines_says_what_was_found():
    kezhou_programme()

    report = submit(DATA / "kezhou-2021.csv", programme="kezhou-2021", cut_off_on=date(2021, 9, 30), dry_run=True)

    assert (report.kind, report.rows, report.problems, report.applied) == ("returns", 4, (), False)
    assert report.findings[0].facts == {
        "measure": "arrived", "place": "合计", "severity": "error", "suggested": "17.44", "checks": "4",
        "stated": report.findings[0].facts["stated"], "confidence": report.findings[0].facts["confidence"],
    }  # fmt: skip


@pytest.mark.parametrize(("cell", "told"), [("#N/A", "#N/A"), ("12,5", "12.5"), ("12，5", "125")])
def test_an_error_and_a_decimal_comma_are_no_numbers(tmp_path, cell, told):
    ganzi_programme()

    answer = submit(a_county_file(tmp_path, ("康定市", 10, cell, 80, 60, 40)), cut_off_on=date(2023, 9, 30))

    assert [(one.row, one.column, one.blocking) for one in answer.problems] == [(2, "计划投资（万元）", True)]
    assert told in str(answer.problems[0].message)
    assert not answer.applied


def test_hidden_rows_of_a_return_are_asked_about(tmp_path):
    ganzi_programme()
    path = tmp_path / "2023.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate((HEAD, ("康定市", 10, 100, 80, 60, 40), ("泸定县", 10, 100, 80, 60, 40))):
            sheet.write_row(number, 0, row)
        sheet.set_row(2, None, None, {"hidden": True})
    given = {"cut_off_on": date(2023, 9, 30)}

    asked = submit(path, **given)
    left = submit(path, answers={"hidden_rows": "leave"}, **given)

    assert ([one.key for one in asked.questions], asked.applied) == (["hidden_rows"], False)
    assert (left.rows, left.applied) == (1, True)


def test_a_dry_run_stores_nothing(tmp_path):
    ganzi_programme()
    before = AuditRow.objects.count()

    submit(a_county_file(tmp_path, ("康定市", 10, 100, 80, 60, 40)), cut_off_on=date(2023, 9, 30), dry_run=True)

    assert (Return.objects.count(), ReturnRow.objects.count(), Document.objects.count()) == (0, 0, 0)
    assert AuditRow.objects.count() == before


def test_the_same_file_twice_changes_nothing(tmp_path):
    ganzi_programme()
    report = a_return(tmp_path)
    before = AuditRow.objects.count()

    again = submit(tmp_path / "2023-09-30.csv", cut_off_on=date(2023, 9, 30))

    assert (again.applied, again.url, again.before) == (False, f"/returns/{report.uuid}/", f"/returns/{report.uuid}/")
    assert [(problem.code, problem.blocking) for problem in again.problems] == [("returns.sent_before", False)]
    assert (Return.objects.count(), AuditRow.objects.count()) == (1, before)


def test_the_day_and_the_title_are_taken_from_above_the_table(tmp_path):
    ganzi_programme()
    path = tmp_path / "三季度.csv"
    path.write_text(
        "甘孜州援建项目进展（截至2023年9月30日）\n单位：万元\n县市,项目数,到位资金\n康定市,10,80\n", encoding="gb18030"
    )

    answer = submit(path)

    report = Return.objects.get(uuid=answer.url.split("/")[2])
    assert (report.cut_off_on, report.title) == (date(2023, 9, 30), "甘孜州援建项目进展(截至2023年9月30日)")


def test_a_table_of_counts_alone_is_stored_and_its_total_compared(tmp_path):
    ganzi_programme()
    head, rows = ("县市", "项目数", "开工"), (("康定市", 10, 8), ("泸定县", 5, 4), ("合计", 18, 12))

    answer = submit(a_county_file(tmp_path, *rows, head=head), cut_off_on=date(2023, 9, 30))

    assert (answer.applied, Return.objects.get().unit) == (True, "yuan")
    assert [(f.row.label, f.measure, f.kind) for f in Finding.objects.all()] == [("合计", "project_count", "sum")]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "returns.cut_off_missing"),
        ({"cut_off_on": date(2026, 11, 23)}, "returns.cut_off_in_future"),
        ({"cut_off_on": date(2020, 12, 31)}, "returns.cut_off_before_start"),
    ],
)
def test_a_day_that_cannot_be_stops_the_return(tmp_path, options, code):
    ganzi_programme()

    answer = submit(a_county_file(tmp_path, ("康定市", 10, 100, 80, 60, 40)), **options)

    assert [(problem.code, problem.blocking) for problem in answer.problems] == [(code, True)]
    assert (answer.applied, Return.objects.count(), Document.objects.count()) == (False, 0, 0)


@pytest.mark.parametrize(
    ("planned", "applied"), [("100", True), ("999000", False), ("1000000", False), ("2", True), ("0.5", False)]
)
def test_amounts_a_hundred_times_off_the_years_plan_are_in_the_wrong_unit(tmp_path, planned, applied):
    ganzi_programme()
    a_yearly_plan(yuan=1_000_000)
    rows = (("康定市", 1, planned, 0, 0, 0), ("合计", 1, planned, 0, 0, 0))

    answer = submit(a_county_file(tmp_path, *rows), cut_off_on=date(2023, 9, 30))

    assert answer.applied is applied
    assert ("returns.unit_improbable" in [problem.code for problem in answer.problems]) is not applied


def test_one_county_far_below_the_plan_of_all_is_no_wonder(tmp_path):
    ganzi_programme(plan_yuan=100_000_000)

    answer = submit(a_county_file(tmp_path, ("康定市", 1, "50", 0, 0, 0)), cut_off_on=date(2023, 9, 30))

    assert answer.applied


def test_a_county_user_sends_in_his_own_county(tmp_path):
    ganzi_programme()

    report = a_return(tmp_path, by=KANGDING)

    assert (report.place, report.submitted_by) == ("513301", "user:county_user")
    assert Proof.objects.get(subject_type="returns.return").place == "513301"


def test_a_county_user_sends_in_nothing_but_his_own_county(tmp_path):
    ganzi_programme()
    rows = (("康定市", 1, 1, 1, 1, 1), ("泸定县", 1, 1, 1, 1, 1), ("合计", 2, 2, 2, 2, 2))

    answer = submit(a_county_file(tmp_path, *rows), by=KANGDING, cut_off_on=date(2023, 9, 30))

    assert [(problem.code, problem.row) for problem in answer.problems] == [
        ("returns.place_not_yours", 3),
        ("returns.place_not_yours", 4),
    ]
    assert not answer.applied


@pytest.mark.parametrize("by", [AUDITOR, FINANCE, LEAD, ADMIN, STRANGER], ids=lambda by: by.name)
def test_whoever_may_not_submit_is_refused(tmp_path, by):
    ganzi_programme()

    with pytest.raises(NotAllowed):
        submit(a_county_file(tmp_path, ("康定市", 10, 100, 80, 60, 40)), by=by, cut_off_on=date(2023, 9, 30))


def test_a_county_user_of_another_programme_is_refused(tmp_path):
    ganzi_programme()
    elsewhere = actor("county_user", programme="zj-nagqu", place="540602")

    with pytest.raises(NotAllowed):
        submit(a_county_file(tmp_path, ("康定市", 10, 100, 80, 60, 40)), by=elsewhere, cut_off_on=date(2023, 9, 30))


def test_the_deputy_commander_may_send_in(tmp_path):
    ganzi_programme()

    assert a_return(tmp_path, by=DEPUTY).submitted_by == "user:commander"


def test_a_programme_that_is_not_there_is_not_visible(tmp_path):
    with pytest.raises(NotVisible):
        submit(a_county_file(tmp_path, ("康定市", 10, 100, 80, 60, 40)), programme="nowhere")


def test_a_fund_source_or_provenance_nobody_knows_is_refused(tmp_path):
    ganzi_programme()
    path = a_county_file(tmp_path, ("康定市", 10, 100, 80, 60, 40))

    with refused(BadInput, "returns.fund_source_unknown"):
        submit(path, cut_off_on=date(2023, 9, 30), fund_source="nobody")
    with refused(BadInput, "returns.provenance_unknown"):
        submit(path, cut_off_on=date(2023, 9, 30), provenance="invented")


def test_a_file_that_is_no_table_is_refused_with_nothing_stored(tmp_path):
    ganzi_programme()
    path = tmp_path / "空.csv"
    path.write_text("\n\n", encoding="utf-8")

    with pytest.raises(TableNotReadable):
        submit(path, cut_off_on=date(2023, 9, 30))

    assert Document.objects.count() == 0


def test_a_programme_for_a_whole_region_knows_all_its_counties(tmp_path):
    ganzi_programme(recipient="510000")

    answer = submit(a_county_file(tmp_path, ("泸定县", 1, 1, 1, 1, 1)), cut_off_on=date(2023, 9, 30))

    assert answer.applied


def test_every_blocking_problem_is_answered_and_nothing_stored(tmp_path):
    ganzi_programme()
    rows = (("康定市", "十", 100, 80, 60, 40), ("成都市", 1, 1, 1, 1, 1))

    answer = submit(a_county_file(tmp_path, *rows, head=(*HEAD[:5], "支付")), cut_off_on=date(2023, 9, 30))

    assert sorted(problem.code for problem in answer.problems) == [
        "returns.number_not_understood",
        "returns.place_unknown",
        "returns.unit_undeclared",
    ]
    assert (answer.findings, answer.applied, Return.objects.count()) == ((), False, 0)
