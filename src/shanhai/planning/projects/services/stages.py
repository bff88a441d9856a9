# SPDX-License-Identifier: Apache-2.0
"""Moving a project from stage to stage: the only way its stage changes after it has been recorded."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.accounts.permissions import Permission
from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.planning.projects.models import Project, StageMove
from shanhai.planning.projects.rules.dates import date_faults
from shanhai.planning.projects.rules.stages import NEED_REASON
from shanhai.planning.projects.selectors import projects
from shanhai.planning.projects.states import MOVES, Stage


class StageMovedMeanwhile(Conflict):
    """Somebody else moved the project after the page was opened."""

    code = "projects.stage_moved_meanwhile"


class ReasonMissing(BadInput):
    """A suspension or a cancellation without a word why."""

    code = "projects.reason_missing"


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
) -> Project:
    """Move the project to the stage ``to``; ``on`` is the day it happened on site, the day of ``at`` when not given.

    ``seen_stage`` is the stage the person saw: when it is no longer so, nothing happens. Sets the day of start, finish
    or acceptance. Raises NotVisible, NotAllowed, StageMovedMeanwhile, IllegalMove, ReasonMissing, DayNotAccepted.
    """
    found = projects.get_project(viewer=by, uuid=project, lock=True)
    by.require(Permission.PROJECT_MOVE, programme=found.programme.code, place=found.place.code)

    old, because, on = Stage(found.stage), because.strip(), on or local_date(at)
    if seen_stage is not None and seen_stage is not old:
        raise StageMovedMeanwhile(gettext_noop("您看过以后，别人已经移动了这个项目的阶段。请刷新后再看能做什么。"))
    require_move(MOVES, old, to)
    if to in NEED_REASON and not because:
        raise ReasonMissing(gettext_noop("停工或取消要写明原因。请在“原因”里写一句话。"))
    _set_dates(found, to, on)
    for _field, _code, text in date_faults(to, found.dates, today=local_date(at)):
        raise DayNotAccepted(text.text, **text.params)
    if on > local_date(at):
        raise DayNotAccepted(gettext_noop("%(day)s 还没有到，不能作为发生的日期。"), day=on)

    found.stage = to.value
    found.save(update_fields=["stage", "started_on", "finished_on", "accepted_on"])
    StageMove.objects.create(project=found, old=old.value, new=to.value, by=by.ref, at=at, on_date=on, because=because)
    audit.record(
        by=by,
        at=at,
        action="projects.project.moved",
        subject_type="projects.project",
        subject_id=found.uuid,
        programme=found.programme.code,
        place=found.place.code,
        changes={"stage": [old.value, to.value], "on": on.isoformat()},
        because=because,
    )
    return found


def _set_dates(project: Project, to: Stage, on: date) -> None:
    if to is Stage.UNDER_WAY and project.started_on is None:
        project.started_on = on
    elif to is Stage.COMPLETED:
        project.finished_on = on
    elif to is Stage.ACCEPTED:
        project.accepted_on = on
