# SPDX-License-Identifier: Apache-2.0
"""Importing a table of projects: what it stores, what it says, and that it is all or nothing."""

import gc
from datetime import date

import pytest
from django.utils.translation import override

from shanhai.base.audit.models import AuditRow
from shanhai.base.formats import say
from shanhai.base.outbox.models import Event
from shanhai.kernel.errors import DomainError, NotAllowed, NotVisible
from shanhai.kernel.money import Money
from shanhai.planning.imports.models import ImportBatch
from shanhai.planning.imports.selectors import QUIET, check_table
from shanhai.planning.imports.tests.builders import import_file
from shanhai.planning.projects.bulk.selectors import ready_rows
from shanhai.planning.projects.bulk.services.taking_over import take_over
from shanhai.planning.projects.bulk.values import Origin
from shanhai.planning.projects.core.selectors import lines_that_differ
from shanhai.planning.projects.models import AllocationLine, Project, StageMove
from shanhai.planning.projects.shares import services as funds
from shanhai.planning.projects.tests.builders import (  # fmt: skip
    a_line,
    a_programme,
    a_project,
    a_row,
    a_workbook,
    without_gates,
)
from shanhai.registers.documents.models import Document, Proof
from shanhai.registers.ledger.models import Entry
from shanhai.registers.tables.selectors.workbooks import open_workbook
from tests.cast import AT, AUDITOR, FINANCE, OFFICE, OFFICE_WHO_POSTS, STRANGER

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(tmp_path):
    """Writes a workbook of rows and imports it."""

    def imported(*rows, by=OFFICE_WHO_POSTS, above=(), name="2026.xlsx", **kw):
        path = a_workbook(tmp_path / name, *rows, above=above)
        return import_file(path, by=by, **kw)

    return imported


def codes(report):
    return [(problem.row, problem.code.removeprefix("projects."), problem.blocking) for problem in report.problems]


def test_a_row_becomes_a_project_a_line_and_its_money(table):
    a_programme()

    report = table(a_row(实际开工=date(2026, 4, 12)))

    assert (report.kind, report.rows, report.counts["new"], report.applied, report.problems) == (
        "projects",
        1,
        1,
        True,
        (),
    )
    project = Project.objects.get()
    assert (project.code, project.name, project.place.code, project.category, project.delivery, project.stage) == (
        "GZ-2026-001", "康定市中心小学教学楼", "513301", "education", "turnkey", "under_way",
    )  # fmt: skip
    assert (project.total_investment_fen, project.started_on) == (300_000, date(2026, 4, 12))
    line = AllocationLine.objects.get()
    assert (line.amount_fen, line.arrived_fen, line.allotted_fen, line.paid_fen) == (200_000, 100_000, 80_000, 50_000)
    assert (line.livelihood_percent, line.beneficiary_level, line.implementer_level) == (80, "village", "county")
    assert StageMove.objects.get().on_date == date(2026, 4, 12)
    assert lines_that_differ() == ()


def test_before_a_table_is_taken_in_it_is_told_how_amounts_are_read_and_what_will_be_posted(table):
    a_programme()

    told = table(a_row(), dry_run=True).told

    assert "“到位”万元" in say(told[0])
    assert say(told[1]) == "将记账：到位 1,000 元，核拨 800 元，支付 500 元。"
    with override("en"):
        assert ("10k yuan" in say(told[0]), "万元" in say(told[0])) == (True, False)
    table(a_row())
    assert say(table(a_row(), dry_run=True).told[1]) == "不记账：到位、核拨、支付都和账上一样。"


def test_garbage_of_others_is_collected_while_a_table_is_taken_in(table):
    a_programme()
    seen = []

    table(a_row(), progress=lambda done, total: seen.append((gc.isenabled(), gc.get_freeze_count() > 0)))

    assert (True, True) in seen
    assert all(collects for collects, _ in seen)
    assert gc.get_freeze_count() == 0


def test_the_ledger_knows_file_row_and_station_of_every_posting(table):
    a_programme()

    report = table(a_row(), on_date=date(2026, 10, 31))

    sha = Document.objects.get(uuid=report.document).sha256
    entries = Entry.objects.filter(source_kind="projects.import").order_by("pk")
    assert [(entry.source_id, entry.on_date, entry.strength) for entry in entries] == [
        (f"{sha}:2:arrive", date(2026, 10, 31), "form"),
        (f"{sha}:2:allot", date(2026, 10, 31), "form"),
        (f"{sha}:2:pay", date(2026, 10, 31), "form"),
    ]
    assert report.posted == 3


def test_the_batch_is_one_row_of_the_trail_one_proof_and_one_event(table):
    a_programme()

    report = table(a_row(), a_row(项目编号="GZ-2026-002"), note="十一月报表")

    row = AuditRow.objects.get(action="imports.batch.imported")
    assert (row.changes["new"], row.changes["name"], row.because) == (2, "2026.xlsx", "十一月报表")
    assert not AuditRow.objects.filter(action__in=["projects.project.created", "projects.project.imported"]).exists()
    assert Proof.objects.get(subject_type="projects.import").subject_id == report.document
    event = Event.objects.get(name="imports.batch.imported")
    assert (event.payload["programme"], event.payload["new"]) == ("zj-ganzi", 2)


def test_the_same_file_twice_changes_nothing_and_says_so(table):
    a_programme()
    table(a_row())
    before = (AuditRow.objects.count(), Entry.objects.count(), Event.objects.count(), Document.objects.count())

    report = table(a_row())

    assert (report.counts["new"], report.counts["changed"], report.counts["unchanged"], report.posted) == (0, 0, 1, 0)
    assert "没有改动" in str(report.note)
    assert (AuditRow.objects.count(), Entry.objects.count(), Event.objects.count(), Document.objects.count()) == before


def test_a_dry_run_tells_everything_and_stores_nothing(table):
    a_programme()
    before = AuditRow.objects.count()

    report = table(a_row(), a_row(项目编号="GZ-2026-002"), dry_run=True)

    assert (report.rows, report.counts["new"], report.applied) == (2, 2, False)
    assert report.totals == {
        "amount_fen": 400_000, "arrived_fen": 200_000, "allotted_fen": 160_000, "paid_fen": 100_000,
        "total_investment_fen": 600_000, "completed_investment_fen": 0,
    }  # fmt: skip
    assert not Project.objects.exists()
    assert not Document.objects.exists()
    assert AuditRow.objects.count() == before


def test_one_bad_row_stores_none(table):
    a_programme()

    report = table(a_row(), a_row(项目编号="GZ-2026-002", **{"县(市)": "不存在县"}))

    assert codes(report) == [(3, "unknown_division", True)]
    assert not report.applied
    assert not Project.objects.exists()
    assert not Document.objects.exists()


def test_next_months_table_posts_only_what_is_new(table):
    a_programme()
    table(a_row())

    december = a_row(
        **{"阶段": "已完工", "形象进度": 100, "到位（万元）": 0.15, "核拨（万元）": 0.1, "完成投资（万元）": 0.3}
    )
    report = table(december, name="december.xlsx")

    assert (report.counts["new"], report.counts["changed"], report.posted) == (0, 1, 2)
    line, project = AllocationLine.objects.get(), Project.objects.get()
    assert (line.arrived_fen, line.allotted_fen, line.paid_fen) == (150_000, 100_000, 50_000)
    assert (project.stage, project.completed_investment_fen) == ("completed", 300_000)
    assert list(StageMove.objects.order_by("pk").values_list("old", "new")) == [
        ("", "under_way"),
        ("under_way", "completed"),
    ]
    changes = AuditRow.objects.get(action="projects.project.imported").changes
    assert changes == {
        "stage": ["under_way", "completed"],
        "completed_investment_fen": [0, 300_000],
        "progress_percent": [0, 100],
    }
    assert lines_that_differ() == ()


def test_a_table_moves_a_project_one_step_at_a_time_and_names_the_gate(table):
    a_programme()
    project = a_project(code="GZ-2026-001", name="康定市中心小学教学楼", total_investment=Money.from_yuan(3000))
    a_line(project=project, yuan=2000)

    far = table(a_row(阶段="停工", 实际开工=date(2026, 4, 12)), name="far.xlsx")
    shut = table(a_row(阶段="招投标", **{"支付（万元）": 0}), name="shut.xlsx")
    without_gates(project)
    moved = table(a_row(阶段="招投标", **{"支付（万元）": 0}), name="one.xlsx")

    assert codes(far) == [(2, "stage_skips", True)]
    assert "立项（或可研）批复" in str(far.problems[0].message)
    assert codes(shut) == [(2, "gate_shut", True)]
    assert "立项（或可研）批复" in str(shut.problems[0].message)
    assert moved.applied
    assert list(StageMove.objects.order_by("pk").values_list("old", "new")) == [
        ("", "preparation"),
        ("preparation", "tendering"),
    ]


def test_what_the_same_row_brings_opens_a_gate(table):
    a_programme()
    facts = {"code": "GZ-2026-001", "name": "康定市中心小学教学楼", "total_investment": Money.from_yuan(3000)}
    project = a_project(stage="ready", capital=False, **facts)
    a_line(project=project, yuan=2000)

    without_money = {"到位（万元）": 0, "核拨（万元）": 0, "支付（万元）": 0}
    shut = table(a_row(实际开工=date(2026, 4, 12), **without_money), name="shut.xlsx")
    report = table(a_row(实际开工=date(2026, 4, 12)), name="open.xlsx")

    assert codes(shut)[0] == (2, "gate_shut", True)
    assert report.applied
    assert Project.objects.get().stage == "under_way"


def test_a_new_project_at_a_later_stage_is_asked_about_and_marked(table):
    a_programme()

    asked = table(a_row(), answers={})
    assert ([one.key for one in asked.questions], asked.applied) == (["taken_over"], False)
    assert not Project.objects.exists()

    table(a_row(), a_row(项目编号="GZ-2", 阶段="前期准备", **{"支付（万元）": 0}), answers={"taken_over": "yes"})
    assert dict(Project.objects.values_list("code", "taken_over")) == {"GZ-2026-001": True, "GZ-2": False}
    assert AuditRow.objects.get(action="imports.batch.imported").changes["answers"] == {"taken_over": "yes"}


def test_empty_cells_leave_what_is_known(table):
    a_programme()
    table(a_row(完成投资=None))
    sparse = {
        "项目编号": "GZ-2026-001",
        "项目名称": "康定市中心小学教学楼",
        "县(市)": "513301",
        "援助资金（万元）": 0.2,
    }

    report = table(sparse, name="sparse.xlsx")

    assert (report.counts["unchanged"], codes(report)) == (1, [])


def test_a_programme_without_that_years_plan_gets_one_issued_line_by_line(table):
    a_programme()

    report = table(a_row(年度=2027))

    assert codes(report) == [(None, "plan_missing", False)]
    assert (report.applied, report.posted) == (True, 4)
    line = AllocationLine.objects.get()
    assert (line.yearly_plan.year, line.arrived_fen) == (2027, 100_000)
    assert lines_that_differ() == ()


def test_a_line_of_such_a_plan_may_grow_but_not_shrink(table):
    a_programme()
    table(a_row(年度=2027))

    grown = table(a_row(年度=2027, **{"援助资金（万元）": 0.25}), name="more.xlsx")
    shrunk = table(a_row(年度=2027, **{"援助资金（万元）": 0.2}), name="less.xlsx")

    assert (grown.applied, grown.posted) == (True, 1)
    assert codes(shrunk) == [(2, "plan_amount_changed", True)]
    assert AllocationLine.objects.get().amount_fen == 250_000


def test_arrivals_beyond_what_is_issued_are_booked_over_plan_and_said(table):
    a_programme(yuan=2000)

    report = table(a_row(**{"到位（万元）": 0.3}))

    assert (None, "arrived_over_issued", False) in codes(report)
    assert report.applied
    assert AllocationLine.objects.get().arrived_fen == 300_000
    assert lines_that_differ() == ()


def test_a_table_of_another_kind_and_no_table_at_all_store_nothing(tmp_path):
    a_programme()
    picture = tmp_path / "map.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)

    with pytest.raises(DomainError):
        import_file(picture)

    assert not Document.objects.exists()


def test_csv_in_the_encoding_of_an_old_spreadsheet_is_read(tmp_path):
    a_programme()
    path = tmp_path / "old.csv"
    text = (
        "单位：万元\n项目编号,项目名称,县(市),建设方式,援助资金,到位\nA1,学校,康定市,交支票,0.2,0.1\n合计,,,,0.2,0.1\n"
    )
    path.write_bytes(text.encode("gb18030"))

    report = import_file(path)

    assert report.applied
    assert [problem for problem in report.problems if problem.blocking] == []
    assert (Project.objects.get().delivery, AllocationLine.objects.get().arrived_fen) == ("cheque", 100_000)


@pytest.mark.parametrize("who", [AUDITOR, FINANCE])
def test_only_who_may_import_imports_even_to_look(table, who):
    a_programme()

    with pytest.raises(NotAllowed):
        table(a_row(), by=who, dry_run=True)


def test_a_stranger_learns_nothing(table):
    a_programme()

    with pytest.raises((NotAllowed, NotVisible)):
        table(a_row(), by=STRANGER)


def test_who_may_not_post_on_a_page_posts_nothing_by_table(table, tmp_path):
    a_programme()
    yes = {"taken_over": "yes"}

    asked = table(a_row(), by=OFFICE)
    left = table(a_row(), by=OFFICE, answers={**yes, "money": "leave"})

    assert ([(one.key, one.answer) for one in asked.questions], asked.applied) == (
        [("taken_over", "yes"), ("money", "")],
        False,
    )
    assert (left.applied, left.posted) == (True, 0)
    assert AllocationLine.objects.get().arrived_fen == 0
    # Where the posting is made it is asked once more.
    with open_workbook(path=a_workbook(tmp_path / "again.xlsx", a_row())) as file:
        checked = check_table(viewer=OFFICE_WHO_POSTS, programme="zj-ganzi", file=file, answers=yes, today=AT.date())
    with pytest.raises(NotAllowed):
        take_over(
            by=OFFICE, at=AT, rows=ready_rows(rows=checked.rows), stored=checked.ground.stored, on=AT.date(),
            progress=QUIET, origin=Origin(ImportBatch.objects.get().source_of, str, "test"),
        )  # fmt: skip


def test_a_table_of_who_may_not_post_without_new_money_needs_no_answer(table):
    a_programme()
    table(a_row())

    report = table(a_row(项目名称="康定市第一小学"), by=OFFICE, name="renamed.xlsx")

    assert (report.applied, report.questions) == (True, ())


def test_a_payment_taken_back_is_not_posted_again_by_the_same_file(table):
    a_programme()
    table(a_row())
    entry = Entry.objects.get(source_id__endswith=":pay")
    funds.reverse(by=FINANCE, at=AT, entry=entry.uuid, because="付错了")

    report = table(a_row())

    assert (report.counts["changed"], report.posted) == (1, 0)
    assert AllocationLine.objects.get().paid_fen == 0
    assert lines_that_differ() == ()


def test_importing_three_hundred_rows_asks_the_database_far_less_than_once_a_row(table, django_assert_max_num_queries):
    a_programme(yuan=10_000_000)

    with django_assert_max_num_queries(170):
        report = table(*(a_row(项目编号=f"GZ-{number}") for number in range(300)))

    assert report.counts["new"] == 300
