# SPDX-License-Identifier: Apache-2.0
"""What codes put on the desk: batches as things of the trail, and labels that wait to be activated."""

from __future__ import annotations

from datetime import datetime

from shanhai.base.database.selectors import Things
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, Todo, TodoSource
from shanhai.registers.codes.issue.selectors import list_printed
from shanhai.registers.codes.models import CodeBatch

THINGS = (Things("codes.codebatch", lambda viewer: CodeBatch.objects.visible_to(viewer), url=lambda one: _page(one)),)

ACTIVATE = message(gettext_noop("已印，等启用：贴好标签后请启用，坏了的请作废。"))


def _page(batch: CodeBatch) -> str:
    return f"/codes/{batch.uuid}/"


class WaitingCodes(TodoSource):
    """Labels that are printed and not in use, for who issues them, those that were issued first first."""

    key = "codes.waiting"
    order = 70

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """One for each batch."""
        found = list_printed(viewer=viewer, programme=programme)[:MOST_TODOS]
        return tuple(Todo(str(one), ACTIVATE, _page(one), programme=one.programme) for one in found)
