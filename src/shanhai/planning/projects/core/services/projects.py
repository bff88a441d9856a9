# SPDX-License-Identifier: Apache-2.0
"""Recording projects and correcting what is stated about them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from shanhai.kernel.actors import Actor, place_prefix
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.projects.core.rules import require_open
from shanhai.planning.projects.core.selectors.projects import get_project
from shanhai.planning.projects.core.services.recording import record_change
from shanhai.planning.projects.models import Project, StageMove
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.rules import Fault, known_since, project_faults
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.values import ProjectFacts, Standing
from shanhai.registers.organisations.selectors import get_organisation
from shanhai.registers.places.selectors.divisions import get_division
from shanhai.registers.places.selectors.sites import get_site


class FactsNotAccepted(BadInput):
    """Something stated cannot be so; ``field`` names it."""

    code = "projects.facts_not_accepted"

    def __init__(self, fault: Fault) -> None:
        self.field = fault[0]
        super().__init__(fault[2].text, **fault[2].params)


@transaction.atomic
def create_project(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    facts: ProjectFacts,
    standing: Standing | None = None,
    provenance: str = "",
) -> Project:
    """Record a project at the stage it stands at; its first StageMove says since when.

    Raises NotVisible, NotAllowed, FactsNotAccepted, Refused, Conflict.
    """
    by.require(ProjectPermission.MANAGE, programme=programme, place=facts.place)

    found = programmes.get_programme(viewer=by, code=programme)
    standing = standing or Standing(Stage.PREPARATION)

    today = local_date(at)
    _check(project_faults(facts, standing, today=today, currency=found.currency))
    if Project.objects.filter(programme=found, code=facts.code).exists():
        raise Conflict(
            gettext_noop("项目编号“%(code)s”已经有了。请换一个编号，或打开原有项目修改。"),
            "projects.code_taken",
            code=facts.code,
        )

    project = Project(programme=found, currency=found.currency, provenance=provenance, stage=standing.stage.value)
    project.completed_investment_fen = standing.completed_investment.fen
    project.progress_percent = standing.progress_percent
    project.state(facts)
    _point_at_others(project, facts, by)
    project.save(force_insert=True)
    StageMove.objects.create(
        project=project, new=project.stage, by=by.ref, at=at, on_date=known_since(standing.stage, facts.dates, today)
    )
    changes = {name: [None, value] for name, value in facts.plain.items() if value not in (None, "")}
    record_change(by=by, at=at, project=project, action="projects.project.created", changes=changes)
    return project


@transaction.atomic
def correct_project(*, by: Actor, at: datetime, project: UUID, facts: ProjectFacts, because: str = "") -> Project:
    """Replace what is stated about a project; every changed field stands in the trail, old and new.

    Stage, progress and money are not stated here. Raises NotVisible, NotAllowed, FactsNotAccepted, Refused, Conflict;
    for another county CountyPaid when money has been paid, PlanClosed when a closed plan gave it money.
    """
    found = get_project(viewer=by, uuid=project, lock=True)
    by.require(ProjectPermission.MANAGE, programme=found.programme.code, place=found.place.code)
    by.require(ProjectPermission.MANAGE, programme=found.programme.code, place=facts.place)

    old, new = found.facts.plain, facts.plain
    standing = Standing(Stage(found.stage), Money(found.completed_investment_fen, found.currency))
    _check(project_faults(facts, standing, today=local_date(at), currency=found.currency))
    others = Project.objects.filter(programme=found.programme, code=facts.code).exclude(pk=found.pk)
    if others.exists():
        raise Conflict(
            gettext_noop("项目编号“%(code)s”已经有了。请换一个编号，或打开原有项目修改。"),
            "projects.code_taken",
            code=facts.code,
        )
    changes = {name: [old[name], new[name]] for name in old if old[name] != new[name]}
    if not changes:
        return found
    if facts.place != found.place.code:
        _check_move(found)
    if facts.total_investment.fen < found.total_investment_fen:
        _check_estimate(found, facts.total_investment)

    found.state(facts)
    _point_at_others(found, facts, by)
    found.save()
    record_change(by=by, at=at, project=found, action="projects.project.corrected", changes=changes, because=because)
    return found


def _check(faults: tuple[Fault, ...]) -> None:
    if faults:
        raise FactsNotAccepted(faults[0])


def _check_move(project: Project) -> None:
    paid = project.lines.aggregate(paid=Sum("paid_fen", default=0))["paid"]
    if paid:
        raise Refused(
            gettext_noop("这个项目已支付 %(paid)s，不能改到别的县（市）。请在新的县另立项目，或先冲正支付。"),
            "projects.county_paid",
            paid=Money(paid, project.currency),
        )
    for line in project.lines.select_related("yearly_plan"):
        require_open(state=line.yearly_plan.state, year=line.yearly_plan.year)


def _check_estimate(project: Project, total: Money) -> None:
    allotted = project.lines.aggregate(allotted=Sum("allotted_fen", default=0))["allotted"]
    if total.fen < allotted:
        raise Refused(
            gettext_noop("“%(project)s”已核拨 %(allotted)s，总投资不能减到 %(total)s。请少减一些，或先冲正核拨。"),
            "projects.estimate_below_allotted",
            project=project.name,
            allotted=Money(allotted, project.currency),
            total=total,
        )


def _point_at_others(project: Project, facts: ProjectFacts, by: Actor) -> None:
    place = get_division(facts.place)
    recipient = project.programme.recipient.code
    if not place.code.startswith(place_prefix(recipient)):
        raise Refused(
            gettext_noop("%(place)s 不在受援地 %(recipient)s 之内。请核对县（市）。"),
            "projects.place_outside",
            place=place.name,
            recipient=project.programme.recipient.name,
        )
    project.place = place
    project.site = get_site(viewer=by, uuid=facts.site) if facts.site else None
    project.owner = get_organisation(viewer=by, uuid=facts.owner) if facts.owner else None
