# SPDX-License-Identifier: Apache-2.0
"""The permissions of the app, and who may send in, withdraw and explain: who may submit for every place concerned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from shanhai.kernel.actors import Actor, Scope
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.registers.ledger.permissions import FundPermission


class ReturnPermission(StrEnum):
    """What one may do here, within a scope; roles (``accounts.roles``) say who holds which."""

    VIEW = "return.view"
    SUBMIT = "return.submit"


def may_submit(viewer: Actor, *, programme: str, places: Iterable[str]) -> bool:
    """Whether the viewer may submit for each of ``places``."""
    return all(viewer.may(ReturnPermission.SUBMIT, programme=programme, place=place) for place in places)


def require_submit(by: Actor, *, programme: str, places: Iterable[str]) -> None:
    """Raise NotAllowed unless ``may_submit``."""
    for place in places:
        by.require(ReturnPermission.SUBMIT, programme=programme, place=place)


def require_submit_somewhere(by: Actor, *, programme: str) -> None:
    """Raise NotAllowed unless ``by`` may submit for some place of the programme."""
    if not by.may_somewhere(ReturnPermission.SUBMIT, programme=programme):
        by.require(ReturnPermission.SUBMIT, programme=programme)


def keeping_accounts(by: Actor, *, programme: str, places: Iterable[str]) -> Actor:
    """The same actor, allowed to see and reverse what returns posted in ``places``: part of sending in and withdrawing.

    Ask ``require_submit`` first.
    """
    scopes = tuple(Scope(programme, place) for place in places)
    needed = (FundPermission.VIEW, FundPermission.REVERSE, ProjectPermission.VIEW)
    return replace(by, grants={**by.grants, **dict.fromkeys((permission.value for permission in needed), scopes)})
