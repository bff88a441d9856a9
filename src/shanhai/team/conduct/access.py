# SPDX-License-Identifier: Apache-2.0
"""What a page of conduct is asked about, and the five pages that lead to one another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.planning.programmes.core.selectors.scopes import address_in
from shanhai.team.conduct.permissions import HealthPermission, IntegrityPermission, LeavePermission, VehiclePermission

if TYPE_CHECKING:
    from shanhai.base.accounts.selectors import Request

# Each with its words, and the permissions of which one lets somebody in.
PAGES: dict[str, tuple[Message, tuple[str, ...]]] = {
    "leave:home": (message(gettext_noop("请假")), tuple(LeavePermission)),
    "vehicles:home": (message(gettext_noop("用车")), tuple(VehiclePermission)),
    "integrity:home": (message(gettext_noop("廉洁")), tuple(IntegrityPermission)),
    "health:home": (message(gettext_noop("健康")), tuple(HealthPermission)),
    "topics:home": (message(gettext_noop("警示")), (IntegrityPermission.DISCIPLINE, LeavePermission.OFFICE)),
}


def ways(request: Request, programme: str, here: str) -> Iterator[tuple[str, Message, bool]]:
    """The pages that are open to who looks: address, words, whether it is this one."""
    for name, (words, permissions) in PAGES.items():
        if any(request.viewer.may_somewhere(one, programme=programme) for one in permissions):
            yield address_in(programme, name), words, name == here
