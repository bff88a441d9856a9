# SPDX-License-Identifier: Apache-2.0
"""Giving a project money of a yearly plan, and taking a line back as long as no money has moved for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import get_fund_source
from shanhai.planning.programmes.plans.selectors import get_yearly_plan, hold_plans
from shanhai.planning.projects.core.rules import require_open
from shanhai.planning.projects.core.selectors.projects import get_project
from shanhai.planning.projects.core.services.projects import FactsNotAccepted
from shanhai.planning.projects.core.services.recording import record_change
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.rules import line_faults
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.values import LineFacts


@transaction.atomic
def add_line(*, by: Actor, at: datetime, project: UUID, facts: LineFacts) -> AllocationLine:
    """Give the project money of one fund source from one year's plan, with its two tags.

    Raises NotVisible, NotAllowed, FactsNotAccepted, Refused.
    """
    programme = get_project(viewer=by, uuid=project).programme
    hold_plans(programme=programme.code, years=[facts.year])
    found = get_project(viewer=by, uuid=project, lock=True)
    by.require(ProjectPermission.MANAGE, programme=found.programme.code, place=found.place.code)

    plan = get_yearly_plan(viewer=by, programme=found.programme.code, year=facts.year)
    source = get_fund_source(viewer=by, programme=found.programme.code, code=facts.fund_source)
    for fault in line_faults(facts, currency=found.currency):
        raise FactsNotAccepted(fault)
    if found.stage == Stage.CANCELLED:
        raise Refused(gettext_noop("项目已取消，不能再安排资金。请换一个项目。"), "projects.project_cancelled")
    require_open(state=plan.state, year=plan.year)

    line = AllocationLine.objects.create(
        project=found,
        yearly_plan=plan,
        fund_source=source,
        amount_fen=facts.amount.fen,
        livelihood_percent=facts.livelihood_percent,
        beneficiary_level=facts.beneficiary_level.value,
        implementer_level=facts.implementer_level.value,
    )
    changes = {"line": str(line.uuid), **line.tags, "year": facts.year, "fund_source": facts.fund_source}
    record_change(by=by, at=at, project=found, action="projects.line.added", changes=changes)
    return line
