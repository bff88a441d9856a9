# SPDX-License-Identifier: Apache-2.0
"""Who looks at everything so that warnings are raised, whatever those who will be warned may see."""

from __future__ import annotations

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor, Scope, system
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.registers.ledger.permissions import FundPermission

# The product itself, when news comes in: it evaluates, and acts on nothing.
WATCHER = system("warnings", (Permission.PROGRAMME_VIEW.value, ProgrammePermission.MANAGE.value))
_LOOK = (Permission.PROGRAMME_VIEW, ProjectPermission.VIEW, FundPermission.VIEW)


def reader_of(programme: str) -> Actor:
    """Who reads all of one programme for an evaluation; it only ever reads.

    It has a name of its own, so that nothing remembered for a person is taken for what is there.
    """
    grants = {permission.value: (Scope(programme),) for permission in _LOOK}
    return Actor("system:warnings.reader", name="warnings", grants=grants)
