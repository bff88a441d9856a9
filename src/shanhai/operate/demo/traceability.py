# SPDX-License-Identifier: Apache-2.0
"""Two chains of the demo from the pasture to the shop: caterpillar fungus and yak beef of Nagqu. All made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from shanhai.base.accounts import selectors as accounts
from shanhai.field.traceability.capture.services.parties import name_recorder, register_party
from shanhai.field.traceability.chains.selectors.lots import lots_made
from shanhai.field.traceability.chains.services.recording import record_step
from shanhai.field.traceability.chains.services.registering import close_zone, register_permit, register_zone
from shanhai.field.traceability.chains.services.shipped import load_shipped
from shanhai.field.traceability.chains.values import Made, Taken
from shanhai.field.traceability.states import PartyKind
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.operate.demo.accounts import acting
from shanhai.registers.organisations.services import create_organisation
from shanhai.registers.organisations.values import OrganisationRow

if TYPE_CHECKING:
    from shanhai.field.traceability.models import Lot, Party, ProductClass

PROGRAMME = "zj-nagqu"
PARTIES = (
    (PartyKind.COOPERATIVE, "演示虫草牦牛合作社", "cooperative", "540622"),
    (PartyKind.PROCESSOR, "演示虫草加工厂", "company", "540602"),
    (PartyKind.SLAUGHTERHOUSE, "演示牦牛屠宰场", "company", "540602"),
    (PartyKind.SHOP, "演示那曲特产门店", "company", "330100"),
)
TAGS = ("254060200000017", "254060200000025")


@dataclass(slots=True)
class _Chain:
    """What is recorded in the demo: the parties, who records for all of them, one product."""

    parties: dict[PartyKind, Party]
    by: Actor
    product: ProductClass
    made: list[Lot] = field(default_factory=list)

    def step(
        self,
        kind: PartyKind,
        step: str,
        inputs: Sequence[Lot] = (),
        *outputs: Made,
        at: datetime,
        weighed: int | None = None,
        **kw: Any,
    ) -> list[Lot]:
        """A step that was recorded when it happened, and the lots that it made."""
        to = kw.pop("to", None)
        record = record_step(
            party=self.parties[kind], product_class=self.product, step=step, form_id=ids.new_id(),
            inputs=[Taken(one.uuid, weighed) for one in inputs], outputs=outputs, to=self.parties[to] if to else None,
            provenance="demo", by=self.by, at=at, **kw,
        )  # fmt: skip
        return lots_made(record)


def load_traceability(*, by: Actor, at: datetime) -> None:
    """Parties, permits, and both chains; something is on its way today, and one weight does not add up."""
    office = acting(username="office", at=at)
    products = {one.key: one for one in load_shipped(by=by, at=at)}
    parties = {kind: _party(kind, name, form, place, office=office, at=at) for kind, name, form, place in PARTIES}
    recorder = acting(username="recorder", at=at)
    user = accounts.find_named(username="recorder")
    assert user is not None  # Made just before.
    for one in parties.values():
        name_recorder(party=one, user=user.uuid, by=office, at=at)
    _fungus(_Chain(parties, recorder, products["caterpillar-fungus"]), office, at)
    _yak(_Chain(parties, recorder, products["yak-beef"]), at)


def _party(kind: PartyKind, name: str, form: str, place: str, *, office: Actor, at: datetime) -> Party:
    facts = OrganisationRow(name=name, kind=form, division=place)
    organisation = create_organisation(by=office, at=at, facts=facts, provenance="demo")
    return register_party(
        programme=PROGRAMME, organisation=organisation.uuid, kind=kind, place=place, provenance="demo", by=office, at=at
    )


def _fungus(chain: _Chain, office: Actor, at: datetime) -> None:
    """The last whole season: three holders, one lot in gift boxes; the third lot still waits to be graded."""
    year = at.year if at.month >= 9 else at.year - 1
    coop = chain.parties[PartyKind.COOPERATIVE]

    def day(month: int, number: int) -> datetime:
        return datetime(year, month, number, 4, tzinfo=UTC)

    zones = [
        register_zone(
            programme=PROGRAMME, product=chain.product.key, code=code, name=name, place="540622", party=coop,
            point=point, provenance="demo", by=office, at=day(4, 10),
        )
        for code, name, point in (
            ("biru-1", "比如县演示一号采集区", "一号采集点"), ("biru-2", "比如县演示二号采集区（轮采）", "二号采集点"),
        )
    ]  # fmt: skip
    close_zone(
        zone=zones[1].uuid, starts_on=date(year, 4, 20), ends_on=date(year, 7, 31), because="演示：本年轮采休养",
        by=office, at=day(4, 10),
    )  # fmt: skip
    lots = []
    for number, grams in ((1, 900), (2, 750), (3, 820)):
        permit = register_permit(
            party=coop, zone=zones[0].uuid, number=f"演示-{year}-{number:03}", holder=f"YS-{number:03}",
            starts_on=date(year, 5, 10), ends_on=date(year, 6, 30), grams=1000, issuer="演示林草局",
            provenance="demo", by=office, at=day(4, 12),
        )  # fmt: skip
        fields = {"condition": "fresh"}
        made = Made(grams, pieces=grams * 2)
        lots += chain.step(
            PartyKind.COOPERATIVE, "collect", (), made, at=day(5, 19 + number), fields=fields, permit=permit.uuid
        )
    chain.step(PartyKind.COOPERATIVE, "hand_over", lots, to=PartyKind.PROCESSOR, at=day(5, 24))
    for lot, weighed in zip(lots, (900, 738, 820), strict=True):
        licence = {"licence": f"演示-{lot.pk}"}
        chain.step(PartyKind.PROCESSOR, "buy", [lot], at=day(5, 25), weighed=weighed, fields=licence)
    (dry,) = chain.step(PartyKind.PROCESSOR, "dry", lots[:2], Made(520), at=day(5, 30), fields={"moisture": "9.5"})
    chain.step(PartyKind.PROCESSOR, "dry", lots[2:], Made(262), at=day(5, 31), fields={"moisture": "9.8"})
    fine, _broken = chain.step(
        PartyKind.PROCESSOR, "grade", [dry], Made(400, 720, 1, {"grade": "g2000"}),
        Made(116, 0, 1, {"grade": "broken"}), at=day(6, 5),
    )  # fmt: skip
    report = {"number": f"演示检-{year}-07", "issuer": "演示检测中心", "issued_on": f"{year}-06-12"}
    measured = {"arsenic": "4.9", "moisture": "9.6", "verdict": "pass"}
    chain.step(PartyKind.PROCESSOR, "test", [fine], at=day(6, 12), fields={**report, **measured})
    boxes = chain.step(PartyKind.PROCESSOR, "pack", [fine], Made(50, 90, 6), covered=True, at=day(6, 20))
    _sell(chain, PartyKind.PROCESSOR, boxes, at=day(7, 1), fields={})


def _yak(chain: _Chain, at: datetime) -> None:
    """Two animals: one sold in boxes, the second box of it on its way; the other waits at the slaughterhouse."""
    herd = [
        chain.step(
            PartyKind.COOPERATIVE, "raise", (), at=at - timedelta(days=400),
            fields={"tag": tag, "sex": "male", "pasture": "演示夏季草场"},
        )[0]
        for tag in TAGS
    ]  # fmt: skip
    passed = (at - timedelta(days=7)).date().isoformat()
    for tag, animal in zip(TAGS, herd, strict=True):
        paper = {"number": f"演示疫-{tag[-3:]}", "issuer": "演示动物卫生监督所", "issued_on": passed, "tag": tag}
        chain.step(PartyKind.COOPERATIVE, "quarantine", [animal], at=at - timedelta(days=6), fields=paper)
    chain.step(PartyKind.COOPERATIVE, "hand_over", herd, to=PartyKind.SLAUGHTERHOUSE, at=at - timedelta(days=6))
    chain.step(PartyKind.SLAUGHTERHOUSE, "buy", herd, at=at - timedelta(days=5, hours=12))
    house, when = PartyKind.SLAUGHTERHOUSE, at - timedelta(days=5)
    (carcass,) = chain.step(house, "slaughter", herd[:1], Made(118_000), at=when, fields={"mark": "演示-001"})
    cuts = chain.step(
        house, "cut", [carcass], Made(3_600, facts={"cut": "tenderloin"}), Made(24_000, facts={"cut": "rib"}),
        Made(61_000, facts={"cut": "round"}), Made(27_500, facts={"cut": "bone"}), at=when + timedelta(hours=4),
        fields={"storage": "frozen"},
    )  # fmt: skip
    boxes = chain.step(house, "pack", [cuts[1]], Made(4_000, 0, 4), at=when + timedelta(hours=8))
    chain.step(house, "store", boxes, at=when + timedelta(hours=9), fields={"celsius": "-20.5"})
    _sell(chain, house, boxes[:2], at=at - timedelta(days=3), fields={"celsius": "-19"})
    waiting = {"celsius": "-19.5", "vehicle": "演示冷藏车"}
    chain.step(house, "ship", boxes[2:], to=PartyKind.SHOP, at=at - timedelta(hours=20), fields=waiting)


def _sell(chain: _Chain, kind: PartyKind, boxes: Sequence[Lot], *, at: datetime, fields: dict[str, str]) -> None:
    """Shipped, received a day later, and the first of them sold."""
    chain.step(kind, "ship", boxes, to=PartyKind.SHOP, at=at, fields={**fields, "vehicle": "演示车次"})
    chain.step(PartyKind.SHOP, "receive", boxes, at=at + timedelta(days=1), fields=fields)
    chain.step(PartyKind.SHOP, "sell", boxes[:1], at=at + timedelta(days=2))
