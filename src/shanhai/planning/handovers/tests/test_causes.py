# SPDX-License-Identifier: Apache-2.0
"""What counts as open, in which app, and who answers for it."""

from datetime import date

import pytest
from django.utils.translation import override

from shanhai.kernel.messages import message
from shanhai.kernel.money import Money
from shanhai.kernel.plain import to_plain
from shanhai.planning.adjustments.states import State
from shanhai.planning.adjustments.tests.builders import an_adjustment
from shanhai.planning.handovers.selectors import causes as collectors
from shanhai.planning.handovers.selectors.causes import collector_for, list_causes
from shanhai.planning.handovers.tests.builders import LEAVING, a_place_to_leave, a_task
from shanhai.planning.programmes.campaigns.services.tasks import drop_task, report_progress
from shanhai.planning.programmes.plans.services.plans import close_yearly_plan
from shanhai.planning.programmes.tests.builders import a_yearly_plan
from shanhai.planning.projects.dossier.services.stages import approve_settlement
from shanhai.planning.projects.states import Delivery, PaperKind
from shanhai.planning.projects.tests.builders import a_paper, a_plan, a_project, some_money
from shanhai.planning.projects.values import Dates
from shanhai.planning.returns.models import Finding
from shanhai.planning.returns.services import explain_finding
from shanhai.planning.returns.tests.builders import a_return, ganzi_programme, kezhou_programme, the_kezhou_return
from shanhai.planning.rounds.tests.builders import a_round, report_of
from shanhai.planning.warnings.models import EarlyWarning
from shanhai.planning.warnings.rules.catalogue import CATALOGUE
from shanhai.planning.warnings.services import act
from shanhai.planning.warnings.states import Action
from shanhai.planning.warnings.tests.builders import a_late_project, evaluated
from shanhai.registers.organisations.tests.builders import an_organisation
from tests.cast import AT, OFFICE

DONE = Dates(None, None, None, finished_on=date(2026, 9, 1), accepted_on=date(2026, 9, 20))
NEXT_YEAR = Dates(date(2026, 4, 1), date(2027, 3, 31))
pytestmark = pytest.mark.django_db


def asked(collect, *, programme="zj-ganzi", until=LEAVING):
    return list(collect(viewer=collector_for(programme), programme=programme, until=until, at=AT))


@pytest.mark.parametrize(
    ("stage", "kinds"),
    [
        ("preparation", ["unfinished_project"]),
        ("tendering", ["unfinished_project"]),
        ("ready", ["unfinished_project"]),
        ("under_way", ["unfinished_project"]),
        ("suspended", ["unfinished_project"]),
        ("completed", ["unfinished_project", "open_settlement"]),
        ("accepted", ["open_settlement", "asset_not_transferred"]),
        ("settled", ["asset_not_transferred"]),
        ("handed_over", []),
        ("cancelled", []),
    ],
)
def test_each_stage_leaves_something_else_open(stage, kinds):
    a_place_to_leave()
    a_project(stage=stage)

    assert [cause.kind for cause in asked(collectors.list_unfinished)] == kinds


@pytest.mark.parametrize(("finish", "counts"), [(LEAVING, True), (date(2027, 1, 1), False), (None, False)])
def test_a_project_at_work_counts_when_it_should_be_finished_before_the_batch_leaves(finish, counts):
    a_place_to_leave()
    a_project(stage="under_way", dates=Dates(planned_start_on=date(2026, 4, 1), planned_finish_on=finish))

    assert bool(asked(collectors.list_unfinished)) is counts


@pytest.mark.parametrize(
    ("delivery", "owned", "responsible"),
    [
        (Delivery.TURNKEY, False, ("office", "")),
        (Delivery.CHEQUE, False, ("organisation", "康定市")),
        (Delivery.TURNKEY, True, ("organisation", "康定市教育局")),
        (Delivery.CHEQUE, True, ("organisation", "康定市教育局")),
    ],
)
def test_the_owner_answers_for_a_project_or_who_builds(delivery, owned, responsible):
    a_place_to_leave()
    owner = an_organisation("康定市教育局").uuid if owned else None
    a_project(stage="settled", delivery=delivery, owner=owner)

    (cause,) = asked(collectors.list_unfinished)

    assert (cause.responsible.kind, cause.responsible.name) == responsible
    assert (cause.label, cause.place) == ("GZ-1 康定市中心小学教学楼", "513301")


@pytest.mark.parametrize(
    ("surplus", "kinds"),
    [(0, ["asset_not_transferred"]), (5, ["open_settlement", "asset_not_transferred"])],
)
def test_final_accounts_are_open_until_they_are_approved_and_the_surplus_is_back(surplus, kinds):
    a_place_to_leave()
    a_plan()
    project = a_project(stage="accepted", dates=DONE, yuan=1000)
    for step in ("arrive", "allot"):
        some_money(step, project.lines.get(), 5)
    money = {"approved": Money.from_yuan(1000), "surplus": Money.from_yuan(surplus)}
    approve_settlement(by=OFFICE, at=AT, project=project.uuid, on=date(2026, 11, 1), **money)

    assert [cause.kind for cause in asked(collectors.list_unfinished)] == kinds


def test_what_a_project_owes_is_due_when_the_rules_say():
    a_place_to_leave()
    a_project(stage="accepted", dates=DONE)

    assert [(cause.kind, cause.since) for cause in asked(collectors.list_unfinished)] == [
        ("open_settlement", date(2026, 12, 1)), ("asset_not_transferred", date(2026, 12, 20))
    ]  # fmt: skip


def test_what_was_completed_after_a_batch_left_is_not_its_affair():
    a_place_to_leave()
    a_project(stage="accepted", dates=DONE)

    assert asked(collectors.list_unfinished, until=date(2026, 8, 31)) == []
    assert len(asked(collectors.list_unfinished, until=date(2026, 9, 1))) == 2


def test_projects_beyond_what_is_read_at_once_are_found_too(monkeypatch):
    monkeypatch.setattr(collectors.facts, "CHUNK", 2)
    a_place_to_leave()
    for number in range(5):
        a_project(stage="settled", code=f"GZ-{number}")

    assert len(asked(collectors.list_unfinished)) == 5


def test_a_paper_counts_until_its_last_version_is_signed(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path
    a_place_to_leave()
    project = a_project(stage="handed_over")
    a_paper(project, PaperKind.ACCEPTANCE)
    a_paper(project, PaperKind.APPROVAL, signed_on=None)
    a_paper(project, PaperKind.TRANSFER_LIST, signed_on=None)
    a_paper(project, PaperKind.TRANSFER_LIST, content=b"%PDF-1.4\n% signed\n%%EOF\n")
    assert asked(collectors.list_unsigned) == []

    a_paper(project, PaperKind.ACCEPTANCE, signed_on=None, content=b"%PDF-1.4\n% anew\n%%EOF\n")

    (cause,) = asked(collectors.list_unsigned)
    assert (cause.label, cause.place) == ("GZ-1 康定市中心小学教学楼 · 验收报告", "513301")
    assert (cause.responsible.kind, cause.responsible.name) == ("person", "user:office")
    assert (cause.since, cause.url) == (date(2026, 11, 22), f"/projects/{project.uuid}/dossier/")


def test_what_is_stored_is_chinese_whoever_asks(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path
    a_place_to_leave()
    a_paper(a_project(stage="completed"), PaperKind.ACCEPTANCE, signed_on=None)

    with override("en"):
        (cause,) = asked(collectors.list_unsigned)

    assert cause.label.endswith("验收报告")


def test_papers_of_a_cancelled_project_need_no_signature(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path
    a_place_to_leave()
    a_paper(a_project(stage="cancelled"), PaperKind.ACCEPTANCE, signed_on=None)

    assert asked(collectors.list_unsigned) == []


@pytest.mark.parametrize(("due_on", "counts"), [(LEAVING, True), (date(2027, 1, 1), False), (None, True)])
def test_an_open_task_counts_when_it_is_due_before_the_batch_leaves(due_on, counts):
    a_place_to_leave()
    a_task(due_on=due_on)

    assert bool(asked(collectors.list_open_tasks)) is counts


def test_the_group_that_leads_a_task_answers_for_it():
    a_place_to_leave()
    task = a_task()

    (cause,) = asked(collectors.list_open_tasks)

    assert (cause.responsible.kind, cause.responsible.name) == ("group", "产业组")
    assert (cause.subject_id, cause.since) == (str(task.uuid), date(2026, 11, 1))
    assert cause.label == "2026 融冰化雪 · 牦牛产业集群立项"


def test_done_and_dropped_tasks_hold_nobody_back():
    a_place_to_leave()
    report_progress(by=OFFICE, at=AT, task=a_task(campaign="一").uuid, progress_percent=100)
    drop_task(by=OFFICE, at=AT, task=a_task(campaign="二").uuid, because="不再做")

    assert asked(collectors.list_open_tasks) == []


@pytest.mark.parametrize(("due_on", "counts"), [(date(2026, 12, 2), True), (date(2027, 1, 2), False)])
def test_a_report_counts_when_it_is_due_before_the_batch_leaves(due_on, counts):
    a_place_to_leave()
    a_task()
    opened = a_round(year=2026, month=11, opens_on=date(2026, 11, 25), due_on=due_on)

    causes = asked(collectors.list_missing_reports)

    assert bool(causes) is counts
    if counts:
        assert (causes[0].label, causes[0].responsible.name, causes[0].since) == ("2026-11 · 产业组", "产业组", due_on)
        report_of(opened, "产业组", state="accepted", summary="x", submitted_by="user:x")
        assert asked(collectors.list_missing_reports) == []


def test_a_plan_counts_when_its_year_is_over_and_it_was_not_closed():
    a_place_to_leave()
    closed = a_plan(year=2024)
    close_yearly_plan(by=OFFICE, at=AT, plan=closed.uuid)
    a_plan(year=2025)
    a_yearly_plan(year=2026)
    a_yearly_plan(year=2027)

    assert [cause.label for cause in asked(collectors.list_open_plans)] == ["2026", "2025"]
    assert [cause.label for cause in asked(collectors.list_open_plans, until=date(2026, 7, 31))] == ["2025"]


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (State.DRAFT, False),
        (State.SUBMITTED, True),
        (State.RETURNED, True),
        (State.APPROVED, True),
        (State.REFUSED, False),
        (State.APPLIED, False),
        (State.WITHDRAWN, False),
    ],
)
def test_an_adjustment_counts_from_being_sent_off_until_its_end(state, counts):
    a_place_to_leave()
    an_adjustment(project=a_project(stage="under_way", dates=NEXT_YEAR), state=state)

    assert bool(asked(collectors.list_open_adjustments)) is counts


def test_who_asked_for_an_adjustment_answers_for_it():
    a_place_to_leave()
    adjustment = an_adjustment(project=a_project(stage="under_way"), state=State.SUBMITTED)

    (cause,) = asked(collectors.list_open_adjustments)

    assert (cause.responsible.kind, cause.responsible.name) == ("person", "user:office")
    assert (cause.subject_id, cause.place, cause.since) == (str(adjustment.uuid), "513301", date(2026, 11, 22))
    # What was asked for after the batch has left is the next one's.
    assert asked(collectors.list_open_adjustments, until=date(2026, 11, 21)) == []


def test_adjustments_are_asked_for_once_however_many_there_are(django_assert_num_queries):
    a_place_to_leave()
    project = a_project(stage="under_way")
    for _ in range(3):
        an_adjustment(project=project, state=State.SUBMITTED)

    with django_assert_num_queries(1):
        found = asked(collectors.list_open_adjustments)

    assert [cause.place for cause in found] == ["513301"] * 3


def test_a_warning_counts_until_somebody_acts_on_it():
    a_place_to_leave()
    a_late_project()
    evaluated()
    warning = EarlyWarning.objects.get(rule="start_passed")

    found = {cause.subject_id: cause for cause in asked(collectors.list_open_warnings)}
    cause = found[str(warning.uuid)]

    assert (cause.kind, cause.place, cause.url) == ("open_warning", "513301", f"/warnings/{warning.uuid}/")
    assert cause.label.startswith("GZ-1 康定市中心小学教学楼 · ")
    assert (cause.responsible.kind, cause.responsible.name) == ("organisation", "康定市")
    act(by=OFFICE, at=AT, warning=warning.uuid, action=Action.PLANNED, words="四月开工")
    assert str(warning.uuid) not in {cause.subject_id for cause in asked(collectors.list_open_warnings)}


def test_a_warning_that_is_only_a_notice_holds_nobody_back():
    a_place_to_leave()
    a_late_project(stage="completed")
    evaluated()

    assert EarlyWarning.objects.filter(rule="owner_missing", state="open").exists()
    labels = [cause.label for cause in asked(collectors.list_open_warnings)]
    assert [label for label in labels if CATALOGUE["owner_missing"].title in label] == []


def test_a_return_counts_until_its_findings_are_explained(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path
    kezhou_programme()
    report = the_kezhou_return()

    (cause,) = asked(list_causes, programme="kezhou-2021")

    assert (cause.kind, cause.subject_id, cause.since) == ("doubted_return", str(report.uuid), date(2021, 9, 30))
    assert (cause.responsible.kind, cause.place) == ("organisation", "653000")
    assert asked(list_causes, programme="kezhou-2021", until=date(2021, 9, 29)) == []
    for finding in Finding.objects.all():
        explain_finding(by=OFFICE, at=AT, uuid=finding.uuid, because="原文如此")
    assert asked(list_causes, programme="kezhou-2021") == []


def test_every_return_with_a_finding_is_named_however_many_findings_others_have(
    settings, tmp_path, django_assert_max_num_queries
):
    settings.DOCUMENTS_DIR = tmp_path
    ganzi_programme()
    doubted = a_return(tmp_path)
    last = a_return(tmp_path, ("泸定县", 10, 100, 80, 60, 40), cut_off_on=date(2023, 6, 30))
    content = {"message": to_plain(message("?")), "checks": []}
    told = {"kind": "identity", "measure": "paid", "confidence": "high", "content": content}
    Finding.objects.bulk_create(
        Finding(row=report.rows.get(), position=position, severity=severity, **told)
        for report, severity, count in ((doubted, "error", 10_001), (last, "warning", 1))
        for position in range(count)
    )

    with django_assert_max_num_queries(4):
        found = asked(collectors.list_doubted)

    assert [cause.subject_id for cause in found] == [str(doubted.uuid), str(last.uuid)]


def test_words_longer_than_an_item_are_cut():
    a_place_to_leave()
    a_task(name="长" * 200, campaign="长" * 100)

    (cause,) = asked(list_causes)

    assert len(cause.label) == 300


@pytest.mark.parametrize("size", [1, 30])
def test_collecting_takes_the_same_queries_for_one_and_for_thirty(size, django_assert_num_queries):
    a_place_to_leave()
    for number in range(size):
        a_project(stage="settled", code=f"GZ-{number}")

    with django_assert_num_queries(15):
        asked(list_causes)
