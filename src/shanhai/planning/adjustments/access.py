# SPDX-License-Identifier: Apache-2.0
"""Who may do what to an adjustment. One that concerns two projects asks for the permission at both of them."""

from __future__ import annotations

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotAllowed
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.adjustments.models import DECIDES, Adjustment
from shanhai.planning.adjustments.permissions import AdjustmentPermission
from shanhai.planning.adjustments.states import Approver, Kind
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.projects.permissions import ProjectPermission

# Whoever leads, approves or keeps projects may say what they think of a change.
ADVISERS = (
    AdjustmentPermission.APPROVE,
    AdjustmentPermission.APPROVE_AS_ORIGINAL,
    ProjectPermission.MANAGE,
)


def holds(viewer: Actor, permission: str, adjustment: Adjustment) -> bool:
    """Whether the viewer holds the permission at every place concerned, for a whole plan in the whole programme."""
    programme = adjustment.programme.code
    return all(viewer.may(permission, programme=programme, place=place) for place in adjustment.places)


def require(by: Actor, permission: str, adjustment: Adjustment) -> None:
    """Raise NotAllowed unless ``holds``."""
    for place in adjustment.places:
        by.require(permission, programme=adjustment.programme.code, place=place)


def carries_out(adjustment: Adjustment) -> str:
    """The permission of those who carry it out once it is approved."""
    return ProgrammePermission.MANAGE if adjustment.kind == Kind.PLAN else ProjectPermission.MANAGE


def require_proposer(by: Actor, adjustment: Adjustment) -> None:
    """Raise NotAllowed unless ``by`` asked for it and still may."""
    if adjustment.proposed_by != by.ref:
        raise NotAllowed(
            gettext_noop("只有提出的人能修改、报送和撤回这份调整。请联系提出的人，或另提一份。"),
            "adjustments.not_the_proposer",
        )
    require(by, AdjustmentPermission.PROPOSE, adjustment)


def may_decide(viewer: Actor, adjustment: Adjustment) -> bool:
    """Whether it is for the viewer to decide."""
    asked = DECIDES.get(Approver(adjustment.approver)) if adjustment.approver else None
    return asked is not None and adjustment.proposed_by != viewer.ref and holds(viewer, asked, adjustment)


def require_decider(by: Actor, adjustment: Adjustment) -> None:
    """Raise NotAllowed unless ``may_decide``."""
    _not_ones_own(by, adjustment)
    require(by, DECIDES[Approver(adjustment.approver)], adjustment)


def may_advise(viewer: Actor, adjustment: Adjustment) -> bool:
    """Whether the viewer may say what they think of it."""
    return adjustment.proposed_by != viewer.ref and any(holds(viewer, one, adjustment) for one in ADVISERS)


def require_adviser(by: Actor, adjustment: Adjustment) -> None:
    """Raise NotAllowed unless ``may_advise``."""
    _not_ones_own(by, adjustment)
    if not may_advise(by, adjustment):
        require(by, AdjustmentPermission.APPROVE, adjustment)


def _not_ones_own(by: Actor, adjustment: Adjustment) -> None:
    if adjustment.proposed_by == by.ref:
        raise NotAllowed(
            gettext_noop("这份调整是您自己提出的，要由别人审批。请等其他有审批权的人处理。"),
            "adjustments.own_adjustment",
        )
