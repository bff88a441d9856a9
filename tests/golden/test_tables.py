# SPDX-License-Identifier: Apache-2.0
"""Tables as people in a county and in the office meet them."""

from collections.abc import Mapping
from datetime import date
from io import BytesIO

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from shanhai.base.accounts.models import RoleGrant, User
from shanhai.kernel.figures import FigureScope, Strength
from shanhai.kernel.money import Money
from shanhai.planning.imports.services import undo_batch
from shanhai.planning.imports.tests.builders import import_file
from shanhai.planning.programmes.models import YearlyPlan
from shanhai.planning.programmes.money.selectors import standing
from shanhai.planning.projects.bulk.selectors import BuiltUpon
from shanhai.planning.projects.core.selectors import lines_that_differ
from shanhai.planning.projects.dossier.services.filing import file_paper
from shanhai.planning.projects.models import AllocationLine, Project, StageMove
from shanhai.planning.projects.shares.services import reverse
from shanhai.planning.projects.states import PaperKind
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project, a_row, a_workbook, some_money
from shanhai.registers.ledger.selectors.balances import balance
from shanhai.registers.ledger.selectors.integrity import verify as verify_ledger
from shanhai.registers.ledger.values import AccountKind
from tests.cast import AT, AUDITOR, FINANCE, KANGDING, OFFICE
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def everything() -> Mapping[str, object]:
    """All that stands: rows of the programme and its projects, moves, and the ledger on each day with its strength.

    But for when a figure of a past day needs the ledger; a move that was taken back stays in history.
    """
    models = [one for one in apps.get_models() if one._meta.app_label in ("programmes", "projects", "people")]
    left_out = {"funds_changed_on"}
    rows = {
        one._meta.label: [
            {name: value for name, value in row.items() if name not in left_out}
            for row in one._default_manager.order_by("pk").values()
        ]
        for one in models
        if one is not StageMove
    }
    ledger = {
        (day, kind): balance(viewer=AUDITOR, programme="zj-ganzi", kind=kind, as_of=day)
        for day in (date(2026, 3, 1), date(2026, 6, 1), date(2026, 9, 1), date(2026, 11, 22))
        for kind in AccountKind
    }
    assert (lines_that_differ(), verify_ledger()) == ((), ())
    return {**rows, "moves": [*StageMove.objects.standing().order_by("pk").values()], "ledger": ledger}


def strengths():
    return standing(viewer=AUDITOR, scope=FigureScope("zj-ganzi", date(2026, 11, 22))).strengths


def test_two_imports_taken_back_leave_everything_as_it_was_strength_of_evidence_included(tmp_path):
    """Two imports taken back leave everything as it was, strength of evidence included."""
    a_programme()
    line = in_kangding()
    for act, yuan in (("arrive", 500), ("allot", 400), ("pay", 300)):
        some_money(act, line, yuan)
    before, evidence = everything(), strengths()
    assert Strength.FORM not in evidence.values()
    first = import_file(a_workbook(tmp_path / "1.xlsx", a_row(**{"支付（万元）": 0.04, "形象进度": 50})))
    second = import_file(
        a_workbook(tmp_path / "2.xlsx", a_row(**{"到位（万元）": 0.1, "核拨（万元）": 0.09, "形象进度": 80}))
    )
    assert first.applied
    assert second.applied
    assert everything() != before

    for report in (second, first):
        undo_batch(by=OFFICE, at=AT, batch=report.batch, because="传错了表")

    assert everything() == before
    assert strengths() == evidence


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_imports_of_a_year_without_a_plan_go_in_either_order_with_the_plan_they_made(tmp_path, order):
    """Two imports taken back leave everything as it was: the yearly plan that an import made goes with it."""
    a_programme()
    line = in_kangding()
    for act, yuan in (("arrive", 500), ("allot", 400), ("pay", 300)):
        some_money(act, line, yuan, on=date(2026, 6, 1))
    before, evidence = everything(), strengths()
    reports = [
        import_file(a_workbook(tmp_path / f"{number}.xlsx", row), on_date=date(2026, 9, 1))
        for number, row in enumerate(
            (
                a_row(项目编号="GZ-2025-001", 年度=2025, 阶段="已完工", 形象进度=100),
                a_row(项目编号="GZ-2025-002", 年度=2025),
            )
        )
    ]
    assert [one.applied for one in reports] == [True, True]
    assert YearlyPlan.objects.filter(year=2025).exists()

    for number in order:
        undo_batch(by=OFFICE, at=AT, batch=reports[number].batch, because="传错了表")

    assert everything() == before
    assert strengths() == evidence


def test_an_undo_that_money_stands_on_names_the_vouchers_to_take_back_first(tmp_path):
    """ "refused with what to undo first": the vouchers, as their pages name them, then it goes through."""
    a_programme()
    in_kangding()
    before = everything()
    report = import_file(a_workbook(tmp_path / "1.xlsx", a_row(形象进度=50)))
    line = AllocationLine.objects.get()
    later = [some_money(act, line, 100, source=f"{act}-9", on=date(2026, 11, 22)) for act in ("allot", "pay")]

    with refused(BuiltUpon, match=r"后来的 2 张凭证，从新到旧：2026-11-22 支付 100\.00 CNY pay-9、.*allot-9"):
        undo_batch(by=OFFICE, at=AT, batch=report.batch, because="传错了表")
    for entry in reversed(later):
        reverse(by=FINANCE, at=AT, entry=entry.uuid, because="记错了")
    undo_batch(by=OFFICE, at=AT, batch=report.batch, because="传错了表")

    assert everything() == before


def test_storing_the_same_paper_again_with_its_signing_date_keeps_the_date():
    """Storing the same paper again with its signing date keeps the date."""
    a_programme()
    project = a_project()

    def filed(**said):
        content = SimpleUploadedFile("批复.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
        given = {"kind": PaperKind.APPROVAL, "file": content, "name": "批复.pdf", **said}
        return file_paper(by=OFFICE, at=AT, project=project.uuid, **given)

    filed()
    again = filed(signed_on=date(2026, 3, 1), number="甘发改〔2026〕1号")

    assert (again.version, again.signed_on, again.number) == (1, date(2026, 3, 1), "甘发改〔2026〕1号")
    assert filed().signed_on == date(2026, 3, 1)
    assert project.papers.count() == 1


class TestCounty:
    """County users import their own county's tables (before: refused, whatever the file)."""

    def test_their_own_rows_are_taken_in_and_taken_back_by_themselves(self, tmp_path):
        a_programme()
        in_kangding()
        path = a_workbook(tmp_path / "county.xlsx", county_row(形象进度=60))

        report = import_file(path, by=KANGDING)

        assert (report.applied, report.counts["changed"]) == (True, 1), report.problems
        assert Project.objects.get().progress_percent == 60
        undo_batch(by=KANGDING, at=AT, batch=report.batch, because="填错了")
        assert Project.objects.get().progress_percent == 0

    def test_a_row_of_another_county_is_refused_with_its_line_and_nothing_is_told_of_it(self, tmp_path):
        a_programme()
        in_kangding()
        a_project(code="GZ-2026-002", place="513322", name="泸定县保密项目")
        rows = (
            county_row(形象进度=60),
            county_row(项目编号="GZ-2026-002", **{"县(市)": "泸定县"}),
            county_row(项目编号="GZ-2026-002"),
            county_row(项目编号="GZ-2026-777"),
        )
        path = a_workbook(tmp_path / "county.xlsx", *rows)

        report = import_file(path, by=KANGDING)

        told = {problem.row: str(problem.message) for problem in report.problems if problem.blocking}
        assert not report.applied
        assert Project.objects.get(code="GZ-2026-001").progress_percent == 0
        assert "泸定县不是您负责的地方" in told[3]
        # What exists elsewhere and what does not exist at all is told alike.
        assert told[4].replace("002", "777") == told[5]
        assert not any("保密" in sentence for sentence in told.values())

    def test_money_to_arrange_is_the_office_s(self, tmp_path):
        a_programme()
        in_kangding(yuan=1900)

        report = import_file(a_workbook(tmp_path / "county.xlsx", county_row()), by=KANGDING)

        assert "projects.line_of_others" in {one.code for one in report.problems if one.blocking}

    def test_the_page_takes_the_file_of_a_county(self, tmp_path, sign_in, frozen_clock):
        a_programme()
        in_kangding()
        client = sign_in("county_user", programme="zj-ganzi", place="513301")
        content = BytesIO(a_workbook(tmp_path / "county.xlsx", county_row(形象进度=60)).read_bytes())
        content.name = "county.xlsx"

        page = client.post("/import/", {"file": content, "programme": "zj-ganzi", "kind": "projects"})
        assert page.status_code == 200, page.content.decode()[:3000]
        done = client.post("/import/confirm", page.context["fields"], follow=True)

        assert done.status_code == 200
        assert Project.objects.get().progress_percent == 60

    def test_who_has_two_counties_brings_one_table_of_both(self, tmp_path, sign_in, frozen_clock):
        a_programme()
        in_kangding()
        theirs = {"total_investment": Money.from_yuan(3000), "stage": "under_way"}
        a_line(project=a_project(code="GZ-2026-002", place="513322", **theirs), yuan=2000, livelihood_percent=80)
        client = sign_in("county_user", programme="zj-ganzi", place="513322")
        both = {"role": "county_user", "programme": "zj-ganzi", "place": "513301", "valid_from": date(2021, 1, 1)}
        RoleGrant.objects.create(user=User.objects.get(), **both)
        luding = county_row(项目编号="GZ-2026-002", 形象进度=40, **{"县(市)": "泸定县"})
        path = a_workbook(tmp_path / "both.xlsx", county_row(形象进度=60), luding)

        content = SimpleUploadedFile("both.xlsx", path.read_bytes())
        page = client.post("/import/", {"file": content, "programme": "zj-ganzi", "kind": "projects"})
        client.post("/import/confirm", page.context["fields"])

        assert page.context["report"].problems == ()
        assert [*Project.objects.order_by("code").values_list("progress_percent", flat=True)] == [60, 40]


def in_kangding(yuan=2000):
    """The line of the project that a row speaks of."""
    project = a_project(code="GZ-2026-001", stage="under_way", total_investment=Money.from_yuan(3000))
    return a_line(project=project, yuan=yuan, livelihood_percent=80)


def county_row(**kw):
    """A row as a county fills it in: its money stays with finance."""
    return a_row(**{"到位（万元）": None, "核拨（万元）": None, "支付（万元）": None, **kw})


@pytest.mark.parametrize(
    "above",
    [
        ("甘孜州援建项目表", "填报单位：康定市发展和改革局\u3000单位：元"),
        ("填报单位：康定市发展和改革局 填报日期：2026年6月 金额单位：人民币元",),
        ("单位（元）",),
    ],
)
def test_the_unit_behind_who_reports_is_read_and_shown_before_anything_is_taken_in(tmp_path, above):
    """Header rows such as 填报单位…　单位：元 are read."""
    a_programme()
    row = {name.replace("（万元）", ""): value for name, value in a_row().items()}
    amounts = {"总投资": 3000, "援助资金": 2000, "到位": 1000, "核拨": 800, "支付": 500}

    report = import_file(a_workbook(tmp_path / "y.xlsx", {**row, **amounts}, above=above), dry_run=True)

    assert [one for one in report.problems if one.blocking] == []
    assert report.totals["amount_fen"] == 200_000
    assert "“援助资金”元" in str(report.told[0])


def test_what_a_table_would_do_is_said_before_it_is_confirmed(tmp_path, sign_in, frozen_clock):
    """Import confirmation says into which programme, what changes in which project, what will be posted."""
    a_programme(name="浙江对口支援甘孜州")
    in_kangding()
    client = sign_in("office")
    rows = (a_row(形象进度=60, **{"到位（万元）": None, "核拨（万元）": None, "支付（万元）": None}),)
    content = BytesIO(a_workbook(tmp_path / "x.xlsx", *rows).read_bytes())
    content.name = "x.xlsx"

    page = client.post("/import/", {"file": content, "programme": "zj-ganzi", "kind": "projects"}).content.decode()

    assert "导入到：浙江对口支援甘孜州" in page
    assert "GZ-2026-001 康定市中心小学教学楼" in page
    assert "0 → 60" in page
    assert "不记账" in page
    posting = import_file(a_workbook(tmp_path / "m.xlsx", a_row()), dry_run=True)
    assert "到位 1,000" in str(posting.told[1]), str(posting.told[1])
