# SPDX-License-Identifier: Apache-2.0
"""Who looks at everything so that warnings are raised, and who may act on one."""

from __future__ import annotations

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor, Scope, system
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.warnings.models import EarlyWarning
from shanhai.planning.warnings.states import Action, WarningState
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


def needed_for(action: Action, warning: EarlyWarning) -> str:
    """The permission that an action asks for: the rule's; a dismissal is for who manages the programme."""
    return ProgrammePermission.MANAGE if action is Action.DISMISSED else warning.its_rule.acts


def actions_of(viewer: Actor, warning: EarlyWarning) -> list[Action]:
    """What the viewer may do about a warning that is not closed; dismissed are only those whose rule says so."""
    here = {"programme": warning.programme.code, "place": warning.place or None}
    return [
        one
        for one in Action
        if warning.state != WarningState.CLOSED
        and (one is not Action.DISMISSED or warning.its_rule.by_words)
        and viewer.may(needed_for(one, warning), **here)
    ]
