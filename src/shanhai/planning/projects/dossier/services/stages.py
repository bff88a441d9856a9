# SPDX-License-Identifier: Apache-2.0
"""Moving a project from stage to stage, the only way its stage changes after it has been recorded, and closing it.

Closing is the final accounts, the surplus that goes back, and the assets that are handed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, DomainError, Refused
from shanhai.kernel.messages import Message, gettext_noop
from shanhai.kernel.money import Money
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.money import services as chain
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.planning.projects.ceilings.services import keep_ceilings
from shanhai.planning.projects.core.selectors import (
    DayNotAccepted,
    get_line,
    in_order,
    life_days,
    list_these,
    locked_project,
)
from shanhai.planning.projects.core.services import record_change
from shanhai.planning.projects.dossier.rules import latest_extension
from shanhai.planning.projects.dossier.selectors.gates import open_gate, require_seen, settlement_of
from shanhai.planning.projects.models import AssetTransfer, Project, Settlement, StageMove, Suspension
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.rules import DATED, MAX_FEN, MILESTONES, date_faults
from shanhai.planning.projects.shares.selectors.idle import unpaid_of
from shanhai.planning.projects.states import ACCEPTED_ON, MOVES, NEED_REASON, Milestone, Size, Stage, StopReason
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.values import Source


class ReasonMissing(BadInput):
    """A suspension without a word why."""

    code = "projects.reason_missing"


class GateShut(Refused):
    """Something that the next stage asks for is not there and has not been waived."""

    code = "projects.gate_shut"


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
    """Move the project to the stage ``to``, any but cancelled.

    ``on`` is the day it happened on site, the day of ``at`` when not given.

    ``seen_stage`` is the stage the person saw: when it is no longer so, nothing happens. Sets the day of start, finish
    or acceptance. A suspension also says its kind, ``stop``, and when work is expected to go on. Raises NotVisible,
    NotAllowed, Conflict, IllegalMove, BadInput, GateShut, DayNotAccepted.
    """
    found = locked_project(by=by, project=project, permission=ProjectPermission.MOVE)

    old, because, on = Stage(found.stage), because.strip(), on or local_date(at)
    require_seen(found, seen_stage)
    require_move(MOVES, old, to)
    if to is Stage.CANCELLED:
        raise Refused(
            gettext_noop("取消项目要走调整。请在项目页点“提出调整”，选“取消项目”，批准以后执行。"),
            "projects.cancelled_by_adjustment",
        )
    if to in NEED_REASON and not because:
        raise ReasonMissing(gettext_noop("停工要写明原因。请在“原因”里写一句话。"), field="because")
    shut = [asked.requirement for asked in open_gate(found, to) if asked.open]
    if shut:
        raise GateShut(
            gettext_noop("进入下一阶段还差 %(count)s 项，头一项是：%(asks)s"), count=str(len(shut)), asks=shut[0].asks
        )
    if to is Stage.HANDED_OVER:
        _require_paid_out(found)
    if on > local_date(at):
        raise DayNotAccepted(gettext_noop("%(day)s 还没有到，不能作为发生的日期。"), field="on", day=on)

    with in_order(found):
        # The first start stays after a stop, known or not.
        if to in DATED and old is not Stage.SUSPENDED:
            setattr(found, DATED[to], on)
        for _field, _code, text in date_faults(to, found.dates, today=local_date(at)):
            raise DayNotAccepted(text.text, field="on", **text.params)
        _keep_after_papers(found, to, on)
        found.stage, found.since = to.value, min(found.since, on)
        found.save(update_fields=["stage", "since", "started_on", "finished_on", "accepted_on"])
        _keep_suspensions(found, old, to, on, stop, restart_expected_on)
        step = {"old": old.value, "new": to.value, "on_date": on, "because": because}
        StageMove.objects.create(project=found, by=by.ref, at=at, **step)
    changes = {"stage": [old.value, to.value], "on": on.isoformat()}
    record_change(by=by, at=at, project=found, action="projects.project.moved", changes=changes, because=because)
    return found


def _keep_after_papers(project: Project, to: Stage, on: date) -> None:
    """A step into tendering or to readiness is no earlier than the approval or the award that it follows."""
    follows = {Stage.TENDERING: Milestone.APPROVAL, Stage.READY: Milestone.TENDER}
    for one, day in life_days([project.pk])[project.pk] if to in follows else ():
        if one is follows[to] and on < day:
            text = gettext_noop("这一步的日期 %(day)s 早于%(earlier)s %(before)s。请核对这两个日期。")
            raise DayNotAccepted(text, field="on", day=on, earlier=MILESTONES[one], before=day)


def _keep_suspensions(
    project: Project, old: Stage, to: Stage, on: date, stop: StopReason, restart_expected_on: date | None
) -> None:
    if to is Stage.SUSPENDED:
        if restart_expected_on is not None and restart_expected_on < on:
            raise DayNotAccepted(
                gettext_noop("预计复工 %(restart)s 早于停工 %(day)s，请核对日期。"),
                field="restart_expected_on",
                restart=restart_expected_on,
                day=on,
            )
        Suspension.objects.create(
            project=project, reason=stop.value, since_on=on, restart_expected_on=restart_expected_on
        )
    elif old is Stage.SUSPENDED:
        stopped = project.suspensions.filter(restarted_on=None).first()
        if stopped is not None and on < stopped.since_on:
            raise DayNotAccepted(
                gettext_noop("复工 %(day)s 早于停工 %(since)s，请核对日期。"),
                field="on",
                day=on,
                since=stopped.since_on,
            )
        project.suspensions.filter(restarted_on=None).update(restarted_on=on)


@transaction.atomic
def extend_settlement(
    *, by: Actor, at: datetime, project: UUID, to: date, because: str, size: Size = Size.SMALL
) -> Settlement:
    """Put the final accounts off, once: at most two months, or six for a large project.

    Raises NotVisible, NotAllowed, Refused.
    """
    found = locked_project(by=by, project=project, permission=ProjectPermission.MANAGE)
    settlement = _settlement(found, at)
    because = because.strip()[:500]
    latest = latest_extension(settlement.due_on, size)
    if settlement.extended_to is not None or settlement.approved_on is not None:
        raise Refused(gettext_noop("决算只能延期一次，批复以后不能再延。"), "projects.extension_not_accepted")
    if not because or not settlement.due_on < to <= latest:
        raise Refused(
            gettext_noop("延期要写明原因，日期在 %(due)s 之后、%(latest)s 以前（含）。"),
            "projects.extension_not_accepted",
            field="to" if because else "because",
            due=settlement.due_on,
            latest=latest,
        )

    settlement.size, settlement.extended_to, settlement.extended_because = size.value, to, because
    settlement.save(update_fields=["size", "extended_to", "extended_because"])
    changes = {"extended_to": to.isoformat(), "size": size.value}
    record_change(by=by, at=at, project=found, action="projects.settlement.extended", changes=changes, because=because)
    return settlement


@transaction.atomic
def draft_settlement(*, by: Actor, at: datetime, project: UUID, approved: Money, surplus: Money) -> Settlement:
    """State the final accounts as they are sent in for approval; until they are approved a new draft replaces the last.

    Raises NotVisible, NotAllowed, Refused, BadInput, Conflict.
    """
    found = locked_project(by=by, project=project, permission=ProjectPermission.MANAGE)
    settlement = _settlement(found, at)
    if settlement.approved_on is not None:
        raise Conflict(
            gettext_noop("决算 %(day)s 已经批复，不能再改。批复记错的，请先撤回批复。"),
            "projects.accounts_already_approved",
            day=settlement.approved_on,
        )
    _check_accounts(found, approved, surplus)
    changes = {
        "approved_fen": [settlement.approved_fen, approved.fen],
        "surplus_fen": [settlement.surplus_fen, surplus.fen],
    }
    settlement.approved_fen, settlement.surplus_fen = approved.fen, surplus.fen
    settlement.save(update_fields=["approved_fen", "surplus_fen"])
    record_change(by=by, at=at, project=found, action="projects.settlement.drafted", changes=changes)
    return settlement


@transaction.atomic
def approve_settlement(
    *, by: Actor, at: datetime, project: UUID, approved: Money, surplus: Money, on: date, because: str = ""
) -> Settlement:
    """Record the approved final accounts and what money was left; the same again changes nothing.

    Raises NotVisible, NotAllowed, Refused, BadInput, Conflict, and as ``keep_ceilings`` does.
    """
    found = locked_project(by=by, project=project, permission=ProjectPermission.MANAGE)
    settlement = _settlement(found, at)
    if on > local_date(at):
        raise BadInput(
            gettext_noop("批复日 %(day)s 还没有到。请核对日期。"), "projects.accounts_not_accepted", field="on", day=on
        )
    if settlement.approved_on is not None:
        if (settlement.approved_fen, settlement.surplus_fen) == (approved.fen, surplus.fen):
            return settlement
        raise Conflict(
            gettext_noop("决算 %(day)s 已经批复，金额不同。请刷新后核对。"),
            "projects.accounts_already_approved",
            day=settlement.approved_on,
        )
    _check_accounts(found, approved, surplus)

    settlement.approved_on, settlement.approved_fen, settlement.surplus_fen = on, approved.fen, surplus.fen
    with in_order(found):
        settlement.save(update_fields=["approved_on", "approved_fen", "surplus_fen"])
    keep_ceilings(by=by, at=at, projects=[found.uuid], grown=["approved"], fallen=["approved"], because=because)
    changes = {"approved_fen": approved.fen, "surplus_fen": surplus.fen, "on": on.isoformat()}
    record_change(by=by, at=at, project=found, action="projects.settlement.approved", changes=changes)
    return settlement


@transaction.atomic
def return_surplus(*, by: Actor, at: datetime, line: UUID, on: date, number: str) -> Settlement:
    """Give the surplus of the final accounts back from a line's allotted money, under the voucher ``number``.

    Raises NotVisible, NotAllowed, Refused, BadInput when there is none or it went back
    before, and ReturnOverAllotted when the line has less.
    """
    found = get_line(viewer=by, uuid=line)
    project = locked_project(by=by, project=found.project.uuid, permission=FundPermission.POST)
    settlement = _settlement(project, at)
    if settlement.approved_on is None or not settlement.surplus_fen or settlement.surplus_returned_on is not None:
        raise BadInput(
            gettext_noop("没有待交回的结余：决算还没有批复、没有结余，或者已经交回。"), "projects.accounts_not_accepted"
        )

    chain.take_step(
        by=by,
        at=at,
        step=Step(
            StepKind.RETURN,
            programme=project.programme.code,
            fund_source=found.fund_source.code,
            amount=settlement.surplus,
            on_date=on,
            source=Source("projects.surplus", str(project.uuid)),
            subject=str(found.uuid),
            place=project.place.code,
            memo=number,
        ),
    )
    settlement.surplus_returned_on = on
    settlement.save(update_fields=["surplus_returned_on"])
    changes = {"surplus_fen": settlement.surplus_fen, "on": on.isoformat(), "number": number}
    record_change(by=by, at=at, project=project, action="projects.surplus.returned", changes=changes)
    return settlement


@transaction.atomic
def transfer_asset(
    *, by: Actor, at: datetime, project: UUID, asset: str, keeper: str, value: Money, on: date, because: str = ""
) -> AssetTransfer:
    """Record that what was built has gone to its keeper; the same asset twice is one row.

    Raises NotVisible, NotAllowed, Refused, also as ``keep_ceilings`` does for all assets together.
    """
    found = locked_project(by=by, project=project, permission=ProjectPermission.MANAGE)
    asset, keeper = asset.strip()[:200], keeper.strip()[:200]
    if found.stage not in ACCEPTED_ON:
        raise Refused(gettext_noop("验收以后才能移交资产。请先完成验收。"), "projects.transfer_not_accepted")
    _require_paid_out(found)
    if not asset or not keeper or not 0 <= value.fen <= MAX_FEN or on > local_date(at):
        raise Refused(
            gettext_noop("要写明资产、接收管护单位和价值，日期不能晚于今天。"),
            "projects.transfer_not_accepted",
            field="asset" if not asset else "keeper" if not keeper else "on" if on > local_date(at) else "value",
        )

    defaults = {"keeper": keeper, "value_fen": value.fen, "on_date": on, "at": at, "by": by.ref}
    with in_order(found):
        transfer, new = AssetTransfer.objects.get_or_create(project=found, asset=asset, defaults=defaults)
    if new:
        keep_ceilings(by=by, at=at, projects=[found.uuid], grown=["assets"], because=because)
        changes = {"asset": asset, "keeper": keeper, "value_fen": value.fen, "on": on.isoformat()}
        record_change(by=by, at=at, project=found, action="projects.asset.transferred", changes=changes)
    return transfer


def _require_paid_out(project: Project) -> None:
    """Refuse a hand-over while money is allotted and neither paid nor given back."""
    if left := unpaid_of(project):
        raise Refused(
            gettext_noop("还有 %(left)s 已核拨没有支付，不能移交。请先把支付记全，或把结余交回。"),
            "projects.unpaid_before_hand_over",
            left=left,
        )


def _check_accounts(project: Project, approved: Money, surplus: Money) -> None:
    """Final accounts follow acceptance, and what they have left over is there. Raises Refused, BadInput."""
    if project.stage not in ACCEPTED_ON:
        raise Refused(gettext_noop("验收以后才做竣工财务决算。请先完成验收。"), "projects.accounts_before_acceptance")
    if not 0 <= approved.fen <= MAX_FEN or not 0 <= surplus.fen <= MAX_FEN:
        field = "surplus" if 0 <= approved.fen <= MAX_FEN else "approved"
        raise BadInput(
            gettext_noop("决算金额和结余不能是负数。请核对。"), "projects.accounts_not_accepted", field=field
        )
    if surplus.fen > (left := unpaid_of(project)).fen:
        raise BadInput(
            gettext_noop("结余 %(surplus)s 超过已核拨未支付的 %(left)s。请核对结余，或先把支付记全。"),
            "projects.surplus_not_there",
            field="surplus",
            surplus=surplus,
            left=left,
        )


def _settlement(project: Project, at: datetime) -> Settlement:
    found = settlement_of(project, local_date(at))
    if found is None:
        raise Refused(
            gettext_noop("完工以后，固定资产项目才做竣工财务决算。请先看项目现在的阶段。"), "projects.nothing_to_settle"
        )
    if found.pk is None:
        found.save()
    return found


MOST = 100


class Moved(NamedTuple):
    """What came of one project: ``refusal`` is None where it was moved."""

    project: Project
    refusal: Message | None


def move_together(
    *, by: Actor, at: datetime, programme: str, seen: Mapping[UUID, Stage], to: Stage, on: date, because: str
) -> tuple[Moved, ...]:
    """Move each project of ``seen``, which maps it to the stage the person saw, to ``to``; in the order of their codes.

    Every project is a step of its own, so what a gate or somebody else refuses of one keeps nothing from the others.
    Raises BadInput; NotVisible, and moves nothing, when one is not of the programme or not visible.
    """
    if not 1 <= len(seen) <= MOST:
        raise BadInput(gettext_noop("请选 1 到 %(most)s 个项目。"), "projects.too_many_at_once", most=str(MOST))
    found = list_these(viewer=by, programme=programme, projects=seen)
    moved = []
    for one in found:
        refusal = None
        try:
            move(by=by, at=at, project=one.uuid, to=to, because=because, seen_stage=seen[one.uuid], on=on)
        except DomainError as error:
            refusal = error.message
        moved.append(Moved(one, refusal))
    return tuple(moved)
