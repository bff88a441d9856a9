# SPDX-License-Identifier: Apache-2.0
"""What a page of visits is asked about, and whom one may choose there."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from shanhai.base.accounts.selectors import list_holders
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.team.visits.permissions import VisitPermission

if TYPE_CHECKING:
    from shanhai.base.accounts.selectors import Request
    from shanhai.kernel.figures import FigureScope


def scope_of(request: Request) -> FigureScope:
    """What a page is asked about. Raises NotVisible for who sees no visits there."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None or not request.viewer.may_somewhere(VisitPermission.VIEW, programme=scope.programme):
        raise NotVisible(gettext_noop("没有找到这一页。"))
    return scope


def people_of(programme: str, at: datetime) -> list[tuple[str, str]]:
    """Users who see visits in a programme, to choose among."""
    holders = list_holders(permission=VisitPermission.VIEW, programme=programme, at=at)
    return [(str(one.uuid), one.display_name) for one in holders]
