# SPDX-License-Identifier: Apache-2.0
"""What programmes put on the desk: the lines of the menu, what waits for the viewer, what a role may be bound to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

import numpy as np
import shapely
from django.db.models import CharField, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.selectors import Things, within
from shanhai.base.formats import name_of, named
from shanhai.base.maps import Layer
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.maps import MapField
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, MenuItem, ScopeKind, Todo, TodoSource
from shanhai.planning.programmes.campaigns import selectors as campaigns
from shanhai.planning.programmes.models import (
    Action,
    Campaign,
    Classification,
    ClassificationItem,
    FundSource,
    Programme,
    PublicStatement,
    Target,
    Task,
    WorkGroup,
    YearlyPlan,
)
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.plans.selectors import list_targets_to_report, list_waiting_plans
from shanhai.planning.programmes.states import PlanState
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.places.selectors import list_divisions

# A fund source is known by its code within a programme: the trail asks for both, joined by a colon.
_KEY = Concat("programme__code", Value(":"), "code", output_field=CharField())


def _arc(row: Programme) -> Any:
    """The great circle from who supports to who is supported, in 32 steps; None where a place has no point."""
    ends = [(one.label_lon, one.label_lat) for one in (row.supporter, row.recipient)]
    if any(part is None for end in ends for part in end):
        return None
    lon, lat = np.radians(np.array(ends, float)).T
    on_sphere = np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
    along = np.linspace(0, 1, 33)[:, None]
    x, y, z = ((1 - along) * on_sphere[0] + along * on_sphere[1]).T
    return shapely.LineString(np.degrees(np.column_stack((np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))))))


LAYER = Layer(
    "support",
    message(gettext_noop("对口支援关系")),
    "LineString",
    lambda viewer: Programme.objects.visible_to(viewer).select_related("supporter", "recipient"),
    _arc,
    (
        (MapField("code", message(gettext_noop("编号"))), lambda one: one.code),
        (MapField("name", message(gettext_noop("名称"))), lambda one: one.name),
        (MapField("supporter", message(gettext_noop("支援方"))), lambda one: one.supporter.name),
        (MapField("recipient", message(gettext_noop("受援方"))), lambda one: one.recipient.name),
        (MapField("starts_on", message(gettext_noop("从")), "date"), lambda one: one.starts_on.isoformat()),
        (MapField("ends_on", message(gettext_noop("到")), "date"), lambda one: one.ends_on.isoformat()),
        (MapField("provenance", message(gettext_noop("来源"))), lambda one: one.provenance),
    ),
    permission=Permission.PROGRAMME_VIEW.value,
    thing="programmes.programme",
    order=400,
    mark="┄",
    since="starts_on",
    until="ends_on",
    shown=True,
)


def _of_programme(key: str, rows: Any, page: str) -> Things:
    return Things(
        key,
        lambda viewer: rows.visible_to(viewer).select_related("programme"),
        url=lambda one: f"/programmes/{one.programme.code}/{page}",
        texts=("name",),
    )


THINGS = (
    Things(
        "programmes.programme", Programme.objects.visible_to, named, lambda one: f"/programmes/{one.code}/", ("name",)
    ),
    Things("programmes.code", Programme.objects.visible_to, named, lambda one: f"/programmes/{one.code}/", by="code"),
    Things(
        "programmes.yearly_plan",
        lambda viewer: YearlyPlan.objects.visible_to(viewer).select_related("programme"),
        lambda one: gettext("%(programme)s %(year)s 年计划") % {"programme": named(one.programme), "year": one.year},
        lambda one: f"/programmes/{one.programme.code}/plans/{one.year}/",
    ),
    Things("programmes.fund_source", lambda _viewer: FundSource.objects.annotate(key=_KEY), named, by="key"),
    Things("programmes.category", lambda _viewer: ClassificationItem.objects.order_by("pk"), named, by="code"),
    Things("programmes.classification", lambda _viewer: Classification.objects.all()),
    _of_programme("programmes.workgroup", WorkGroup.objects, "groups/"),
    _of_programme("programmes.target", Target.objects, "targets/"),
    Things("programmes.public_statement", PublicStatement.objects.visible_to, texts=("label",)),
    Things(
        "programmes.campaign",
        Campaign.objects.visible_to,
        url=lambda one: f"/programmes/campaigns/{one.uuid}/",
        texts=("name",),
    ),
    Things("programmes.action", Action.objects.visible_to, texts=("name",)),
    Things(
        "programmes.task", Task.objects.visible_to, url=lambda one: f"/programmes/tasks/{one.uuid}/", texts=("name",)
    ),
)

PLANS = MenuItem("plans", message(gettext_noop("计划")), "programmes:list", Permission.PROGRAMME_VIEW.value, order=20)
FUNDS = MenuItem("funds", message(gettext_noop("资金")), "funds", FundPermission.VIEW.value, order=40)

PLAN = gettext_noop("%(year)s 年度计划")
ISSUE = message(gettext_noop("计划还没有下达。请核对金额后下达。"))
ARRIVE = message(gettext_noop("计划已下达，还没有记过到位。资金到账后请记到位。"))
CLOSE = message(gettext_noop("这一年已经过去，请结束这份计划。"))
REPORT = message(gettext_noop("任务由本组牵头，请填报进展。"))
LATE = message(gettext_noop("任务已经逾期，请填报进展。"))
SET_A_DAY = message(gettext_noop("任务从上年结转而来，请定期限。"))
CARRY_OVER = gettext_noop("活动已到期，还有 %(count)s 项任务没有完成。请结转，或填报完成。")
REACHED = gettext_noop("%(year)s 年的完成数还没有填报。")


class Programmes(ScopeKind):
    """The programmes, to bind a role to."""

    key = "programme"

    def list_choices(self) -> list[tuple[str, str]]:
        """Those that run longest first."""
        found = Programme.objects.order_by("-ends_on", "code").values_list("code", "name", "name_en")
        return [(code, name_of(name, name_en)) for code, name, name_en in found]


class Places(ScopeKind):
    """The receiving places of the programmes, what they lie in and their counties, to bind a role to."""

    key = "place"

    def list_choices(self) -> list[tuple[str, str]]:
        """By code."""
        inside = Q(pk__in=[])
        for code in Programme.objects.values_list("recipient__code", flat=True).distinct():
            inside |= within(code, "code") | Q(code__in=(code[:2] + "0000", code[:4] + "00"))
        found = list_divisions().filter(inside).values_list("code", "name", "name_en")
        return [(code, name_of(name, name_en)) for code, name, name_en in found]


class Waiting(TodoSource):
    """Plans to issue, to receive the money of and to close, tasks to report on, to date and to carry over, targets."""

    key = "programmes.waiting"
    order = 25

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """What of a programme waits for this viewer; at most eight queries for one programme."""
        return tuple(chain.from_iterable(kind(viewer, programme, at) for kind in (_plans, _tasks, _targets)))


def _plans(viewer: Actor, programme: str | None, at: datetime) -> Iterator[Todo]:
    today = local_date(at)
    for plan in list_waiting_plans(viewer=viewer, programme=programme, on=today)[:MOST_TODOS]:
        label = gettext(PLAN) % {"year": plan.year}
        code = plan.programme.code
        address = f"/programmes/{code}/plans/{plan.year}/"
        if plan.state == PlanState.DRAFT:
            yield Todo(label, ISSUE, address, programme=code)
        elif plan.year < today.year:
            yield Todo(label, CLOSE, address, programme=code)
        else:
            yield Todo(label, ARRIVE, f"/funds/?programme={code}", programme=code)


def _tasks(viewer: Actor, programme: str | None, at: datetime) -> Iterator[Todo]:
    today = local_date(at)
    for task in campaigns.list_waiting_tasks(viewer=viewer, programme=programme, on=today, limit=MOST_TODOS):
        late = campaigns.is_late(task, today)
        day = task.due_on.isoformat() if task.due_on else ""
        code = task.action.campaign.programme.code
        manages = viewer.may(ProgrammePermission.MANAGE, programme=code)
        why = LATE if late else SET_A_DAY if manages and not day and task.carried_from_id else REPORT
        yield Todo(task.name, why, f"/programmes/tasks/{task.uuid}/", "late" if late else "wait", day, code)
    for campaign, left in campaigns.list_campaigns_to_carry_over(viewer=viewer, programme=programme, on=today)[
        :MOST_TODOS
    ]:
        label, why = f"{campaign.year} · {campaign.name}", message(CARRY_OVER, count=str(left))
        address, day = f"/programmes/campaigns/{campaign.uuid}/edit/", campaign.due_on.isoformat()
        yield Todo(label, why, address, "wait", day, campaign.programme.code)


def _targets(viewer: Actor, programme: str | None, at: datetime) -> Iterator[Todo]:
    for year in list_targets_to_report(viewer=viewer, programme=programme, before=local_date(at).year)[:MOST_TODOS]:
        code = year.target.programme.code
        why = message(REACHED, year=str(year.year))
        yield Todo(year.target.name, why, f"/programmes/{code}/targets/", programme=code)
