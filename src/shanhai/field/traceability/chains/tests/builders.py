# SPDX-License-Identifier: Apache-2.0
"""Builders of chains: the two products that are shipped, a zone, a permit, and steps one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from shanhai.base.accounts.models import User
from shanhai.field.traceability.chains.selectors.products import list_products
from shanhai.field.traceability.chains.services.recording import record_step
from shanhai.field.traceability.chains.services.registering import register_permit, register_zone
from shanhai.field.traceability.chains.services.shipped import load_shipped
from shanhai.field.traceability.chains.values import Made, Taken
from shanhai.field.traceability.models import Finding, Lot, Party, Permit, ProductClass, Record, Recorder
from shanhai.field.traceability.states import FindingKind, PartyKind
from shanhai.field.traceability.tests.builders import a_party, a_recorder
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.models import Programme
from shanhai.planning.programmes.tests.builders import a_programme
from tests.cast import OFFICE

# In the season of caterpillar fungus, at noon.
MAY = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
TAG = "254060200000017"


def products(*, at: datetime = MAY) -> dict[str, ProductClass]:
    """Both products of the product, by key."""
    load_shipped(by=OFFICE, at=at)
    return {one.key: one for one in list_products(viewer=OFFICE)}


class Chain:
    """Parties of a programme, each with a recorder, and steps that they record."""

    def __init__(self, key: str, programme: Programme | None = None) -> None:
        self.programme = programme or a_programme()
        self.product = products()[key]
        self.parties: dict[str, Party] = {}
        self.by: dict[int, Actor] = {}

    def party(self, kind: str) -> Party:
        """The party of a kind; made when it is first asked for."""
        if kind not in self.parties:
            made = a_party(self.programme, name=f"DEMO-{kind}".upper(), kind=PartyKind(kind))
            self.parties[kind], self.by[made.pk] = made, a_recorder(made)
        return self.parties[kind]

    def step(
        self,
        kind: str,
        step: str,
        inputs: Iterable[Lot | tuple[Lot, int]] = (),
        outputs: Iterable[Made] = (),
        *,
        at: datetime = MAY,
        form_id: UUID | None = None,
        fields: Mapping[str, str] | None = None,
        **kw: Any,
    ) -> Record:
        """A step that the party of a kind records."""
        party = self.party(kind)
        taken = [Taken(one.uuid) if isinstance(one, Lot) else Taken(one[0].uuid, one[1]) for one in inputs]
        return record_step(
            party=party, product_class=self.product, step=step, form_id=form_id or ids.new_id(), inputs=taken,
            outputs=[*outputs], fields=fields, by=self.by[party.pk], at=at, **kw,
        )  # fmt: skip


def a_permit(chain: Chain, *, grams: int = 1000, number: str = "CJ-1", holder: str = "H-01", **kw: Any) -> Permit:
    """A permit of the co-operative for May and June, in a zone that is made with it."""
    party = chain.party("cooperative")
    zone = register_zone(
        programme=chain.programme.code, product=chain.product.key, code=f"z-{number.lower()}", name="演示采集区",
        place=chain.programme.recipient.code, party=party, by=OFFICE, at=MAY,
    )  # fmt: skip
    facts = {"starts_on": date(2026, 5, 1), "ends_on": date(2026, 6, 30), "issuer": "演示林草局", **kw}
    return register_permit(
        party=party, zone=zone.uuid, number=number, holder=holder, grams=grams, by=OFFICE, at=MAY, **facts
    )


def lots_of(record: Record) -> list[Lot]:
    """The lots that a record made, in their order."""
    return list(Lot.objects.filter(records__record=record, records__part="made").order_by("pk"))


def collected(chain: Chain, permit: Permit, grams: int = 1000, *, condition: str = "fresh", **kw: Any) -> Lot:
    """A lot that was collected under a permit."""
    made = chain.step(
        "cooperative", "collect", outputs=[Made(grams)], fields={"condition": condition}, permit=permit.uuid, **kw
    )
    return lots_of(made)[0]


def pages_with_forms(user: User) -> list[str]:
    """The pages of chains with forms, about one of each, for a user who then records for all parties."""
    chain = Chain("caterpillar-fungus", Programme.objects.get(code="zj-ganzi"))
    lot = collected(chain, a_permit(chain), 300, condition="dry")
    (record,) = Record.objects.filter(party=chain.party("cooperative"))
    told = {"kind": FindingKind.CORRECTED, "at": MAY}
    finding = Finding.objects.create(party=chain.party("cooperative"), lot=lot, record=record, **told)
    Recorder.objects.create(party=chain.party("cooperative"), user=user)
    step = f"/trace/record/{chain.party('cooperative').uuid}/{chain.product.uuid}/grade/?form={ids.new_id()}"
    return [step, f"/trace/records/{record.uuid}/", f"/trace/findings/{finding.uuid}/", "/trace/permits/"]
