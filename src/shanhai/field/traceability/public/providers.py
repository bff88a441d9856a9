# SPDX-License-Identifier: Apache-2.0
"""What stands behind the codes of lots, boxes, animals, carcasses and parties, for who scans them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection
from django.urls import reverse

from shanhai.field.traceability.labels import LOT_KINDS, PARTY_KINDS
from shanhai.field.traceability.models import Party, Zone
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.recalls.selectors.lots import recalls_of
from shanhai.field.traceability.recalls.selectors.things import find_thing, is_in_sight
from shanhai.field.traceability.states import LotKind, PartyKind
from shanhai.kernel.actors import Actor
from shanhai.kernel.codes import CodeKind, CodeLink, CodeStanding
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import Message, gettext_noop, message

_PAGE, _TRACE = gettext_noop("从哪里来"), gettext_noop("溯源批次")
_RECORD = gettext_noop("记一笔")
# What a scan asks of a lot of ours, a thousand times a second: put together by the ORM it would cost five times as much
# as to be answered. The list is that of ``recalls_of``; who makes it may sell it, too.
_OURS = """
    SELECT COALESCE(lot.shipped_at, lot.sold_at), programme.code, maker.place, EXISTS (
      SELECT 1 FROM traceability_recalllot AS listed JOIN traceability_recall AS recall ON recall.id = listed.recall_id
      WHERE listed.key = lot.key AND listed.identifier = lot.identifier AND listed.left_at IS NULL AND NOT recall.drill)
    FROM traceability_lot AS lot JOIN traceability_party AS maker ON maker.id = lot.made_by_id
    JOIN programmes_programme AS programme ON programme.id = maker.programme_id
    WHERE lot.code = %s AND lot.kind = %s
"""


@dataclass(frozen=True)
class Goods(CodeKind):
    """Codes of things that events name: a buyer's page, the lot's page for who may see it, where one records."""

    key: str
    label: Message
    keys: tuple[str, ...] = ()

    def standing(self, *, identifier: str, viewer: Actor, at: datetime) -> CodeStanding | None:
        """Of a lot of ours, or of a thing that events of others name. One query, or four."""
        if not identifier.startswith("/x/"):
            return self._of_others(identifier, viewer)
        code = identifier.rpartition("/")[2].upper()
        with connection.cursor() as cursor:
            cursor.execute(_OURS, [code, self.key])
            found = cursor.fetchone()
        if found is None:
            return None
        shipped, programme, place, recalled = found
        if isinstance(shipped, str):
            # SQLite has no instants of its own.
            shipped = datetime.fromisoformat(shipped).replace(tzinfo=UTC)
        links = (*_links(code, {"programme": programme, "place": place}, viewer),)
        living = self.key in (LotKind.ANIMAL, LotKind.CARCASS)
        return CodeStanding(code, links, shipped_at=shipped, recalled=bool(recalled), not_for_sale=living)

    def _of_others(self, identifier: str, viewer: Actor) -> CodeStanding | None:
        try:
            thing = find_thing(viewer=None, text=identifier)
        except NotVisible:
            return None
        links = (*_links(thing.code, thing.scope, viewer),)
        return CodeStanding(thing.name, links, recalled=recalls_of([thing.identifier]).exists())


def _links(code: str, scope: Mapping[str, str], viewer: Actor) -> Iterator[CodeLink]:
    page = reverse("trace-public:page", args=[code])
    yield CodeLink("gs1:pip", page, message(_PAGE), audience="buyer", default=True)
    yield CodeLink("gs1:traceability", page, message(_PAGE))
    lot = reverse("recalls:lot", args=[code])
    if viewer.may(TracePermission.VIEW, **scope):
        yield CodeLink("gs1:traceability", lot, message(_TRACE), audience="inspector", default=True)
    if viewer.may_somewhere(TracePermission.RECORD):
        # Who has, had or awaits it is led to it; of the goods of others a recorder is a buyer.
        if is_in_sight(viewer=viewer, code=code):
            yield CodeLink("gs1:traceability", lot, message(_TRACE), audience="herder", default=True)
        else:
            yield CodeLink("gs1:traceability", "/trace/", message(_RECORD), audience="herder")


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
