# SPDX-License-Identifier: Apache-2.0
"""What warnings put on the desk: the line of the menu, what waits for somebody, and the evaluation as a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from shanhai.base.database.selectors import Things
from shanhai.base.formats import say
from shanhai.kernel.actors import Actor
from shanhai.kernel.beats import Daily
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, JobKind, JobOutcome, MenuItem, Progress, Todo, TodoSource
from shanhai.planning.programmes.core.selectors.programmes import list_programmes
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.warnings.models import EarlyWarning
from shanhai.planning.warnings.selectors import WATCHER, list_to_act_on
from shanhai.planning.warnings.services import JOB, evaluate_programme
from shanhai.planning.warnings.states import Severity, WarningState

THINGS = Things(
    "warnings.earlywarning",
    EarlyWarning.objects.visible_to,
    lambda one: f"{say(one.its_rule.title)} · {one.label}",
    lambda one: f"/warnings/{one.uuid}/",
    ("label",),
)

MENU = MenuItem("warnings", message(gettext_noop("预警")), "warnings:list", ProjectPermission.VIEW.value, order=45)


UNKEPT = gettext_noop("%(day)s 写的是“%(words)s”，情况还在。请办结，或写明新的打算。")
JUDGE = gettext_noop("已经说明：“%(words)s”。认可，就不再跟踪；不认可，请写明还要做什么。")


class ToActOn(TodoSource):
    """Things whose warnings look to the viewer, each by its gravest, the gravest and oldest first."""

    key = "warnings.open"
    order = 25

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """What is warned of and waits for the viewer."""
        return tuple(
            Todo(
                label=row.label,
                why=_why(row),
                url=reverse("warnings:detail", args=[row.uuid]),
                status="late" if row.its_rule.severity is Severity.SERIOUS else "wait",
                due=row.since_on.isoformat(),
                programme=row.programme.code,
            )
            for row in list_to_act_on(viewer=viewer, programme=programme, at=at, limit=MOST_TODOS)
        )


def _why(row: Any) -> Message:
    if row.state != WarningState.ACTED:
        sentence: Message = row.sentence
        return sentence
    if row.unkept:
        return message(UNKEPT, words=row.words, day=local_date(row.acted_at).isoformat())
    return message(JUDGE, words=row.words)


class Evaluation(JobKind):
    """Asking all rules about one programme now."""

    key = JOB
    label = message(gettext_noop("重新核查预警"))

    def run(
        self, *, arguments: Mapping[str, Any], job: UUID, by: Actor, at: datetime, progress: Progress
    ) -> JobOutcome:
        """Evaluate the programme of the arguments; what is kept counts what was raised, told anew and closed."""
        counted = evaluate_programme(by=by, at=at, programme=arguments["programme"])
        return JobOutcome(f"{reverse('warnings:list')}?programme={arguments['programme']}", asdict(counted))


class EveryDay(Daily):
    """All rules about every programme that runs, for warnings that come with time alone."""

    key = "warnings.evaluate"
    label = message(gettext_noop("对照全部预警规则"))
    after = "04:00"

    def run(self, *, by: Actor, at: datetime) -> str:
        """Evaluate them, and say by programme how many were raised and how many closed."""
        said = []
        for programme in list_programmes(viewer=WATCHER):
            if programme.starts_on <= local_date(at) <= programme.ends_on:
                counted = evaluate_programme(by=WATCHER, at=at, programme=programme.code)
                said.append(f"{programme.code} +{counted.raised} −{counted.closed}")
        return ", ".join(said)
