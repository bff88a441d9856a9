# SPDX-License-Identifier: Apache-2.0
"""What the pages show: what waits today, what a step may take, a record with what came of it, lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from shanhai.base.database.selectors import holding, in_programme
from shanhai.field.traceability.chains.selectors.lots import COMING
from shanhai.field.traceability.chains.selectors.products import definition_of, list_products, permits_of
from shanhai.field.traceability.chains.values import Definition, Does, Step
from shanhai.field.traceability.models import Lot, Party, Permit, ProductClass, Record, RecordLot
from shanhai.field.traceability.states import LotState, Part
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop

# A step is offered so many lots, the oldest first.
MOST_LOTS = 100


@dataclass(frozen=True, slots=True)
class Ready:
    """A step that a party may take now, and how many lots wait for it."""

    product: ProductClass
    definition: Definition
    step: Step
    count: int


@dataclass(frozen=True, slots=True)
class Desk:
    """A party that one records for, with its steps and what it recorded last."""

    party: Party
    ready: Sequence[Ready]
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a step's form offers: lots that fit, permits with what is left, who may receive, what was chosen last."""

    party: Party
    product: ProductClass
    definition: Definition
    step: Step
    lots: Sequence[Lot] = ()
    permits: Sequence[Permit] = ()
    receivers: Sequence[Party] = ()
    last: Mapping[str, str] | None = None


def list_parties(*, viewer: Actor, programme: str | None = None) -> list[Party]:
    """The parties that the viewer records for and that are at work, by name. One query."""
    found = Party.objects.acted_for_by(viewer).filter(in_programme(programme, "programme"), ended_on=None)
    return list(found.select_related("organisation", "programme").order_by("organisation__name"))


def desks(*, viewer: Actor, programme: str | None = None) -> list[Desk]:
    """What each party may record today. A constant number of queries, however many parties."""
    parties = list_parties(viewer=viewer, programme=programme)
    if not parties:
        return []
    products = [(one, definition_of(one)) for one in list_products(viewer=viewer)]
    stock: Counter[tuple[int, str, str]] = Counter()
    here = Lot.objects.filter(held_by__in=parties, state=LotState.HERE)
    coming = Lot.objects.filter(on_way_to__in=parties, state__in=COMING)
    for rows, who in ((here, "held_by"), (coming, "on_way_to")):
        for party, key, step in rows.values_list(who, "product_class__key", "step"):
            stock[(party if who == "held_by" else -party, key, step)] += 1
    latest = Record.objects.filter(party__in=parties).in_force().select_related("product_class").order_by("-pk")[:30]
    return [
        Desk(party, _ready(party, products, stock), [one for one in latest if one.party_id == party.pk][:5])
        for party in parties
    ]


def _ready(
    party: Party, products: Sequence[tuple[ProductClass, Definition]], stock: Mapping[tuple[int, str, str], int]
) -> list[Ready]:
    found = []
    for product, definition in products:
        if product.programme_id not in {None, party.programme_id}:
            continue
        for step in definition.steps:
            if step.by and party.kind not in step.by:
                continue
            of = -party.pk if step.does is Does.RECEIVE else party.pk
            count = sum(stock.get((of, definition.key, one), 0) for one in step.takes)
            if count or step.does is Does.BEGIN:
                found.append(Ready(product, definition, step, count))
    return found


def offer(*, viewer: Actor, party: UUID, product: ProductClass, step: str) -> Offer:
    """What the form of a step offers a party that the viewer records for. Raises NotVisible."""
    of = Party.objects.acted_for_by(viewer).filter(uuid=party).select_related("organisation", "programme").first()
    definition = definition_of(product)
    found = definition.step(step)
    if of is None or found is None:
        raise NotVisible(gettext_noop("没有找到这一步。请从溯源页重新进入。"))
    permits = [one for one in permits_of(of, definition.key) if one.rest > 0] if found.permit else []
    receivers: list[Party] = []
    if found.does is Does.SHIP:
        others = Party.objects.filter(programme=of.programme, ended_on=None).exclude(pk=of.pk)
        receivers = list(others.select_related("organisation").order_by("organisation__name")[:200])
    last = Record.objects.filter(party=of, step=step, product_class__key=product.key).order_by("-pk").first()
    typed = {**last.fields} if last else {}
    if last and last.other_id and last.other:
        typed["to"] = str(last.other.uuid)
    return Offer(of, product, definition, found, _fitting(of, product, found), permits, receivers, typed)


def _fitting(party: Party, product: ProductClass, step: Step) -> list[Lot]:
    if not step.takes:
        return []
    coming = step.does is Does.RECEIVE
    whose = Q(on_way_to=party) if coming else Q(held_by=party)
    rows = Lot.objects.filter(whose, product_class__key=product.key, step__in=step.takes)
    rows = rows.filter(state__in=COMING if coming else {LotState.HERE}).order_by("made_at", "pk")
    return [lot for lot in rows if all(lot.facts.get(key) == value for key, value in step.facts.items())][:MOST_LOTS]


def recorded(*, viewer: Actor, form_id: UUID, party: Party) -> Record | None:
    """What a party recorded with a form already: its answer was lost, or it was sent twice."""
    return Record.objects.visible_to(viewer).filter(party=party, form_id=form_id).first()


def get_record(*, viewer: Actor, uuid: UUID) -> tuple[Record, list[RecordLot], bool]:
    """A record, the lots it names, and whether the viewer may correct it. Raises NotVisible."""
    of = ("party__organisation", "party__programme", "product_class", "permit", "zone", "other__organisation")
    found = Record.objects.visible_to(viewer).filter(uuid=uuid).select_related(*of, "corrects").first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这条记录。请从溯源页重新进入。"))
    rows = list(found.lots.select_related("lot").order_by("part", "pk"))
    own = Party.objects.acted_for_by(viewer).filter(pk=found.party_id).exists()
    return found, rows, own and found.wrong_at is None


def correctable(record: Record, rows: Sequence[RecordLot]) -> list[RecordLot]:
    """The rows of a record whose weights may be put right."""
    step = definition_of(record.product_class).step(record.step)
    if step is None or step.does not in {Does.BEGIN, Does.CHANGE}:
        return []
    return [row for row in rows if row.part == Part.MADE and row.grams]


def list_lots(*, viewer: Actor, programme: str | None = None, state: str = "", text: str = "") -> QuerySet[Lot]:
    """The lots that the viewer sees, the newest first, by state and by a word of their code or tag."""
    found = Lot.objects.visible_to(viewer).filter(in_programme(programme, "made_by__programme"))
    if state in set(LotState):
        found = found.filter(state=state)
    found = found.filter(holding(text.upper(), "code", "facts__tag")) if text.strip() else found
    return found.select_related("product_class", "made_by__organisation", "held_by__organisation").order_by("-pk")
