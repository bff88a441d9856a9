# SPDX-License-Identifier: Apache-2.0
"""Moving a project from stage to stage: the only way its stage changes after it has been recorded."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.planning.projects.core.selectors.projects import locked_project
from shanhai.planning.projects.core.services import record_change
from shanhai.planning.projects.dossier.selectors.gates import open_gate
from shanhai.planning.projects.models import Project, StageMove, Suspension
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.rules import date_faults
from shanhai.planning.projects.states import MOVES, NEED_REASON, Stage, StopReason


class ReasonMissing(BadInput):
    """A suspension or a cancellation without a word why."""

    code = "projects.reason_missing"


class GateShut(Refused):
    """Something that the next stage asks for is not there and has not been waived."""

    code = "projects.gate_shut"


class DayNotAccepted(Refused):
    """The day of the move lies in the future, or before the day of the step it follows."""

    code = "projects.day_not_accepted"


@transaction.atomic
def move(
    *,
    by: Actor,
    at: datetime,
    project: UUID,
    to: Stage,
    because: str = "",
    seen_stage: Stage | None = None,
    on: date | None = None,
    stop: StopReason = StopReason.OTHER,
    restart_expected_on: date | None = None,
) -> Project:
    """Move the project to the stage ``to``; ``on`` is the day it happened on site, the day of ``at`` when not given.

    ``seen_stage`` is the stage the person saw: when it is no longer so, nothing happens. Sets the day of start, finish
    or acceptance. A suspension also says its kind, ``stop``, and when work is expected to go on. Raises NotVisible,
    NotAllowed, Conflict, IllegalMove, BadInput, GateShut, DayNotAccepted.
    """
    found = locked_project(by=by, project=project, permission=ProjectPermission.MOVE)

    old, because, on = Stage(found.stage), because.strip(), on or local_date(at)
    if seen_stage is not None and seen_stage is not old:
        raise Conflict(
            gettext_noop("您看过以后，别人已经移动了这个项目的阶段。请刷新后再看能做什么。"),
            "projects.stage_moved_meanwhile",
        )
    require_move(MOVES, old, to)
    if to in NEED_REASON and not because:
        raise ReasonMissing(gettext_noop("停工或取消要写明原因。请在“原因”里写一句话。"))
    shut = [asked.requirement for asked in open_gate(found, to) if asked.open]
    if shut:
        raise GateShut(
            gettext_noop("进入下一阶段还差 %(count)s 项，头一项是：%(asks)s"), count=str(len(shut)), asks=shut[0].asks
        )
    _set_dates(found, to, on)
    for _field, _code, text in date_faults(to, found.dates, today=local_date(at)):
        raise DayNotAccepted(text.text, **text.params)
    if on > local_date(at):
        raise DayNotAccepted(gettext_noop("%(day)s 还没有到，不能作为发生的日期。"), day=on)

    found.stage = to.value
    found.save(update_fields=["stage", "started_on", "finished_on", "accepted_on"])
    _keep_suspensions(found, old, to, on, stop, restart_expected_on)
    StageMove.objects.create(project=found, old=old.value, new=to.value, by=by.ref, at=at, on_date=on, because=because)
    changes = {"stage": [old.value, to.value], "on": on.isoformat()}
    record_change(by=by, at=at, project=found, action="projects.project.moved", changes=changes, because=because)
    return found


def _keep_suspensions(
    project: Project, old: Stage, to: Stage, on: date, stop: StopReason, restart_expected_on: date | None
) -> None:
    if to is Stage.SUSPENDED:
        if restart_expected_on is not None and restart_expected_on < on:
            raise DayNotAccepted(
                gettext_noop("预计复工 %(restart)s 早于停工 %(day)s，请核对日期。"), restart=restart_expected_on, day=on
            )
        Suspension.objects.create(
            project=project, reason=stop.value, since_on=on, restart_expected_on=restart_expected_on
        )
    elif old is Stage.SUSPENDED:
        stopped = project.suspensions.filter(restarted_on=None).first()
        if stopped is not None and on < stopped.since_on:
            raise DayNotAccepted(
                gettext_noop("复工 %(day)s 早于停工 %(since)s，请核对日期。"), day=on, since=stopped.since_on
            )
        project.suspensions.filter(restarted_on=None).update(restarted_on=on)


def _set_dates(project: Project, to: Stage, on: date) -> None:
    if to is Stage.UNDER_WAY and project.started_on is None:
        project.started_on = on
    elif to is Stage.COMPLETED:
        project.finished_on = on
    elif to is Stage.ACCEPTED:
        project.accepted_on = on
