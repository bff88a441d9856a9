# SPDX-License-Identifier: Apache-2.0
"""What traceability puts on the desk: what waits for who records."""

from __future__ import annotations

from datetime import datetime

from shanhai.base.database.selectors import Things
from shanhai.field.traceability import labels
from shanhai.field.traceability.chains.selectors.lots import list_coming, list_findings
from shanhai.field.traceability.models import Lot, Party
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.states import FindingKind
from shanhai.kernel.actors import Actor
from shanhai.kernel.codes import ActsFor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, Todo, TodoSource

THINGS = (
    Things("traceability.lot", Lot.objects.visible_to, url=lambda one: f"/trace/lots/{one.code}/", texts=("code",)),
)
COMING = gettext_noop("%(party)s 发来的货在路上。收到后请称重、确认。")


class Parties(ActsFor):
    """For the organisations of the parties for which somebody records."""

    key = "traceability"

    def organisations(self, *, viewer: Actor) -> list[int]:
        """Their primary keys."""
        return list(Party.objects.acted_for_by(viewer).values_list("organisation", flat=True))


class WaitingLots(TodoSource):
    """Lots on their way to the parties for which the viewer records, and what was found about theirs."""

    key = "traceability.waiting"
    order = 60

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """What does not add up first, then what is to be received."""
        if not viewer.may_somewhere(TracePermission.RECORD):
            return ()
        todos = []
        for one in list_findings(viewer=viewer, programme=programme)[:MOST_TODOS]:
            why, code = message(labels.FINDINGS[FindingKind(one.kind)]), one.party.programme.code
            todos.append(Todo(one.lot.code, why, f"/trace/lots/{one.lot.code}/", "late", programme=code))
        for lot in list_coming(viewer=viewer, programme=programme)[:MOST_TODOS]:
            why = message(COMING, party=lot.held_by.organisation.name)
            to = lot.on_way_to.programme.code if lot.on_way_to else ""
            todos.append(Todo(lot.code, why, f"/trace/lots/{lot.code}/", programme=to))
        return tuple(todos)
