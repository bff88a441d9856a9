# SPDX-License-Identifier: Apache-2.0
"""Issue 7, wrong results 3 to 5: dates of a life, final accounts and assets, cancelling."""

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from shanhai.kernel.errors import Refused
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.money import Money
from shanhai.planning.adjustments.services import apply_adjustment
from shanhai.planning.adjustments.states import Kind, State
from shanhai.planning.adjustments.tests.builders import an_adjustment
from shanhai.planning.adjustments.values import Wish
from shanhai.planning.imports.tests.builders import import_file
from shanhai.planning.projects.core.selectors import rooms_in_plans
from shanhai.planning.projects.core.services import correct_project
from shanhai.planning.projects.dossier.services.filing import file_paper, note_progress
from shanhai.planning.projects.dossier.services.stages import approve_settlement, move, move_together, transfer_asset
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, export_projects, list_projects
from shanhai.planning.projects.models import Project, StageMove
from shanhai.planning.projects.shares.selectors.flow import money_flow
from shanhai.planning.projects.shares.selectors.portfolio import county_table, list_evidence
from shanhai.planning.projects.shares.services import reverse as reverse_entry
from shanhai.planning.projects.states import PaperKind, Stage
from shanhai.planning.projects.tests.builders import (
    a_line,
    a_paper,
    a_programme,
    a_project,
    a_row,
    a_workbook,
    some_facts,
    some_money,
    without_gates,
)
from shanhai.planning.projects.values import Dates
from shanhai.registers.ledger.selectors.balances import balance, movements
from shanhai.registers.ledger.values import AccountKind
from tests.cast import AT, AUDITOR, FINANCE, OFFICE, a_user
from tests.refusals import refused

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def documents_dir(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"


def the_page(role):
    client = Client()
    client.force_login(a_user(role, username=f"user-{role}"), backend=BACKEND)
    return client


@pytest.fixture
def built():
    """Approved in March, permitted on 20 March, begun in April, stopped in June, gone on in July, at work."""
    a_programme()
    project = without_gates(a_project(stage="ready"))
    a_paper(project, PaperKind.APPROVAL)
    a_paper(project, PaperKind.START_PERMIT, issued_on=date(2026, 3, 20), signed_on=date(2026, 3, 20))
    for to, on in (("under_way", (4, 1)), ("suspended", (6, 1)), ("under_way", (7, 1))):
        move(by=OFFICE, at=AT, project=project.uuid, to=Stage(to), on=date(2026, *on), because="雨季")
    return project


def by_moving(project):
    move(by=OFFICE, at=AT, project=project.uuid, to=Stage.COMPLETED, on=date(2026, 6, 30))


def by_moving_together(project):
    seen = {project.uuid: Stage.UNDER_WAY}
    (moved,) = move_together(
        by=OFFICE, at=AT, programme="zj-ganzi", seen=seen, to=Stage.COMPLETED, on=date(2026, 6, 30), because=""
    )
    if moved.refusal:
        raise Refused(moved.refusal.text, "projects.day_not_accepted", **moved.refusal.params)


def by_a_paper(project):
    file = BytesIO(b"%PDF-1.4\n")
    given = {"file": file, "name": "许可.pdf", "issued_on": date(2026, 4, 2)}
    file_paper(by=OFFICE, at=AT, project=project.uuid, kind=PaperKind.START_PERMIT, **given)


def by_correcting(project):
    facts = some_facts(dates=Dates(started_on=date(2026, 6, 2)))
    correct_project(by=OFFICE, at=AT, project=project.uuid, facts=facts)


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (by_moving, "实际完工 2026-06-30 早于复工 2026-07-01"),
        (by_moving_together, "实际完工 2026-06-30 早于复工 2026-07-01"),
        (by_a_paper, "实际开工 2026-04-01 早于施工许可 2026-04-02"),
        (by_correcting, "停工 2026-06-01 早于实际开工 2026-06-02"),
    ],
)
def test_dates_of_a_life_run_forwards_whichever_way_a_day_comes_in(built, way, said):
    """“Dates of a life run forwards (approval ≤ tender ≤ permit ≤ start ≤ stop ≤ restart ≤ completion …)”"""
    with refused(Refused, "projects.day_not_accepted", match=said):
        way(built)

    stored = Project.objects.get()
    assert (stored.stage, stored.started_on, stored.papers.count()) == ("under_way", date(2026, 4, 1), 2)


def test_a_table_brings_no_day_out_of_order_and_lets_no_progress_fall(built, tmp_path):
    """“… progress does not fall without a reason”, by table as by hand."""
    note_progress(by=OFFICE, at=AT, project=built.uuid, percent=60, words="主体", on=date(2026, 8, 1))
    nothing = dict.fromkeys(("到位（万元）", "核拨（万元）", "支付（万元）"), 0)
    given = {"总投资（万元）": 0.1, "援助资金（万元）": 0.05, "形象进度": "50%", "实际开工": date(2026, 6, 2)}
    row = a_row(**{"项目编号": "GZ-1", **nothing, **given})

    report = import_file(a_workbook(tmp_path / "a.xlsx", row))

    assert {"projects.progress_falls", "projects.date_order"} <= {problem.code for problem in report.problems}
    assert (Project.objects.get().progress_percent, Project.objects.get().started_on) == (60, date(2026, 4, 1))


def test_tendering_does_not_begin_before_the_approval_it_follows():
    a_programme()
    project = a_project(stage="preparation")
    a_paper(project, PaperKind.APPROVAL, issued_on=date(2026, 2, 9), signed_on=date(2026, 2, 9))
    without_gates(project)

    with refused(Refused, "projects.day_not_accepted", match="2026-01-05 早于立项批复 2026-02-09"):
        move(by=OFFICE, at=AT, project=project.uuid, to=Stage.TENDERING, on=date(2026, 1, 5))

    assert move(by=OFFICE, at=AT, project=project.uuid, to=Stage.TENDERING, on=date(2026, 2, 9)).stage == "tendering"


def test_a_wrong_step_is_taken_back_and_stays_in_the_history(built):
    """“a wrong step can be taken back by a correction that stays in history”"""
    move(by=OFFICE, at=AT, project=built.uuid, to=Stage.COMPLETED, on=date(2026, 11, 1))
    office = the_page("office")

    sent = {"what": "step.completed", "because": "完工的是另一个项目"}
    office.post(reverse("projects:correction", args=[built.uuid]), sent)

    stored = Project.objects.get()
    assert (stored.stage, stored.finished_on) == ("under_way", None)
    page = office.get(reverse("projects:detail", args=[built.uuid])).content.decode()
    assert "<s>完工</s>" in page
    assert "完工的是另一个项目" in page
    assert [one.kind for one in StageMove.objects.order_by("pk")][-2:] == ["taken_back", "correction"]
    total = county_table(viewer=AUDITOR, programme="zj-ganzi", as_of=DAY).total
    assert (total.counts.completed, total.counts.started) == (0, 1)


def test_accounts_and_assets_follow_acceptance_and_what_is_paid(built):
    """“Final accounts and assets: … after acceptance, correctable until approved; hand-over refused with money allotted
    and unpaid.”"""
    line, office = a_line(project=built, yuan=500), the_page("office")
    for act, yuan in (("arrive", 500), ("allot", 500), ("pay", 480)):
        some_money(act, line, yuan)
    move(by=OFFICE, at=AT, project=built.uuid, to=Stage.COMPLETED, on=date(2026, 8, 1))
    asked = {"by": OFFICE, "at": AT, "project": built.uuid, "on": date(2026, 10, 1)}
    sums = {"approved": Money.from_yuan(480), "surplus": Money.from_yuan(20)}
    asset = {"asset": "教学楼", "keeper": "教育局", "value": Money.from_yuan(480)}

    with refused(Refused, "projects.accounts_before_acceptance"):
        approve_settlement(**asked, **sums)
    move(by=OFFICE, at=AT, project=built.uuid, to=Stage.ACCEPTED, on=date(2026, 9, 1))
    for typed in ("470", "480"):
        office.post(
            reverse("projects:accounts", args=[built.uuid]), {"approved": f"{typed}元", "surplus": "20元", "on": ""}
        )
    approve_settlement(**asked, **sums)
    with refused(Refused, "projects.unpaid_before_hand_over", match="20"):
        transfer_asset(**{**asked, "on": date(2026, 10, 2)}, **asset)
    some_money("return", line, 20, on=date(2026, 10, 2))
    with refused(Refused, "projects.day_not_accepted", match="资产移交 2026-09-30 早于决算批复 2026-10-01"):
        transfer_asset(**{**asked, "on": date(2026, 9, 30)}, **asset)

    assert transfer_asset(**{**asked, "on": date(2026, 10, 3)}, **asset).pk


@pytest.fixture
def given_up():
    """A school of 600 yuan whose 400 have arrived, 300 allotted, 250 paid, and a road of 300 that goes on."""
    a_programme()
    school = a_line(project=a_project(code="A", stage="under_way"), yuan=600)
    road = a_line(project=a_project(code="B", stage="under_way", place="513322"), yuan=300, livelihood_percent=50)
    for line, sums in ((school, (400, 300, 250)), (road, (200, 100, 50))):
        for act, yuan in zip(("arrive", "allot", "pay"), sums, strict=True):
            some_money(act, line, yuan)
    return school


def test_a_project_is_cancelled_by_an_adjustment_once_its_money_is_dealt_with(given_up):
    """“Cancelling a project goes the way of an adjustment; its arrived money must be dealt with first.”"""
    project, office = given_up.project, the_page("office")
    sent = {"to": "cancelled", "on": "2026-11-20", "because": "不做了", "seen_stage": "under_way"}
    refusal = office.post(reverse("projects:move", args=[project.uuid]), sent)
    assert (refusal.status_code, "取消项目要走调整" in refusal.content.decode()) == (422, True)

    adjustment = an_adjustment(project=project, kind=Kind.CANCEL, wish=Wish(), state=State.APPROVED)
    page = office.get(reverse("adjustments:detail", args=[adjustment.uuid])).content.decode()
    assert "取消以前要先处理的钱" in page
    some_money("return", given_up, 50)
    with refused(Refused, "projects.money_left", match="100.00"):
        apply_adjustment(by=OFFICE, at=AT, adjustment=adjustment.uuid)
    with refused(Refused, "projects.hand_back_beyond_arrived"):
        some_money("hand_back", given_up, 101)
    some_money("hand_back", given_up, 100)
    apply_adjustment(by=OFFICE, at=AT, adjustment=adjustment.uuid)

    project.refresh_from_db()
    given_up.refresh_from_db()
    assert (project.stage, given_up.amount) == ("cancelled", Money.from_yuan(250))
    with refused(Refused, "projects.project_cancelled"):
        some_money("arrive", given_up, 1)


def test_a_cancellation_is_taken_back_by_a_correction_that_stays_in_history(given_up):
    """“A wrong step can be taken back by a correction that stays in history”, once the money lies here again."""
    project, office, entries = given_up.project, the_page("office"), []
    for act, yuan in (("return", 50), ("hand_back", 100)):
        entries.append(some_money(act, given_up, yuan, source=f"T-{yuan}"))
    sums = county_table(viewer=AUDITOR, programme="zj-ganzi", as_of=DAY).total
    an_adjustment(project=project, kind=Kind.CANCEL, wish=Wish(), state=State.APPLIED)
    here, sent = reverse("projects:correction", args=[project.uuid]), {"what": "step.cancelled", "because": "取消错了"}
    assert "进入“取消”" in office.get(reverse("projects:dossier", args=[project.uuid])).content.decode()

    refusal = office.post(here, sent)
    assert (refusal.status_code, "T-100" in refusal.content.decode()) == (422, True)
    for entry in reversed(entries):
        reverse_entry(by=FINANCE, at=AT, entry=entry.uuid, because="没有交回")
    shown = office.post(here, sent, follow=True).content.decode()

    project.refresh_from_db()
    given_up.refresh_from_db()
    assert "已退回" in shown
    assert (project.stage, project.cancelled_on, given_up.amount) == ("under_way", None, Money.from_yuan(600))
    moves = StageMove.objects.filter(project=project).order_by("pk").values_list("kind", "new", "because")
    assert [*moves][1:] == [("taken_back", "cancelled", "冬季不能施工"), ("correction", "under_way", "取消错了")]
    assert county_table(viewer=AUDITOR, programme="zj-ganzi", as_of=DAY).total == sums
    some_money("allot", given_up, 100)


def test_every_page_tells_the_same_sums_of_a_cancelled_project(given_up):
    """“Every page then tells the same sums.” What was planned is what was paid; what had arrived did."""
    some_money("return", given_up, 50)
    some_money("hand_back", given_up, 100)
    an_adjustment(project=given_up.project, kind=Kind.CANCEL, wish=Wish(), state=State.APPLIED)
    asked = {"viewer": AUDITOR, "programme": "zj-ganzi"}
    plan, arrived, paid = (Money.from_yuan(yuan) for yuan in (550, 600, 300))

    table = county_table(**asked, as_of=DAY).total
    found = list_projects(**asked, on=DAY)
    for sums in (table.amount, lambda key: getattr(found.sums, key), lambda key: summed(found.rows, key)):
        assert (sums("plan"), sums("arrived"), sums("paid")) == (plan, arrived, paid)
    assert found.sums.total_investment == table.planned_investment == Money.from_yuan(1000)
    for base, sum_ in (("plan", plan), ("arrived", arrived), ("paid", paid)):
        assert table.livelihood_shares[base].whole == sum_
        scope = FigureScope(programme="zj-ganzi", as_of=DAY, base=base)
        evidence = list_evidence(viewer=AUDITOR, scope=scope, key="livelihood_share", part="whole", offset=0, limit=50)
        assert evidence.total == sum_
    links = {(link.source, link.target): link.fen for link in money_flow(**asked, as_of=DAY, by="county").links}
    into = {node: sum(fen for (_, to), fen in links.items() if to == node) for node in ("plan", "arrived", "paid")}
    assert into == {"plan": plan.fen, "arrived": arrived.fen, "paid": paid.fen}
    moved = movements(**asked, kinds=[AccountKind.ARRIVED, AccountKind.PAID], days=[DAY])
    assert [one.turnover for one in moved.values()] == [arrived, paid]
    assert balance(**asked, kind=AccountKind.SURPLUS, as_of=DAY) == Money.from_yuan(150)
    assert rooms_in_plans(viewer=OFFICE, programme="zj-ganzi", years=[2026])[2026].fen["province"] == 945_000
    book = BytesIO()
    export_projects(**asked, on=DAY, target=book, above=[], filters=ProjectFilters())
    header, *rows = CalamineWorkbook.from_filelike(BytesIO(book.getvalue())).get_sheet_by_index(0).to_python()
    assert round(sum(row[header.index("援助资金（万元）")] for row in rows), 4) == 0.055


def summed(rows, key):
    return sum((getattr(row, key) for row in rows), Money(0))
