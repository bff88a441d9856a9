# SPDX-License-Identifier: Apache-2.0
"""Taking back what was recorded by mistake: a step of a project, an approval of accounts, a hand-over of an asset.

Nothing is forgotten: a step stays in the history beside its correction, the rest in the trail.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import NotVisible, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.planning.programmes.plans.selectors import hold_plans
from shanhai.planning.projects.core.selectors import READER, locked_project
from shanhai.planning.projects.core.services import record_change
from shanhai.planning.projects.dossier.selectors.gates import last_step, require_seen
from shanhai.planning.projects.dossier.services.cancelling import give_again
from shanhai.planning.projects.models import Project, Settlement, StageMove
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.rules import DATED
from shanhai.planning.projects.shares.rules.reversals import StoodUpon, standing
from shanhai.planning.projects.shares.selectors.idle import MOST
from shanhai.planning.projects.states import ACCEPTED_ON, MoveKind, Stage
from shanhai.registers.ledger.selectors.postings import search_postings
from shanhai.registers.ledger.values import AccountKind, Wanted

GIVEN_BACK = gettext_noop(
    "项目取消时已经交回 %(back)s，钱不在这里，不能退回这一步。请先冲正交回的 %(count)s 张凭证，从新到旧：%(vouchers)s；"
    "钱确实交回了、又要继续建设的，请另立项目。"
)
NO_REASON = gettext_noop("撤回要写明原因，让以后看的人明白哪里记错了。")


@transaction.atomic
def take_back_move(*, by: Actor, at: datetime, project: UUID, because: str, seen_stage: Stage | None = None) -> Project:
    """Take the last step back: the project stands where it stood before, without the day that the step had given it.

    A cancelled project has its money again. Raises NotVisible, NotAllowed, BadInput, Conflict, and Refused where there
    is none, something hangs on it, or the plans have no room for that money.
    """
    _hold_its_plans(by=by, project=project)
    found = locked_project(by=by, project=project, permission=ProjectPermission.CORRECT)
    require_seen(found, seen_stage)
    because = checked_reason(because, NO_REASON, "projects")
    step = last_step(found)
    if step is None:
        raise Refused(
            gettext_noop("登记时就在这个阶段，前面没有可以退回的一步。请核对项目的经过。"),
            "projects.step_not_taken_back",
        )
    old, new = Stage(step.old), Stage(step.new)
    for refusal in _hanging_on(found, old, new):
        raise refusal

    lost = _undo(found, old, new)
    found.stage, found.cancelled_on = old.value, None
    found.save(update_fields=["stage", "cancelled_on", *DATED.values()])
    StageMove.objects.filter(pk=step.pk).update(kind=MoveKind.TAKEN_BACK)
    StageMove.objects.create(
        project=found, old=new.value, new=old.value, kind=MoveKind.CORRECTION, by=by.ref, at=at,
        on_date=local_date(at), because=because,
    )  # fmt: skip
    action, changes = "projects.project.move_taken_back", {"stage": [new.value, old.value], **lost}
    record_change(by=by, at=at, project=found, action=action, changes=changes, because=because)
    give_again(by=by, at=at, project=found, amounts=step.amounts or {}, because=because)
    return found


def _hanging_on(project: Project, old: Stage, new: Stage) -> Iterator[Refused]:
    """What was recorded at the later stage and must be taken back before the step is."""
    code, accounts = "projects.step_built_upon", getattr(project, "settlement", None)
    if new is Stage.CANCELLED:
        yield from _given_back(project)
    if new in {Stage.COMPLETED, Stage.ACCEPTED}:
        if assets := list(project.asset_transfers.order_by("pk").values_list("asset", flat=True)):
            text = gettext_noop("已经登记移交的资产：%(assets)s。请先在档案里撤回移交，再退回这一步。")
            yield Refused(text, code, assets=tuple(assets[:5]))
        if accounts is not None and accounts.approved_on is not None:
            text = gettext_noop("决算 %(day)s 已经批复。请先在档案里撤回决算批复，再退回这一步。")
            yield Refused(text, code, day=accounts.approved_on)
    if new is Stage.UNDER_WAY and old is not Stage.SUSPENDED:
        if paid := project.lines.aggregate(paid=Sum("paid_fen", default=0))["paid"]:
            text = gettext_noop("已经支付 %(paid)s，不能退到开工以前。请先冲正支付，再退回这一步。")
            yield Refused(text, code, paid=Money(paid, project.currency))
        if project.progress_percent:
            text = gettext_noop(
                "进度已经报到 %(percent)s%%，不能退到开工以前。请先在档案里把进度更正为 0，再退回这一步。"
            )
            yield Refused(text, code, percent=project.progress_percent)


def _hold_its_plans(*, by: Actor, project: UUID) -> None:
    """Hold the plans that a cancelled project is to have money of again, before the project itself is held."""
    of = Project.objects.visible_to(by).filter(uuid=project, stage=Stage.CANCELLED, lines__isnull=False)
    if plans := set(of.values_list("programme__code", "lines__yearly_plan__year")):
        hold_plans(programme=min(plans)[0], years={year for _, year in plans})


def _given_back(project: Project) -> Iterator[Refused]:
    """That money of the project was given back: it is to lie here again before the project goes on."""
    subjects = [str(line.uuid) for line in project.lines.all()]
    wanted = Wanted(kind=AccountKind.SURPLUS, subjects=subjects)
    rows = search_postings(viewer=READER, programme=project.programme.code, wanted=wanted, offset=0, limit=MOST)
    if vouchers := standing(rows):
        back = sum((row.amount for row in vouchers), Money(0, project.currency))
        yield StoodUpon(message(GIVEN_BACK, back=back), vouchers)


def _undo(project: Project, old: Stage, new: Stage) -> dict[str, Any]:
    """Take away what the step wrote beside itself; answers it for the trail."""
    lost: dict[str, Any] = {}
    stops = project.suspensions.order_by("pk")
    if new is Stage.SUSPENDED:
        stops.filter(restarted_on=None).delete()
    elif old is Stage.SUSPENDED:
        if (last := stops.last()) is not None:
            stops.filter(pk=last.pk).update(restarted_on=None)
    elif new in DATED and (day := getattr(project, DATED[new])):
        lost[DATED[new]] = [day.isoformat(), None]
        setattr(project, DATED[new], None)
    if new is Stage.COMPLETED:
        # Its due day counts from a completion that was none.
        for draft in Settlement.objects.filter(project=project):
            lost |= {"approved_fen": [draft.approved_fen, None], "surplus_fen": [draft.surplus_fen, None]}
            draft.delete()
    return lost


@transaction.atomic
def take_back_approval(*, by: Actor, at: datetime, project: UUID, because: str) -> Settlement:
    """Make approved final accounts a draft again. Raises NotVisible, NotAllowed, BadInput, Refused."""
    found = locked_project(by=by, project=project, permission=ProjectPermission.CORRECT)
    because = checked_reason(because, NO_REASON, "projects")
    accounts: Settlement | None = getattr(found, "settlement", None)
    if accounts is None or accounts.approved_on is None:
        raise Refused(gettext_noop("决算还没有批复，可以直接改。"), "projects.approval_not_taken_back")
    if found.stage in ACCEPTED_ON - {Stage.ACCEPTED}:
        raise Refused(
            gettext_noop("项目已经过了“竣工决算”。请先在项目页退回到“验收”，再撤回决算批复。"),
            "projects.approval_not_taken_back",
        )
    if accounts.surplus_returned_on is not None or found.asset_transfers.exists():
        raise Refused(
            gettext_noop("结余已经交回，或者资产已经移交，决算批复不能再撤回。资产移交记错的，请先撤回移交。"),
            "projects.approval_not_taken_back",
        )

    changes = {"on": [accounts.approved_on.isoformat(), None]}
    accounts.approved_on = None
    accounts.save(update_fields=["approved_on"])
    action = "projects.settlement.approval_taken_back"
    record_change(by=by, at=at, project=found, action=action, changes=changes, because=because)
    return accounts


@transaction.atomic
def take_back_asset(*, by: Actor, at: datetime, project: UUID, asset: UUID, because: str) -> Project:
    """Take back that an asset was handed over. Raises NotVisible, NotAllowed, BadInput, Refused."""
    found = locked_project(by=by, project=project, permission=ProjectPermission.CORRECT)
    because, transfer = checked_reason(because, NO_REASON, "projects"), found.asset_transfers.filter(uuid=asset).first()
    if transfer is None:
        raise NotVisible(gettext_noop("没有找到这项资产移交。请从项目的档案重新进入。"))
    if found.stage == Stage.HANDED_OVER:
        raise Refused(
            gettext_noop("项目已经移交。请先在项目页退回“移交”这一步，再撤回资产移交。"),
            "projects.asset_not_taken_back",
        )

    changes = {
        "asset": [transfer.asset, None],
        "keeper": [transfer.keeper, None],
        "value_fen": [transfer.value_fen, None],
        "on": [transfer.on_date.isoformat(), None],
    }
    transfer.delete()
    action = "projects.asset.taken_back"
    record_change(by=by, at=at, project=found, action=action, changes=changes, because=because)
    return found
