# SPDX-License-Identifier: Apache-2.0
"""The permissions of the app, and who looks for what is open: what one may not see still holds the batch back."""

from __future__ import annotations

from enum import StrEnum

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor, Scope, system
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.returns.permissions import ReturnPermission
from shanhai.registers.documents.permissions import DocumentPermission
from shanhai.registers.ledger.permissions import FundPermission


class HandoverPermission(StrEnum):
    """What one may do here, within a scope; roles (``accounts.roles``) say who holds which."""

    MANAGE = "handover.manage"
    WAIVE = "handover.waive"


_LOOK = (
    Permission.PROGRAMME_VIEW, ProjectPermission.VIEW, FundPermission.VIEW, DocumentPermission.VIEW,
    ReturnPermission.VIEW, ReturnPermission.SUBMIT,
)  # fmt: skip


# Who keeps the lists up to date, whoever looks at them.
KEEPER = system("handovers", (Permission.PROGRAMME_VIEW.value, HandoverPermission.MANAGE.value))


def collector_for(programme: str) -> Actor:
    """Who reads everything of one programme, to collect what is open; it only ever reads.

    It has a name of its own, so that nothing remembered for a person is taken for what is there.
    """
    return Actor(
        "system:handovers", name="handovers", grants={permission.value: (Scope(programme),) for permission in _LOOK}
    )
