# SPDX-License-Identifier: Apache-2.0
"""Things by whatever somebody has of them: the signs of a code, its path or address, an identifier in any spelling."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from shanhai.field.traceability.events.rules.identifiers import canonical
from shanhai.field.traceability.models import Event, EventThing, Lot, Party
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.recalls.rules.telling import things_in
from shanhai.field.traceability.states import Role
from shanhai.field.traceability.store.rules.keys import key_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.codes.keys.selectors import address_of

NO_THING = gettext_noop("没有找到这个码，或者您看不到它。请核对码，或从批次页重新进入。")
# Whoever names a thing so says something of it; a source or a class does not.
NAMING = (
    Role.EPC, Role.QUANTITY, Role.PARENT, Role.CHILD, Role.CHILD_QUANTITY, Role.INPUT, Role.INPUT_QUANTITY, Role.OUTPUT,
    Role.OUTPUT_QUANTITY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing that events name: its canonical identifier, our own lot where it is one, the party that brought it."""

    identifier: str
    lot: Lot | None
    party: Party

    @property
    def name(self) -> str:
        """What people call it: the signs of its code, else its identifier."""
        return self.lot.code if self.lot else self.identifier

    @property
    def code(self) -> str:
        """Its part of our own addresses: the signs of its code, else the path of its identifier."""
        return self.lot.code if self.lot else path_of(self.identifier)

    @property
    def scope(self) -> dict[str, str]:
        """Where permissions are asked for it."""
        return {"programme": self.party.programme.code, "place": self.party.place}


def find_thing(*, viewer: Actor | None, text: str) -> Thing:
    """The thing that ``text`` says, if the viewer sees it or an event of it; for None of all there are.

    At most three queries. Raises NotVisible.
    """
    events = Event.objects.all() if viewer is None else Event.objects.visible_to(viewer)
    # At the console somebody may type what is no text.
    text = text.encode("utf-8", "replace").decode().replace("\x00", "")
    if (lot := _lot(Lot.objects.all(), text)) is not None:
        seen = viewer is None or Lot.objects.visible_to(viewer).filter(pk=lot.pk).exists()
        if seen or first_party(events, lot.identifier) is not None:
            return Thing(lot.identifier, lot, lot.made_by)
        raise NotVisible(NO_THING, "traceability.thing_not_found")
    for identifier in spellings_of(text):
        if (party := first_party(events, identifier)) is not None:
            return Thing(identifier, None, party)
    raise NotVisible(NO_THING, "traceability.thing_not_found")


def spellings_of(text: str) -> list[str]:
    """The canonical identifiers that a text may mean: as a code in any spelling, and as it stands."""
    text = text.strip()[:500]
    try:
        said = address_of(text=f"/{text}" if text[:1].isdigit() and "/" in text and "://" not in text else text)
    except BadInput:
        return [canonical(text)] if text else []
    return [*dict.fromkeys((canonical(said), canonical(text)))]


def is_in_sight(*, viewer: Actor, code: str) -> bool:
    """Whether the viewer may open the page of a thing. No query for who has nothing to do with traceability."""
    if not any(map(viewer.may_somewhere, (TracePermission.VIEW, TracePermission.RECORD))):
        return False
    try:
        find_thing(viewer=viewer, text=code)
    except NotVisible:
        return False
    return True


def path_of(identifier: str) -> str:
    """The part of an address that says an identifier of GS1 or an own code; of others the identifier itself."""
    if identifier.startswith("https://id.gs1.org/"):
        return identifier.removeprefix("https://id.gs1.org/")
    head, found, tail = identifier.partition("/x/")
    return f"x/{tail}" if found and head.startswith("https://") else identifier


def _lot(lots: QuerySet[Lot], text: str) -> Lot | None:
    text = text.strip().rstrip("/")
    signs = text.rpartition("/")[2].upper()[:40]
    if "/" in text and "/x/" not in f"/{text}":
        return None
    found = lots.filter(code=signs).select_related(
        "made_by__programme", "made_by__organisation", "held_by__organisation", "product_class"
    )
    lot = found.first()
    # The address of another installation names a thing of theirs, though the signs be the same.
    if lot is not None and "://" in text and _host(text) not in (_host(lot.identifier), _host(settings.CODES_STEM)):
        return None
    return lot


def _host(address: str) -> str:
    return address.partition("://")[2].partition("/")[0].lower()


def first_party(events: QuerySet[Event], identifier: str) -> Party | None:
    """Whose the first event is that was stored of a thing, by the content too: two identifiers may share a key.

    The time of an event is a claim: whoever writes an early one does not make the thing theirs.
    """
    named = EventThing.objects.filter(key=key_of(identifier), role__in=NAMING)
    first = events.filter(pk__in=named.values("event")).select_related("party__programme", "party__organisation")
    for event in first.order_by("pk")[:3]:
        if identifier in things_in(json.loads(event.content)):
            return event.party
    return None
