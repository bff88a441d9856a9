# SPDX-License-Identifier: Apache-2.0
"""What a step makes: lots with own codes, and what is said of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from shanhai.field.traceability.chains.values import Made, Step
from shanhai.field.traceability.models import Lot, Record
from shanhai.field.traceability.states import LotKind
from shanhai.field.traceability.store.rules.keys import keys_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.registers.codes.issue.services import issue

# A carcass is scanned as a lot is.
CODE_KINDS = {LotKind.LOT: "lot", LotKind.CARCASS: "lot", LotKind.BOX: "box", LotKind.ANIMAL: "animal"}


def make_lots(
    *,
    record: Record,
    step: Step,
    made: Sequence[tuple[Made, dict[str, str]]],
    sources: Sequence[Lot],
    provenance: str,
    covered: bool = False,
    by: Actor,
    at: datetime,
) -> list[Lot]:
    """The lots that a record makes, stored, each with a code of its own, with a cover where it is to be ``covered``.

    A constant number of statements.
    """
    each = [(one, facts) for one, facts in made for _ in range(one.count)]
    if not each:
        return []
    kind = LotKind(step.makes)
    party = record.party
    batch = issue(
        kind=CODE_KINDS[kind], count=len(each), organisation=party.organisation, programme=party.programme.code,
        thing=f"traceability.record:{record.uuid}", covered=covered, by=by, at=at,
    )  # fmt: skip
    record.codes = batch.uuid
    record.save(update_fields=["codes"])
    shared = _shared(sources)
    typed = {key: record.fields[key] for key in _KEPT & set(record.fields)}
    lots = [
        Lot(
            kind=kind,
            code=code.signs,
            identifier=code.identifier,
            key=keys_of(code.identifier)[0],
            product_class=record.product_class,
            step=step.key,
            made_by=party,
            held_by=party,
            grams=one.grams,
            left=one.grams,
            pieces=one.pieces,
            facts={**shared, **typed, **step.sets, **facts},
            made_at=record.happened_at,
            expires_on=_expiry(step, {**shared, **record.fields}, record.happened_at, sources),
            provenance=provenance,
        )
        for code, (one, facts) in zip(batch.codes.order_by("number"), each, strict=True)
    ]
    Lot.objects.bulk_create(lots)
    return lots


# What is typed of a step and goes on with what it makes.
_KEPT = frozenset({"condition", "storage", "tag", "sex", "born_on", "pasture"})


def _shared(sources: Sequence[Lot]) -> dict[str, str]:
    """What all that goes in says alike."""
    if not sources:
        return {}
    first, *others = (one.facts for one in sources)
    return {key: value for key, value in first.items() if all(one.get(key) == value for one in others)}


def _expiry(step: Step, values: dict[str, str], happened_at: datetime, sources: Sequence[Lot]) -> date | None:
    days = step.expires.get(values.get(step.expires_by, ""))
    if days is not None:
        return local_date(happened_at) + timedelta(days=days)
    return min((one.expires_on for one in sources if one.expires_on), default=None)
