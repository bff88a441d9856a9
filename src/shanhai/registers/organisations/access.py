# SPDX-License-Identifier: Apache-2.0
"""Who may change the register of organisations."""

from __future__ import annotations

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotAllowed
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.organisations.permissions import OrganisationPermission


def require_manage(by: Actor) -> None:
    """Raise NotAllowed unless ``by`` manages organisations in some programme, without being bound to one place.

    The register belongs to all programmes alike, so the programme of a grant does not narrow it.
    """
    if not by.may_unplaced(OrganisationPermission.MANAGE):
        raise NotAllowed(gettext_noop("您的岗位不管理单位登记。需要时请向指挥部办公室申请。"))
