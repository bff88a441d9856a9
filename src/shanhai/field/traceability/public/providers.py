# SPDX-License-Identifier: Apache-2.0
"""What stands behind the codes of lots, boxes, animals, carcasses and parties, for who scans them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from shanhai.field.traceability.labels import LOT_KINDS, PARTY_KINDS
from shanhai.field.traceability.models import Party, Zone
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.recalls.selectors.lots import recalls_of
from shanhai.field.traceability.recalls.selectors.things import Thing, find_thing
from shanhai.field.traceability.states import LotKind, PartyKind
from shanhai.kernel.actors import Actor
from shanhai.kernel.codes import CodeKind, CodeLink, CodeStanding
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import Message, gettext_noop, message

_PAGE, _TRACE = gettext_noop("从哪里来"), gettext_noop("溯源批次")
_RECORD = gettext_noop("记一笔")


@dataclass(frozen=True)
class Goods(CodeKind):
    """Codes of things that events name: a buyer's page, the lot's page for who may see it, where one records."""

    key: str
    label: Message
    keys: tuple[str, ...] = ()

    def standing(self, *, identifier: str, viewer: Actor, at: datetime) -> CodeStanding | None:
        """Of a lot of ours, or of a thing that events of others name. Four queries at most."""
        try:
            thing = find_thing(viewer=None, text=identifier)
        except NotVisible:
            return None
        lot = thing.lot
        if lot is not None and lot.kind != self.key:
            return None
        listed = recalls_of([thing.identifier])
        return CodeStanding(
            title=thing.name,
            links=(*self._links(thing, viewer),),
            # Who makes it may sell it, too.
            shipped_at=(lot.shipped_at or lot.sold_at) if lot else None,
            recalled=listed.exists(),
            not_for_sale=lot is not None and lot.kind in (LotKind.ANIMAL, LotKind.CARCASS),
        )

    def _links(self, thing: Thing, viewer: Actor) -> list[CodeLink]:
        page = reverse("trace-public:page", args=[thing.code])
        links = [CodeLink("gs1:pip", page, message(_PAGE), audience="buyer", default=True)]
        links.append(CodeLink("gs1:traceability", page, message(_PAGE)))
        if viewer.may(TracePermission.VIEW, **thing.scope):
            lot = reverse("recalls:lot", args=[thing.code])
            links.append(CodeLink("gs1:traceability", lot, message(_TRACE), audience="inspector"))
        if viewer.may_somewhere(TracePermission.RECORD):
            links.append(CodeLink("gs1:traceability", "/trace/", message(_RECORD), audience="herder"))
        return links


class Parties(CodeKind):
    """Codes of the parties of chains: what kind of party it is; who they are stands in the register."""

    key = "party"
    label = message(gettext_noop("经营主体"))
    keys = ("417",)

    def standing(self, *, identifier: str, viewer: Actor, at: datetime) -> CodeStanding | None:
        """The name of the organisation, for who sees parties; its kind for others. One query."""
        found = Party.objects.filter(identifier__endswith=identifier)
        party = found.select_related("organisation", "programme").first()
        if party is None:
            return None
        seen = viewer.may(TracePermission.VIEW, programme=party.programme.code, place=party.place)
        title = party.organisation.name if seen else message(PARTY_KINDS[PartyKind(party.kind)])
        return CodeStanding(title=title, not_for_sale=True)


class Zones(CodeKind):
    """Codes of zones in which is collected: their name."""

    key = "zone"
    label = message(gettext_noop("采集区"))
    keys = ()

    def standing(self, *, identifier: str, viewer: Actor, at: datetime) -> CodeStanding | None:
        """The name of the zone. One query."""
        zone = Zone.objects.filter(identifier__endswith=identifier).first()
        return None if zone is None else CodeStanding(title=zone.name, not_for_sale=True)


# Keys of GS1 that other organisations' events name: trade items and their lots, logistic units, assets.
_KEYS = {LotKind.LOT: ("01",), LotKind.BOX: ("00",), LotKind.ANIMAL: ("8004",)}
CODES: tuple[CodeKind, ...] = (
    *(Goods(kind.value, message(words), _KEYS.get(kind, ())) for kind, words in LOT_KINDS.items()),
    Parties(),
    Zones(),
)
