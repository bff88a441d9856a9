# SPDX-License-Identifier: Apache-2.0
"""What stands at a gate reaches who can do the next thing, and nobody else."""

import random
from datetime import date

import pytest
from django.urls import reverse

from shanhai.planning.projects.dossier.rules import ONWARD, REQUIREMENTS, gate, near_end
from shanhai.planning.projects.dossier.selectors.gates import gate_facts_of, list_waiting, waiting_for
from shanhai.planning.projects.dossier.services.stages import move
from shanhai.planning.projects.models import (
    AllocationLine,
    AssetTransfer,
    Contract,
    Paper,
    Project,
    Settlement,
    Waiver,
)  # fmt: skip
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.states import MOVES, STEPS, Delivery, Method, PaperKind, Stage
from shanhai.planning.projects.tests.builders import a_line, a_paper, a_programme, a_project, some_money, without_gates
from shanhai.planning.projects.values import Dates
from shanhai.registers.documents.models import Document
from tests.cast import AT, AUDITOR, DEPUTY, FINANCE, KANGDING, OFFICE, STRANGER, a_user, actor
from tests.cast import waiting_for as waiting

pytestmark = pytest.mark.django_db
LUDING = actor("county_user", programme="zj-ganzi", place="513322")


def seen_by(viewer):
    return waiting(viewer, "projects.gates")


@pytest.mark.parametrize(("old", "to"), [(old, to) for old in Stage for to in sorted(STEPS[old])])
def test_after_each_move_the_next_person_sees_the_project_and_others_do_not(old, to):
    a_programme()
    finished = Dates(finished_on=date(2026, 9, 1)) if old is Stage.COMPLETED else Dates()
    project = without_gates(a_project(stage=old.value, dates=finished))
    assert seen_by(KANGDING) == [reverse("projects:detail", args=[project.uuid])]

    move(by=OFFICE, at=AT, project=project.uuid, to=to, because="x")

    ends = not MOVES[to]
    for viewer in (KANGDING, OFFICE, DEPUTY):
        assert seen_by(viewer) == ([] if ends else [reverse("projects:detail", args=[project.uuid])])
    for viewer in (LUDING, FINANCE, AUDITOR, STRANGER):
        assert seen_by(viewer) == []


def test_what_a_gate_lacks_goes_to_who_can_supply_it():
    a_programme()
    project = a_project(stage="ready")
    line = a_line(project=project)
    page = [reverse("projects:dossier", args=[project.uuid])]
    assert (seen_by(KANGDING), seen_by(FINANCE), seen_by(LUDING)) == (page, page, [])

    a_paper(project, PaperKind.START_PERMIT)
    assert (seen_by(KANGDING), seen_by(OFFICE), seen_by(FINANCE)) == ([], [], page)

    some_money("arrive", line, 10)
    onward = [reverse("projects:detail", args=[project.uuid])]
    assert (seen_by(KANGDING), seen_by(OFFICE), seen_by(FINANCE)) == (onward, onward, [])


def test_final_accounts_wait_for_the_office_and_the_paper_of_them_for_the_county():
    a_programme()
    a_project(stage="accepted")

    def lacks(viewer):
        return [one.key for one in list_waiting(viewer=viewer, programme="zj-ganzi", few=3, on=AT.date())]

    assert (lacks(OFFICE), lacks(KANGDING), lacks(FINANCE)) == (
        ["settled.accounts"], ["settled.final_account"], [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("finish", "waits"),
    [(date(2025, 6, 1), True), (date(2026, 12, 22), True), (date(2026, 12, 23), False), (None, True)],
)
def test_the_last_of_the_work_waits_for_nobody_until_a_month_before_the_planned_finish(finish, waits):
    a_programme()
    project = a_project(stage="under_way", dates=Dates(planned_finish_on=finish))
    page = [reverse("projects:dossier", args=[project.uuid])] if waits else []

    assert (seen_by(KANGDING), seen_by(OFFICE), seen_by(FINANCE)) == (page, page, [])


def test_work_that_is_done_before_its_time_waits_to_be_moved_on():
    a_programme()
    project = a_project(stage="under_way", dates=Dates(planned_finish_on=date(2028, 1, 1)))
    Project.objects.update(progress_percent=100)

    assert seen_by(KANGDING) == [reverse("projects:detail", args=[project.uuid])]


def test_many_at_one_gate_are_one_line_that_leads_to_the_list_of_them(django_assert_max_num_queries):
    a_programme()
    for number in range(5):
        without_gates(a_project(code=f"GZ-{number}", stage="tendering"))
    a_project(code="GZ-9", stage="tendering")

    with django_assert_max_num_queries(2):
        several, one = seen_by(KANGDING)

    assert several == "/projects/?programme=zj-ganzi&waits=move.tendering"
    assert one.endswith("/dossier/")


def test_the_list_behind_it_shows_those_projects_alone(client):
    a_programme()
    waits = without_gates(a_project(code="GZ-1", stage="tendering"))
    a_project(code="GZ-2", stage="tendering")

    client.force_login(a_user("office"), backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/projects/?programme=zj-ganzi&waits=move.tendering")

    assert [one.row.uuid for one in page.context["listed"]] == [waits.uuid]


def met_by(project):
    """The keys of what the project meets, asked of its rows one by one."""
    last = {paper.kind: paper for paper in project.papers.order_by("version")}
    accounts, lines = getattr(project, "settlement", None), list(project.lines.all())
    facts = {
        "ready.contract": project.contracts.exists(),
        "under_way.funds": any(line.arrived_fen for line in lines) or not any(line.amount_fen for line in lines),
        "completed.progress": project.progress_percent == 100,
        "settled.accounts": accounts is not None and accounts.approved_on is not None,
        "settled.surplus": accounts is None or not accounts.surplus_fen or accounts.surplus_returned_on is not None,
        "handed_over.assets": project.asset_transfers.exists(),
    }
    for one in REQUIREMENTS:
        if one.paper is not None:
            must_be_signed = one.paper in {PaperKind.ENTRUSTMENT, PaperKind.ACCEPTANCE, PaperKind.TRANSFER_LIST}
            facts[one.key] = one.paper in last and (not must_be_signed or last[one.paper].signed_on is not None)
    return {key for key, is_met in facts.items() if is_met}


def by_the_rules(project, viewer):
    """The key under which the project waits for the viewer, asked of the rules, one project at a time."""
    scope = {"programme": "zj-ganzi", "place": project.place.code}
    stage = Stage(project.stage)
    if stage not in ONWARD:
        return ""
    facts = gate_facts_of([project.pk])[project.pk]
    assert facts.met == met_by(project)
    lacking = [one.requirement for one in gate(ONWARD[stage], facts, old=stage) if one.open]
    soon = project.planned_finish_on is None or project.planned_finish_on <= near_end(AT.date())
    due = [one for one in lacking if soon or not one.at_the_end]
    theirs = [one.key for one in due if viewer.may(one.supplier, **scope)]
    if lacking or not viewer.may(ProjectPermission.MOVE, **scope):
        return theirs[0] if theirs else ""
    return f"move.{stage}"


def test_the_database_answers_as_the_rules_do():
    a_programme(yuan=100_000)
    chance, papers = random.Random(5), Document.objects.all()
    a_paper(a_project(code="GZ-0"), PaperKind.OTHER)
    for number in range(1, 90):
        stage = chance.choice(list(Stage))
        project = a_project(
            code=f"GZ-{number}",
            stage=stage.value,
            delivery=chance.choice(list(Delivery)),
            capital=chance.random() < 0.7,
            place=chance.choice(["513301", "513322"]),
            yuan=0 if stage is Stage.CANCELLED else chance.choice([0, 10]),
            dates=Dates(planned_finish_on=chance.choice([None, date(2026, 12, 22), date(2026, 12, 23)])),
        )
        Project.objects.filter(pk=project.pk).update(progress_percent=chance.choice([0, 99, 100]))
        AllocationLine.objects.filter(project=project).update(arrived_fen=chance.choice([0, 500]))
        for one in REQUIREMENTS:
            if chance.random() < 0.2:
                Waiver.objects.create(project=project, requirement=one.key, because="x", at=AT, by="user:x")
            for version in range(1, chance.choice([1, 1, 2, 3])) if one.paper else ():
                signed = chance.choice([None, date(2026, 3, 1)])
                Paper.objects.create(
                    project=project, kind=one.paper, version=version, document=papers[0], signed_on=signed, added_at=AT
                )
        if chance.random() < 0.5:
            Contract.objects.create(
                project=project, number="1", contractor="x", method=Method.DIRECT, amount_fen=1,
                signed_on=date(2026, 1, 1), added_at=AT,
            )  # fmt: skip
        if chance.random() < 0.5:
            approved = chance.choice([None, date(2026, 6, 1)])
            Settlement.objects.create(
                project=project, due_on=date(2026, 6, 1), approved_on=approved, approved_fen=approved and 5,
                surplus_fen=chance.choice([0, 7]), surplus_returned_on=chance.choice([None, date(2026, 7, 1)]),
            )  # fmt: skip
        if chance.random() < 0.5:
            AssetTransfer.objects.create(project=project, asset="x", keeper="y", value_fen=0, on_date=AT, at=AT)

    said = set()
    for viewer in (DEPUTY, OFFICE, FINANCE, KANGDING, LUDING, AUDITOR):
        found = dict(Project.objects.annotate(waits=waiting_for(viewer, AT.date())).values_list("pk", "waits"))
        rules = {one.pk: by_the_rules(one, viewer) for one in Project.objects.select_related("place")}
        assert found == rules, viewer.name
        said |= set(rules.values())
    assert len(said) > 15
