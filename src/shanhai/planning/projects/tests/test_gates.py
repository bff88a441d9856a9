# SPDX-License-Identifier: Apache-2.0
"""What stands before each stage, by the way of building and the kind of project."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from django.db import transaction

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.money import Money
from shanhai.kernel.states import IllegalMove
from shanhai.planning.projects.dossier.rules import (
    BY_KEY,
    REQUIREMENTS,
    GateFacts,
    gate,
)
from shanhai.planning.projects.dossier.selectors.gates import gate_facts_of, open_gate
from shanhai.planning.projects.dossier.services.filing import (
    add_contract,
    file_paper,
    note_progress,
    sign_paper,
    waive_requirement,
)
from shanhai.planning.projects.dossier.services.stages import (
    DayNotAccepted,
    GateShut,
    approve_settlement,
    move,
    return_surplus,
    transfer_asset,
)
from shanhai.planning.projects.models import AssetTransfer, Contract, Project, Settlement, Suspension, Waiver
from shanhai.planning.projects.states import STEPS, Delivery, Method, PaperKind, Stage, StopReason
from shanhai.planning.projects.tests.builders import a_paper, a_programme, a_project, some_money, without_gates
from tests.cast import AT, AUDITOR, DEPUTY, FINANCE, KANGDING, OFFICE, STRANGER
from tests.refusals import refused

TURNKEY = GateFacts(Delivery.TURNKEY, capital=True)
CHEQUE = GateFacts(Delivery.CHEQUE, capital=True)
COURSE = GateFacts(Delivery.TURNKEY, capital=False)


@pytest.mark.parametrize(
    ("facts", "old", "to", "asked"),
    [
        (TURNKEY, Stage.PREPARATION, Stage.TENDERING, {"tendering.approval"}),
        (CHEQUE, Stage.PREPARATION, Stage.TENDERING, {"tendering.approval", "tendering.entrustment"}),
        (COURSE, Stage.PREPARATION, Stage.TENDERING, set()),
        (TURNKEY, Stage.TENDERING, Stage.READY, {"ready.award", "ready.contract"}),
        (COURSE, Stage.TENDERING, Stage.READY, set()),
        (TURNKEY, Stage.READY, Stage.UNDER_WAY, {"under_way.start_permit", "under_way.funds"}),
        (COURSE, Stage.READY, Stage.UNDER_WAY, {"under_way.funds"}),
        (TURNKEY, Stage.SUSPENDED, Stage.UNDER_WAY, set()),
        (TURNKEY, Stage.UNDER_WAY, Stage.SUSPENDED, set()),
        (TURNKEY, Stage.UNDER_WAY, Stage.COMPLETED, {"completed.progress"}),
        (TURNKEY, Stage.COMPLETED, Stage.ACCEPTED, {"accepted.acceptance"}),
        (TURNKEY, Stage.ACCEPTED, Stage.SETTLED, {"settled.accounts", "settled.final_account", "settled.surplus"}),
        (COURSE, Stage.ACCEPTED, Stage.SETTLED, {"settled.final_account", "settled.surplus"}),
        (TURNKEY, Stage.SETTLED, Stage.HANDED_OVER, {"handed_over.assets", "handed_over.transfer_list"}),
        (CHEQUE, Stage.SETTLED, Stage.HANDED_OVER, {"handed_over.transfer_list"}),
        (TURNKEY, Stage.UNDER_WAY, Stage.CANCELLED, set()),
    ],
)
def test_each_gate_asks_for_its_own(facts, old, to, asked):
    assert {one.requirement.key for one in gate(to, facts, old=old)} == asked


@pytest.mark.django_db
def test_each_requirement_is_open_without_its_fact_and_met_with_it():
    a_programme()
    bare, done = a_project(code="GZ-1", yuan=1), a_project(code="GZ-2", yuan=1)
    Settlement.objects.create(project=bare, due_on=AT, surplus_fen=5)
    Settlement.objects.create(
        project=done, due_on=AT, approved_on=AT, approved_fen=9, surplus_fen=5, surplus_returned_on=AT
    )
    Contract.objects.create(
        project=done, number="1", contractor="x", method=Method.DIRECT, amount_fen=1, signed_on=AT, added_at=AT
    )
    AssetTransfer.objects.create(project=done, asset="x", keeper="y", value_fen=0, on_date=AT, at=AT)
    done.lines.update(arrived_fen=100)
    Project.objects.filter(pk=done.pk).update(progress_percent=100)
    for kind in PaperKind:
        a_paper(done, kind)

    facts = gate_facts_of([bare.pk, done.pk])

    keys = {one.key for one in REQUIREMENTS}
    assert keys & facts[bare.pk].met == set()
    assert keys <= facts[done.pk].met


def test_each_requirement_has_a_key_of_its_own():
    assert len(BY_KEY) == len(REQUIREMENTS) == 13


def test_what_is_waived_keeps_nothing_shut():
    asked = gate(Stage.TENDERING, replace(CHEQUE, waived={"tendering.approval"}), old=Stage.PREPARATION)

    assert {one.requirement.key: one.open for one in asked} == {
        "tendering.approval": False,
        "tendering.entrustment": True,
    }


@pytest.mark.django_db
def test_a_capital_project_goes_its_whole_way_with_its_papers():
    a_programme()
    project = a_project(yuan=500)
    line = project.lines.get()
    uuid = project.uuid

    a_paper(project, PaperKind.APPROVAL)
    move(by=OFFICE, at=AT, project=uuid, to=Stage.TENDERING, on=date(2026, 3, 3))
    a_paper(project, PaperKind.AWARD)
    add_contract(
        by=OFFICE, at=AT, project=uuid, number="HT-1", contractor="康定某公司", method=Method.OPEN_TENDER,
        amount=Money.from_yuan(450), signed_on=date(2026, 3, 20), awarded_on=date(2026, 3, 10),
    )  # fmt: skip
    move(by=OFFICE, at=AT, project=uuid, to=Stage.READY, on=date(2026, 3, 20))
    some_money("arrive", line, 500, on=date(2026, 3, 25))
    a_paper(project, PaperKind.START_PERMIT, issued_on=date(2026, 3, 21), signed_on=date(2026, 3, 21))
    move(by=KANGDING, at=AT, project=uuid, to=Stage.UNDER_WAY, on=date(2026, 4, 1))
    some_money("allot", line, 460, on=date(2026, 4, 2))
    note_progress(by=KANGDING, at=AT, project=uuid, percent=100, words="主体完成", on=date(2026, 8, 1))
    move(by=KANGDING, at=AT, project=uuid, to=Stage.COMPLETED, on=date(2026, 8, 2))
    a_paper(project, PaperKind.ACCEPTANCE, issued_on=date(2026, 8, 19), signed_on=date(2026, 8, 20))
    move(by=OFFICE, at=AT, project=uuid, to=Stage.ACCEPTED, on=date(2026, 8, 20))
    some_money("pay", line, 450, on=date(2026, 8, 25))
    approve_settlement(
        by=OFFICE, at=AT, project=uuid, approved=Money.from_yuan(450), surplus=Money.from_yuan(10), on=date(2026, 10, 1)
    )
    a_paper(project, PaperKind.FINAL_ACCOUNT)
    with pytest.raises(GateShut, match="结余资金"):
        move(by=OFFICE, at=AT, project=uuid, to=Stage.SETTLED)
    return_surplus(by=FINANCE, at=AT, line=line.uuid, on=date(2026, 10, 5), number="J-9")
    move(by=OFFICE, at=AT, project=uuid, to=Stage.SETTLED)
    transfer_asset(
        by=OFFICE,
        at=AT,
        project=uuid,
        asset="教学楼",
        keeper="康定市教育局",
        value=Money.from_yuan(450),
        on=date(2026, 11, 1),
    )
    a_paper(project, PaperKind.TRANSFER_LIST, issued_on=None, signed_on=date(2026, 11, 1))
    move(by=OFFICE, at=AT, project=uuid, to=Stage.HANDED_OVER)

    assert Project.objects.get().stage == "handed_over"
    assert Settlement.objects.get().due_on == date(2026, 11, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("old", list(Stage))
def test_every_move_from_a_stage_is_allowed_or_refused(old):
    a_programme()
    project = without_gates(a_project(stage=old.value))
    if old is Stage.COMPLETED:
        Project.objects.filter(pk=project.pk).update(finished_on=date(2026, 8, 1))
    for to in Stage:
        with transaction.atomic():
            if to in STEPS[old]:
                assert move(by=OFFICE, at=AT, project=project.uuid, to=to, because="因为").stage == to
            else:
                with pytest.raises((IllegalMove, Refused)):
                    move(by=OFFICE, at=AT, project=project.uuid, to=to, because="因为")
                assert Project.objects.get().stage == old, to
            transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_shut_gate_leaves_no_trace():
    a_programme()
    project = a_project()

    with pytest.raises(GateShut, match="还差 1 项"):
        move(by=OFFICE, at=AT, project=project.uuid, to=Stage.TENDERING)

    assert Project.objects.get().stage == "preparation"
    assert not AuditRow.objects.filter(action="projects.project.moved").exists()


@pytest.mark.django_db
def test_the_last_version_counts_and_an_unsigned_one_does_not():
    a_programme()
    project = without_gates(a_project(stage="completed"))
    Waiver.objects.all().delete()
    a_paper(project, PaperKind.ACCEPTANCE)
    draft = a_paper(project, PaperKind.ACCEPTANCE, content=b"%PDF-1.4\n% second\n%%EOF\n", signed_on=None)

    asked = open_gate(project, Stage.ACCEPTED)
    sign_paper(by=OFFICE, at=AT, project=project.uuid, paper=draft.uuid, on=date(2026, 3, 5))

    assert (draft.version, [one.open for one in asked]) == (2, [True])
    assert [one.open for one in open_gate(project, Stage.ACCEPTED)] == [False]
    with refused(Conflict, "projects.paper_already_signed"):
        sign_paper(by=OFFICE, at=AT, project=project.uuid, paper=draft.uuid, on=date(2026, 3, 6))


@pytest.mark.django_db
def test_the_same_file_again_is_the_same_version():
    a_programme()
    project = a_project()

    first, again = a_paper(project, PaperKind.APPROVAL), a_paper(project, PaperKind.APPROVAL)

    assert (again.pk, project.papers.count()) == (first.pk, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "days",
    [
        {"issued_on": date(2026, 12, 1)},
        {"signed_on": date(2026, 12, 1)},
        {"issued_on": date(2026, 3, 2), "signed_on": date(2026, 3, 1)},
    ],
)
def test_a_paper_of_an_impossible_day_is_refused(days):
    a_programme()
    project = a_project()

    with refused(BadInput, "projects.paper_day_not_accepted"):
        file_paper(
            by=OFFICE,
            at=AT,
            project=project.uuid,
            kind=PaperKind.AWARD,
            file=BytesIO(b"%PDF-1.4\n"),
            name="a.pdf",
            **days,
        )

    assert project.papers.count() == 0


@pytest.mark.django_db
def test_practice_is_waived_by_the_office_and_the_law_only_by_the_commander():
    a_programme()
    project = a_project(stage="ready", yuan=100)

    with pytest.raises(NotAllowed):
        waive_requirement(by=OFFICE, at=AT, project=project.uuid, requirement="under_way.funds", because="急")
    waive_requirement(by=DEPUTY, at=AT, project=project.uuid, requirement="under_way.funds", because="应急")
    waive_requirement(by=DEPUTY, at=AT, project=project.uuid, requirement="under_way.start_permit", because="应急")
    waive_requirement(by=OFFICE, at=AT, project=project.uuid, requirement="completed.progress", because="小额")

    assert move(by=OFFICE, at=AT, project=project.uuid, to=Stage.UNDER_WAY).stage == "under_way"
    assert AuditRow.objects.filter(action="projects.requirement.waived").count() == 3


@pytest.mark.django_db
def test_a_waiver_names_a_requirement_and_a_reason_and_is_given_once():
    a_programme()
    project = a_project()
    asked = {"by": DEPUTY, "at": AT, "project": project.uuid}

    with refused(BadInput, "projects.requirement_unknown"):
        waive_requirement(**asked, requirement="nothing", because="因为")
    with refused(BadInput, "projects.reason_missing"):
        waive_requirement(**asked, requirement="ready.award", because="  ")
    waive_requirement(**asked, requirement="ready.award", because="单一来源")
    waive_requirement(**asked, requirement="ready.award", because="又一次")

    assert Waiver.objects.get().because == "单一来源"


@pytest.mark.django_db
def test_who_may_only_look_files_nothing_and_a_stranger_finds_nothing():
    a_programme()
    project = a_project()
    given = {"at": AT, "project": project.uuid, "kind": PaperKind.AWARD, "name": "a.pdf"}

    with pytest.raises(NotAllowed):
        file_paper(by=AUDITOR, file=BytesIO(b"%PDF-1.4\n"), **given)
    with pytest.raises(NotVisible):
        file_paper(by=STRANGER, file=BytesIO(b"%PDF-1.4\n"), **given)


@pytest.mark.django_db
def test_a_stop_knows_its_kind_and_its_end():
    a_programme()
    project = without_gates(a_project(stage="under_way"))
    move(
        by=OFFICE, at=AT, project=project.uuid, to=Stage.SUSPENDED, because="封冻", on=date(2026, 11, 1),
        stop=StopReason.WINTER, restart_expected_on=date(2027, 4, 1),
    )  # fmt: skip

    with pytest.raises(DayNotAccepted, match="早于停工"):
        move(by=OFFICE, at=AT, project=project.uuid, to=Stage.UNDER_WAY, on=date(2026, 10, 1))
    move(by=OFFICE, at=AT, project=project.uuid, to=Stage.UNDER_WAY, on=date(2026, 11, 20))

    stop = Suspension.objects.get()
    assert (stop.reason, stop.since_on, stop.restart_expected_on, stop.restarted_on) == (
        "winter", date(2026, 11, 1), date(2027, 4, 1), date(2026, 11, 20),
    )  # fmt: skip


@pytest.mark.django_db
def test_a_stop_cannot_expect_to_end_before_it_begins():
    a_programme()
    project = without_gates(a_project(stage="under_way"))

    with pytest.raises(DayNotAccepted, match="预计复工"):
        move(
            by=OFFICE, at=AT, project=project.uuid, to=Stage.SUSPENDED, because="封冻", on=date(2026, 11, 1),
            restart_expected_on=date(2026, 10, 1),
        )  # fmt: skip

    assert Suspension.objects.count() == 0
