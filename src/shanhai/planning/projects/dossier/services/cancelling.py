# SPDX-License-Identifier: Apache-2.0
"""Cancelling a project, as an adjustment that was approved is carried out, the only way; and what takes that back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import Refused, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.kernel.states import require_move
from shanhai.planning.projects.core.selectors import locked_project
from shanhai.planning.projects.core.services import keep_plans, record_change
from shanhai.planning.projects.core.services.issuing import follow_lines
from shanhai.planning.projects.dossier.selectors.gates import require_seen
from shanhai.planning.projects.models import LineChange, Project, StageMove
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.rules import require_open
from shanhai.planning.projects.shares.selectors.idle import idle_money
from shanhai.planning.projects.states import MOVES, Stage


@transaction.atomic
def cancel(
    *,
    by: Actor,
    at: datetime,
    project: UUID,
    because: str,
    seen_stage: Stage | None = None,
    weighing: bool = False,
) -> Project:
    """Cancel the project: its lines keep what was paid, so that every sum counts that and plans have the rest again.

    ``weighing`` shows what it would do before its money has been dealt with: call it in a transaction that is taken
    back. Raises NotVisible, NotAllowed, Conflict, IllegalMove, BadInput, and Refused while money lies idle.
    """
    found = locked_project(by=by, project=project, permission=ProjectPermission.MANAGE)
    require_seen(found, seen_stage)
    because = checked_reason(because, gettext_noop("取消项目要写明原因。请写一句话。"), "projects", most=2000)
    old, today = Stage(found.stage), local_date(at)
    require_move(MOVES, old, Stage.CANCELLED)
    lines = list(found.lines.select_for_update(of=("self",)).order_by("pk"))
    if not weighing:
        _require_nothing_idle(found)

    lowered = [line for line in lines if line.amount_fen != line.paid_fen]
    amounts = {str(line.uuid): line.amount_fen for line in lowered}
    LineChange.objects.keep(((line, line.tags) for line in lowered), on=today)
    for line in lowered:
        changes = {"line": str(line.uuid), "amount_fen": [line.amount_fen, line.paid_fen]}
        line.amount_fen = line.paid_fen
        line.save(update_fields=["amount_fen", "changed_on"])
        action = "projects.line.revised"
        record_change(by=by, at=at, project=found, action=action, changes=changes, because=because)
    had = [(line, amounts[str(line.uuid)]) for line in lowered]
    follow_lines(by=by, at=at, changed=had, because=because, under=ProjectPermission.MANAGE)
    found.suspensions.filter(restarted_on=None).update(restarted_on=today)
    found.stage, found.cancelled_on = Stage.CANCELLED.value, today
    found.save(update_fields=["stage", "cancelled_on"])
    step = {"old": old.value, "new": Stage.CANCELLED.value, "on_date": today, "because": because, "amounts": amounts}
    StageMove.objects.create(project=found, by=by.ref, at=at, **step)
    changes = {"stage": [old.value, Stage.CANCELLED.value], "on": today.isoformat()}
    record_change(by=by, at=at, project=found, action="projects.project.moved", changes=changes, because=because)
    return found


def _require_nothing_idle(project: Project) -> None:
    if idle := idle_money(project):
        unallotted, unpaid = (sum(part, Money(0, project.currency)) for part in list(zip(*idle, strict=True))[1:])
        raise Refused(
            gettext_noop(
                "“%(project)s”还有 %(unallotted)s 到位没有核拨、%(unpaid)s 核拨没有支付，不能取消。"
                "请先在项目页把钱交回，在到位凭证上改给别的项目，或冲正记错的凭证，再执行。"
            ),
            "projects.money_left",
            project=project.name,
            unallotted=unallotted,
            unpaid=unpaid,
        )


def give_again(*, by: Actor, at: datetime, project: Project, amounts: Mapping[str, int], because: str) -> None:
    """Let lines have what they had before the cancellation, where their plans still have it. Raises Refused."""
    rows = project.lines.select_for_update(of=("self",)).select_related("yearly_plan", "fund_source").order_by("pk")
    kept = [(line, line.tags | {"amount_fen": amounts[str(line.uuid)]}) for line in rows if str(line.uuid) in amounts]
    grown, old = Counter[tuple[int, str]](), {line.pk: line.amount_fen for line, _ in kept}
    LineChange.objects.put_back(kept)
    for line, _ in kept:
        require_open(state=line.yearly_plan.state, year=line.yearly_plan.year)
        line.save(update_fields=["amount_fen", "changed_on"])
        grown[line.yearly_plan.year, line.fund_source.code] += line.amount_fen - old[line.pk]
        changes = {"line": str(line.uuid), "amount_fen": [old[line.pk], line.amount_fen]}
        action = "projects.line.given_again"
        record_change(by=by, at=at, project=project, action=action, changes=changes, because=because)
    keep_plans(by=by, at=at, programme=project.programme.code, grown=grown)
    had = [(line, old[line.pk]) for line, _ in kept]
    follow_lines(by=by, at=at, changed=had, because=because, under=ProjectPermission.CORRECT)
