# SPDX-License-Identifier: Apache-2.0
"""Closing the books of a project and handing over what was built."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.planning.programmes.money.services import chain
from shanhai.planning.projects.core.selectors import projects
from shanhai.planning.projects.core.selectors.projects import locked_project
from shanhai.planning.projects.core.services import record_change
from shanhai.planning.projects.dossier.rules import latest_extension
from shanhai.planning.projects.dossier.selectors.dossier import settlement_of
from shanhai.planning.projects.models import AssetTransfer, Project, Settlement
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.rules import MAX_FEN
from shanhai.planning.projects.states import ACCEPTED_ON, Size
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.values import Source


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
            due=settlement.due_on,
            latest=latest,
        )

    settlement.size, settlement.extended_to, settlement.extended_because = size.value, to, because
    settlement.save(update_fields=["size", "extended_to", "extended_because"])
    changes = {"extended_to": to.isoformat(), "size": size.value}
    record_change(by=by, at=at, project=found, action="projects.settlement.extended", changes=changes, because=because)
    return settlement


@transaction.atomic
def approve_settlement(
    *, by: Actor, at: datetime, project: UUID, approved: Money, surplus: Money, on: date
) -> Settlement:
    """Record the approved final accounts and what money was left; the same again changes nothing.

    Raises NotVisible, NotAllowed, Refused, BadInput, Conflict.
    """
    found = locked_project(by=by, project=project, permission=ProjectPermission.MANAGE)
    settlement = _settlement(found, at)
    if not 0 <= approved.fen <= MAX_FEN or not 0 <= surplus.fen <= MAX_FEN or on > local_date(at):
        raise BadInput(
            gettext_noop("决算金额和结余不能是负数，批复日不能晚于今天。请核对。"), "projects.accounts_not_accepted"
        )
    if found.finished_on is not None and on < found.finished_on:
        raise BadInput(
            gettext_noop("批复日 %(day)s 早于完工日 %(finished)s。请核对。"),
            "projects.accounts_not_accepted",
            day=on,
            finished=found.finished_on,
        )
    if settlement.approved_on is not None:
        if (settlement.approved_fen, settlement.surplus_fen) == (approved.fen, surplus.fen):
            return settlement
        raise Conflict(
            gettext_noop("决算 %(day)s 已经批复，金额不同。请刷新后核对。"),
            "projects.accounts_already_approved",
            day=settlement.approved_on,
        )

    settlement.approved_on, settlement.approved_fen, settlement.surplus_fen = on, approved.fen, surplus.fen
    settlement.save(update_fields=["approved_on", "approved_fen", "surplus_fen"])
    changes = {"approved_fen": approved.fen, "surplus_fen": surplus.fen, "on": on.isoformat()}
    record_change(by=by, at=at, project=found, action="projects.settlement.approved", changes=changes)
    return settlement


@transaction.atomic
def return_surplus(*, by: Actor, at: datetime, line: UUID, on: date, number: str) -> Settlement:
    """Give the surplus of the final accounts back from a line's allotted money, under the voucher ``number``.

    Raises NotVisible, NotAllowed, Refused, BadInput when there is none or it went back
    before, and ReturnOverAllotted when the line has less.
    """
    found = projects.get_line(viewer=by, uuid=line)
    project = locked_project(by=by, project=found.project.uuid, permission=FundPermission.POST)
    settlement = _settlement(project, at)
    if settlement.approved_on is None or not settlement.surplus_fen or settlement.surplus_returned_on is not None:
        raise BadInput(
            gettext_noop("没有待交回的结余：决算还没有批复、没有结余，或者已经交回。"), "projects.accounts_not_accepted"
        )

    chain.return_surplus(
        by=by,
        at=at,
        programme=project.programme.code,
        fund_source=found.fund_source.code,
        amount=Money(settlement.surplus_fen, project.currency),
        on_date=on,
        source=Source("projects.surplus", str(project.uuid)),
        subject=str(found.uuid),
        place=project.place.code,
        memo=number,
    )
    settlement.surplus_returned_on = on
    settlement.save(update_fields=["surplus_returned_on"])
    changes = {"surplus_fen": settlement.surplus_fen, "on": on.isoformat(), "number": number}
    record_change(by=by, at=at, project=project, action="projects.surplus.returned", changes=changes)
    return settlement


@transaction.atomic
def transfer_asset(
    *, by: Actor, at: datetime, project: UUID, asset: str, keeper: str, value: Money, on: date
) -> AssetTransfer:
    """Record that what was built has gone to its keeper; the same asset twice is one row.

    Raises NotVisible, NotAllowed, Refused.
    """
    found = locked_project(by=by, project=project, permission=ProjectPermission.MANAGE)
    asset, keeper = asset.strip()[:200], keeper.strip()[:200]
    if found.stage not in ACCEPTED_ON:
        raise Refused(gettext_noop("验收以后才能移交资产。请先完成验收。"), "projects.transfer_not_accepted")
    if not asset or not keeper or not 0 <= value.fen <= MAX_FEN or on > local_date(at):
        raise Refused(
            gettext_noop("要写明资产、接收管护单位和价值，日期不能晚于今天。"), "projects.transfer_not_accepted"
        )

    defaults = {"keeper": keeper, "value_fen": value.fen, "on_date": on, "at": at, "by": by.ref}
    transfer, new = AssetTransfer.objects.get_or_create(project=found, asset=asset, defaults=defaults)
    if new:
        changes = {"asset": asset, "keeper": keeper, "value_fen": value.fen, "on": on.isoformat()}
        record_change(by=by, at=at, project=found, action="projects.asset.transferred", changes=changes)
    return transfer


def _settlement(project: Project, at: datetime) -> Settlement:
    found = settlement_of(project, local_date(at))
    if found is None:
        raise Refused(
            gettext_noop("完工以后，固定资产项目才做竣工财务决算。请先看项目现在的阶段。"), "projects.nothing_to_settle"
        )
    if found.pk is None:
        found.save()
    return found
