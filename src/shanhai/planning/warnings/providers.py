# SPDX-License-Identifier: Apache-2.0
"""What warnings put on the desk: the line of the menu, what waits for somebody, and the evaluation as a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.urls import reverse

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Daily, JobKind, MenuItem, Todo, TodoSource
from shanhai.planning.programmes.selectors.programmes import list_programmes
from shanhai.planning.warnings.permissions import WATCHER
from shanhai.planning.warnings.selectors.warnings import list_to_act_on
from shanhai.planning.warnings.services.evaluating import JOB, evaluate_programme
from shanhai.planning.warnings.states import Severity

MENU = MenuItem("warnings", message(gettext_noop("预警")), "warnings:list", Permission.PROJECT_VIEW.value, order=45)


def waiting(viewer: Actor, programme: str, at: datetime) -> tuple[Todo, ...]:
    """Things whose open warnings look to the viewer, each by its gravest, the gravest and oldest first; at most ten."""
    return tuple(
        Todo(
            label=row.label,
            why=row.why,
            url=reverse("warnings:detail", args=[row.uuid]),
            status="late" if row.rule.severity is Severity.SERIOUS else "wait",
            due=row.since_on.isoformat(),
        )
        for row in list_to_act_on(viewer=viewer, programme=programme, limit=10)
    )


def run(
    arguments: Mapping[str, Any], job: str, by: Actor, at: datetime, progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """Ask all rules about the programme; the outcome counts what was raised, told anew and closed."""
    counted = evaluate_programme(by=by, at=at, programme=arguments["programme"])
    return {**asdict(counted), "url": f"{reverse('warnings:list')}?programme={arguments['programme']}"}


WAITING = TodoSource("warnings.open", waiting, order=25)
EVALUATION = JobKind(JOB, message(gettext_noop("重新核查预警")), run)


def every_day(by: Actor, at: datetime) -> str:
    """Ask all rules about every programme that runs, for warnings that come with time alone.

    Answers by programme how many were raised and how many closed.
    """
    said = []
    for programme in list_programmes(viewer=WATCHER):
        if programme.starts_on <= local_date(at) <= programme.ends_on:
            counted = evaluate_programme(by=WATCHER, at=at, programme=programme.code)
            said.append(f"{programme.code} +{counted.raised} −{counted.closed}")
    return ", ".join(said)


DAILY = Daily("warnings.evaluate", message(gettext_noop("对照全部预警规则")), "04:00", every_day)
