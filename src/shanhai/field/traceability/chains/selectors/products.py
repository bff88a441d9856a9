# SPDX-License-Identifier: Apache-2.0
"""Reading product classes, zones and permits."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from shanhai.base.database.selectors import in_programme
from shanhai.field.traceability.chains.rules.definitions import stored_definition
from shanhai.field.traceability.chains.values import Definition, Names, named
from shanhai.field.traceability.models import Lot, Party, Permit, ProductClass, Record, TestReport, Zone
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop


def definition_of(product: ProductClass) -> Definition:
    """What a product class says. A version never changes, so it is read once."""
    return _read(json.dumps(product.definition))


@lru_cache(64)
def _read(content: str) -> Definition:
    return stored_definition(json.loads(content))


def called(names: Names) -> str:
    """A name of the data in the language of the reader, in Chinese where it has none."""
    return named(names, get_language() or "")


def list_products(*, viewer: Actor, programme: str | None = None) -> list[ProductClass]:
    """The newest version of each product class of a programme, and of those that come with the product. One query."""
    scope = Q(programme=None) if programme is None else Q(programme=None) | in_programme(programme)
    found = ProductClass.objects.visible_to(viewer).filter(scope)
    newest = found.values("programme", "key").annotate(last=Max("version"))
    wanted: dict[tuple[int | None, str], int] = {(row["programme"], row["key"]): row["last"] for row in newest}
    return [
        one
        for one in found.select_related("programme").order_by("key", "-version")
        if wanted[(one.programme_id, one.key)] == one.version
    ]


def get_product(*, viewer: Actor, uuid: UUID) -> ProductClass:
    """The version of a product class of that uuid. Raises NotVisible."""
    found = ProductClass.objects.visible_to(viewer).filter(uuid=uuid).select_related("programme").first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这种产品。请从溯源页重新进入。"))
    return found


def list_zones(*, viewer: Actor, programme: str | None = None) -> QuerySet[Zone]:
    """The zones that the viewer sees, with their closures."""
    found = Zone.objects.visible_to(viewer).filter(in_programme(programme))
    return found.select_related("programme").prefetch_related("closures").order_by("product", "code")


def list_permits(*, viewer: Actor, programme: str | None = None) -> QuerySet[Any]:
    """The permits that the viewer sees, each with the grams (fresh) ``used`` of it and the ``rest``."""
    found = with_use(Permit.objects.visible_to(viewer)).filter(in_programme(programme))
    return found.select_related("party__organisation", "zone", "programme").order_by("-year", "number")


def permits_of(party: Party, product: str) -> QuerySet[Any]:
    """The permits that a party uses for a product and that were not revoked, with what is left of each."""
    found = with_use(Permit.objects.filter(party=party, product=product, revoked_at=None))
    return found.select_related("zone", "programme").order_by("number")


def with_use(permits: QuerySet[Permit]) -> QuerySet[Any]:
    """The same, with ``used`` and ``rest`` in grams of fresh material."""
    spent = Permit.objects.filter(pk=OuterRef("pk"), records__wrong_at=None).values("pk")
    used = Subquery(spent.annotate(total=Sum("records__permit_grams")).values("total"))
    return permits.annotate(used=Coalesce(used, 0)).annotate(rest=F("grams") - F("used"))


def nearly_used(*, viewer: Actor, programme: str | None = None, on: date) -> list[Any]:
    """The permits of parties that one records for, valid on a day, of which a tenth or less is left. One query."""
    own = Permit.objects.filter(party__in=Party.objects.acted_for_by(viewer), revoked_at=None)
    valid = own.filter(in_programme(programme), starts_on__lte=on, ends_on__gte=on)
    return list(with_use(valid).filter(rest__lte=F("grams") / 10).select_related("programme").order_by("number"))


def facts_of(lot: Lot, definition: Definition) -> list[tuple[str, str]]:
    """What is said of a lot that tells it from others, in words: its tag, grade, cut, how it is kept."""
    # What the first step calls it: the tag of an animal, not the tag that a certificate quotes.
    fields = {one.key: one for step in reversed(definition.steps) for one in (*step.fields, *step.each)}
    found = []
    for key in ("tag", "condition", "grade", "cut", "storage"):
        value, one = lot.facts.get(key), fields.get(key)
        if value and one:
            word = next((called(choice.names) for choice in one.choices if choice.key == value), str(value))
            found.append((called(one.names), word))
    return found


def measured_of(paper: TestReport, definition: Definition) -> list[str]:
    """What a paper measured, in words with its unit."""
    fields = [one for step in definition.steps if step.brings == paper.kind for one in step.fields if one.measured]
    return [f"{called(one.names)} {paper.values[one.key]} {one.unit}" for one in fields if one.key in paper.values]


def step_words(record: Record) -> str:
    """What the step of a record is called in the reader's language."""
    step = definition_of(record.product_class).step(record.step)
    return called(step.names) if step else record.step
