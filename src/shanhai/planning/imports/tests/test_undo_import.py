# SPDX-License-Identifier: Apache-2.0
"""Undoing an imported table: as if it had never been, unless something stands on it."""

from datetime import date

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.base.audit.selectors import verify_chain
from shanhai.base.outbox.models import Event
from shanhai.kernel.errors import BadInput, Conflict, DomainError, NotVisible
from shanhai.kernel.imports import ImportReport
from shanhai.kernel.money import Money
from shanhai.planning.imports.models import ImportBatch
from shanhai.planning.imports.services import undo_batch
from shanhai.planning.imports.tests.builders import import_file
from shanhai.planning.programmes.values import StepKind
from shanhai.planning.projects.bulk.selectors import BuiltUpon
from shanhai.planning.projects.core.selectors import lines_that_differ
from shanhai.planning.projects.models import AllocationLine, ProgressNote, Project, StageMove
from shanhai.planning.projects.shares import services as funds
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_row, a_workbook, some_money
from shanhai.registers.ledger.models import Entry
from shanhai.registers.ledger.selectors.balances import balance
from shanhai.registers.ledger.selectors.integrity import verify as verify_ledger
from shanhai.registers.ledger.values import AccountKind, Source
from tests.cast import AT, AUDITOR, DEPUTY, FINANCE, KANGDING, OFFICE, STRANGER, a_user
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(tmp_path):
    """Writes a workbook of rows, imports it, and answers the report."""

    def imported(*rows, name="2026.xlsx", **kw):
        path = a_workbook(tmp_path / name, *rows)
        return import_file(path, **kw)

    return imported


def undo(report, *, by=OFFICE, because="传错了表"):
    return undo_batch(by=by, at=AT, batch=report.batch, because=because)


def stands(kind, as_of=date(2026, 11, 22)):
    return balance(viewer=AUDITOR, programme="zj-ganzi", kind=kind, as_of=as_of).fen


def test_what_the_batch_made_is_gone_and_its_money_was_never_there(table):
    a_programme()
    before = [stands(kind) for kind in AccountKind]
    report = table(a_row(), a_row(项目编号="GZ-2026-002"), on_date=date(2026, 6, 1))
    assert [stands(kind) for kind in AccountKind] != before

    counts = undo(report)

    assert counts == {"deleted": 2, "restored": 0}
    assert not Project.objects.exists()
    assert not AllocationLine.objects.exists()
    assert not StageMove.objects.exists()
    assert [stands(kind) for kind in AccountKind] == before
    assert [stands(kind, as_of=date(2026, 7, 1)) for kind in AccountKind] == before
    assert Entry.objects.filter(reverses__isnull=False).count() == 6
    assert (lines_that_differ(), verify_ledger()) == ((), ())


def test_what_the_batch_changed_is_as_before(table):
    a_programme()
    table(a_row(实际开工=date(2026, 4, 12)))
    project, line = Project.objects.values().get(), AllocationLine.objects.values().get()
    december = a_row(
        项目名称="康定市中心小学",
        阶段="已完工",
        形象进度=100,
        实际完工=date(2026, 11, 1),
        **{"完成投资（万元）": 0.3, "到位（万元）": 0.15, "民生比例": "60%", "县(市)": "康定市"},
    )
    report = table(december, name="december.xlsx", on_date=date(2026, 11, 20))
    assert Project.objects.values().get() != project

    counts = undo(report)

    assert counts == {"deleted": 0, "restored": 1}
    assert Project.objects.values().get() == project
    changed_on = {"funds_changed_on": date(2026, 11, 22)}
    assert AllocationLine.objects.values().get() | changed_on == line | changed_on
    assert list(StageMove.objects.order_by("pk").values_list("old", "new", "because")) == [
        ("", "under_way", "导入：2026.xlsx"),
        ("under_way", "completed", "导入：december.xlsx"),
        ("completed", "under_way", "传错了表"),
    ]
    assert lines_that_differ() == ()


def test_it_stands_in_the_trail_and_in_the_news_with_its_reason(table):
    a_programme()
    report = table(a_row())

    undo(report)

    row = AuditRow.objects.get(action="imports.batch.undone")
    assert (row.subject_id, row.because, row.changes) == (report.batch, "传错了表", {"deleted": 1, "restored": 0})
    assert Event.objects.get(name="imports.batch.undone").payload["batch"] == report.batch
    batch = ImportBatch.objects.get()
    assert (batch.undone_by, batch.undone_at) == (OFFICE.ref, AT)
    assert verify_chain().whole


def test_the_same_table_may_be_imported_again_and_undone_again(table):
    a_programme()
    undo(table(a_row()))

    again = table(a_row())

    assert (again.counts["new"], again.posted) == (1, 3)
    assert AllocationLine.objects.get().paid_fen == 50_000
    assert undo(again) == {"deleted": 1, "restored": 0}
    assert table(a_row()).posted == 3
    assert lines_that_differ() == ()


def test_a_later_batch_is_undone_first(table):
    a_programme()
    first = table(a_row())
    second = table(a_row(**{"支付（万元）": 0.06}), name="second.xlsx")

    with pytest.raises(BuiltUpon) as caught:
        undo(first)
    assert "GZ-2026-001" in str(caught.value)

    undo(second)
    undo(first)
    assert not Project.objects.exists()


def test_a_batch_of_a_file_that_posted_before_takes_back_only_its_own(table):
    a_programme()
    table(a_row())
    entry = Entry.objects.get(source_id__endswith=":pay")
    funds.reverse(by=FINANCE, at=AT, entry=entry.uuid, because="付错了")
    again = table(a_row(), at=AT.replace(hour=3))
    assert again.posted == 0

    undo(again)

    line = AllocationLine.objects.get()
    assert (line.arrived_fen, line.allotted_fen, line.paid_fen) == (100_000, 80_000, 0)


def edited(project, line):
    Project.objects.update(name="改过的名字")


def paid(project, line):
    some_money("pay", line, 10, on=date(2026, 11, 22))


def noted(project, line):
    ProgressNote.objects.create(project=project, on_date=date(2026, 6, 1), percent=5, words="动土", at=AT, by="user:x")


def given_more(project, line):
    a_line(project=project, yuan=10, year=2026, fund_source="province")


def moved_and_back(project, line):
    StageMove.objects.create(
        project=project, old="ready", new="under_way", by="user:x", at=AT.replace(hour=5), on_date=date(2026, 6, 1)
    )


@pytest.mark.parametrize("then", [edited, paid, noted, given_more, moved_and_back])
def test_it_is_refused_and_names_the_project_when_something_stands_on_it(table, then):
    a_programme()
    report = table(a_row(), a_row(项目编号="GZ-2026-002"))
    line = AllocationLine.objects.select_related("project").order_by("pk").first()
    then(line.project, line)
    before = (Project.objects.count(), Entry.objects.count(), AuditRow.objects.count())

    with pytest.raises(BuiltUpon) as caught:
        undo(report)

    assert "GZ-2026-001" in str(caught.value)
    assert (Project.objects.count(), Entry.objects.count(), AuditRow.objects.count()) == before
    assert ImportBatch.objects.get().undone_at is None


def test_money_that_went_on_elsewhere_keeps_the_batch(table):
    a_programme()
    table(a_row(**{"到位（万元）": 0.05, "核拨（万元）": 0, "支付（万元）": 0}))
    line = AllocationLine.objects.get()
    report = table(a_row(项目编号="GZ-2026-002", **{"核拨（万元）": 0, "支付（万元）": 0}), name="second.xlsx")
    # What has arrived is one pot: this takes more than the first project brought to it.
    funds.take_step(
        by=DEPUTY, at=AT, kind=StepKind.ALLOT, line=line.uuid, amount=Money.from_yuan(1200), on_date=date(2026, 11, 22),
        source=Source("test", "pot"), because="应急抢修",
    )  # fmt: skip

    with pytest.raises(BuiltUpon) as caught:
        undo(report)

    assert "请先冲正后来的 1 张凭证，从新到旧：2026-11-22 核拨 1,200.00 CNY pot" in str(caught.value)


def test_twice_without_a_reason_or_by_whom_it_does_not_concern(table):
    a_programme()
    report = table(a_row())

    with refused(BadInput, "projects.reason_missing"):
        undo(report, because="  ")
    for stranger in (STRANGER, KANGDING, FINANCE):
        with pytest.raises(NotVisible):
            undo(report, by=stranger)
    undo(report)
    with refused(Conflict, "projects.batch_already_undone"):
        undo(report)


def test_who_confirms_second_is_told_who_was_first(table):
    a_programme()
    first = table(a_row())

    second = table(a_row())

    assert (second.applied, second.posted, second.batch) == (True, 0, first.batch)
    assert "已经由 user:office 在 2026-11-22 10:00 导入过" in str(second.note)
    assert ImportBatch.objects.count() == 1


def test_a_batch_nobody_knows_is_not_found():
    with pytest.raises(DomainError):
        undo(ImportReport("projects", 0, batch="01890a5d-ac96-774b-bcce-b302099a8057"))


def test_the_page_of_a_batch_says_what_it_changed_in_words_and_what_it_made(table, client, at):
    a_programme()
    table(a_row(), on_date=date(2026, 6, 1))
    again = table(a_row(**{"海拔（米）": 2560, "形象进度（%）": 77}), a_row(项目编号="GZ-2026-002"), name="b.xlsx")
    client.force_login(a_user("office"))

    page = client.get(f"/projects/imports/{again.batch}/").content.decode()

    assert "形象进度（%）" in page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "→ 77" in page
    assert ("GZ-2026-002" in page, "新增</span>" in page, "其他 " in page) == (True, True, False)
