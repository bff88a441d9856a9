# SPDX-License-Identifier: Apache-2.0
"""What traceability puts on the desk: what waits for who records."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from shanhai.base.database.selectors import Things
from shanhai.field.traceability import labels
from shanhai.field.traceability.chains.selectors.lots import list_coming, list_findings
from shanhai.field.traceability.chains.selectors.pages import list_lots
from shanhai.field.traceability.chains.selectors.products import called, definition_of, nearly_used, step_words
from shanhai.field.traceability.chains.values import Does
from shanhai.field.traceability.models import Finding, Lot, Party, Permit, ProductClass, Record, Zone
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.states import FindingKind, LotKind
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.codes import ActsFor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, MenuItem, SearchHit, SearchSource, Todo, TodoSource

THINGS = (
    Things("traceability.lot", Lot.objects.visible_to, url=lambda one: f"/trace/lots/{one.code}/", texts=("code",)),
    Things(
        "traceability.record",
        lambda viewer: Record.objects.visible_to(viewer).select_related("product_class"),
        step_words,
        lambda one: f"/trace/records/{one.uuid}/",
    ),
    Things("traceability.permit", Permit.objects.visible_to, url=lambda _one: "/trace/permits/", texts=("number",)),
    Things("traceability.zone", Zone.objects.visible_to, url=lambda _one: "/trace/permits/", texts=("name",)),
    Things(
        "traceability.productclass",
        ProductClass.objects.visible_to,
        lambda one: called(definition_of(one).names),
        texts=("key",),
    ),
    Things("traceability.finding", Finding.objects.visible_to, lambda one: one.lot.code),
)
MENU = (
    MenuItem("trace", message(gettext_noop("溯源")), "chains:today", TracePermission.RECORD.value, order=62),
    MenuItem("trace-lots", message(gettext_noop("溯源批次")), "chains:lots", TracePermission.VIEW.value, order=63),
)
USED_UP = gettext_noop("采集证还剩 %(rest)s 克，快用完了。")
COMING = gettext_noop("%(party)s 发来的货在路上。收到后请称重、确认。")


def receiving(lot: Lot) -> str:
    """The form with which who a lot is on its way to receives it; its page where the chain has none."""
    to, steps = lot.on_way_to, definition_of(lot.product_class).steps
    step = next((one for one in steps if one.does is Does.RECEIVE and lot.step in one.takes), None)
    if to is None or step is None:
        return f"/trace/lots/{lot.code}/"
    return reverse("chains:step", args=[to.uuid, lot.product_class.uuid, step.key])


class Parties(ActsFor):
    """For the organisations of the parties for which somebody records."""

    key = "traceability"

    def organisations(self, *, viewer: Actor) -> list[int]:
        """Their primary keys; those of parties that have ended are no more."""
        return list(Party.objects.acted_for_by(viewer).filter(ended_on=None).values_list("organisation", flat=True))


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
            name, code = f"{one.lot.code} · {one.party.organisation.name}", one.party.programme.code
            why = message(labels.FINDINGS[FindingKind(one.kind)])
            todos.append(Todo(name, why, f"/trace/findings/{one.uuid}/", "late", programme=code))
        for lot in list_coming(viewer=viewer, programme=programme)[:MOST_TODOS]:
            why = message(COMING, party=lot.held_by.organisation.name)
            to = lot.on_way_to.programme.code if lot.on_way_to else ""
            todos.append(Todo(lot.code, why, receiving(lot), programme=to))
        for permit in nearly_used(viewer=viewer, programme=programme, on=local_date(at))[:MOST_TODOS]:
            why, day = message(USED_UP, rest=permit.rest), permit.ends_on.isoformat()
            todos.append(Todo(permit.number, why, "/trace/permits/", due=day, programme=permit.programme.code))
        return tuple(todos)


class FoundLots(SearchSource):
    """Lots by a part of their code or by the ear tag."""

    key = "traceability.lots"
    order = 60

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """The newest first."""
        found = list_lots(viewer=viewer, text=text)[:limit] if len(text.strip()) > 3 else ()
        kind = {one: message(words) for one, words in labels.LOT_KINDS.items()}
        return tuple(SearchHit(one.code, kind[LotKind(one.kind)], f"/trace/lots/{one.code}/") for one in found)
