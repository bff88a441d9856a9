# SPDX-License-Identifier: Apache-2.0
"""Events into the store: in bulk, in the order of a sequence, each once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from shanhai.base.audit import services as audit
from shanhai.base.database.services import insert_columns, insert_many, new_keys
from shanhai.base.outbox import services as outbox
from shanhai.field.traceability.events.values import Fault
from shanhai.field.traceability.models import Capture, Event, EventThing, EventValue, Opened, Party
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.states import EventState, Role
from shanhai.field.traceability.store.rules.preparing import renamed
from shanhai.field.traceability.store.rules.standing import Found, beside
from shanhai.field.traceability.store.values import CAPTURED, Put, Ready, Row, instant_of, undisturbed
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import NotAllowed
from shanhai.kernel.messages import gettext_noop, message

# Under it events get their places in the sequence on PostgreSQL and are committed in this order ("events").
_LOCK = 0x6576656E7473
_AT_ONCE = 900
_COLUMNS = (
    "id", "party_id", "capture_id", "key", "event_id", "digest", "type", "action", "state", "time", "recorded",
    "step", "disposition", "read_point", "location", "content",
)  # fmt: skip
_OTHER = gettext_noop("eventID “%(event)s”已经有内容不同的事件。")
_REMEDY = gettext_noop("改正已存的事件请用错误声明和新的 eventID；新的事件请用新的 eventID。")


@undisturbed()
@transaction.atomic
def put(
    *,
    party: Party,
    ready: Sequence[Ready],
    capture: Capture | None = None,
    rollback: bool = True,
    by: Actor,
    at: datetime,
) -> Put:
    """Store what is new of a party's events, and answer what became of each.

    The same id and the same content is known already. With ``rollback`` one refused event means that none is stored.
    Announces ``CAPTURED`` with the first and the last of the sequence. Raises NotAllowed for who does not record for
    that party.
    """
    require_recorder(party=party, by=by, at=at)
    _take_turn()
    work = _Work(party)
    work.look_up({one.key for one in ready})
    places = [work.add(one, last=one.given) for one in ready]
    # A hash id may be that of an event which says something else: who gave no id gets another.
    others = {number: renamed(ready[number]) for number, place in enumerate(places) if place is None}
    work.look_up({one.key for one in others.values()})
    for number, one in others.items():
        places[number] = work.add(one, last=True)
    if rollback and work.refused:
        return Put((0,) * len(ready), 0, 0, tuple(work.refused))
    first = work.write(capture, at) if work.new else 0
    if work.new:
        span = {"party": party.pk, "first": first, "last": first + len(work.new) - 1}
        outbox.publish(by=by, at=at, name=CAPTURED, payload=span)
        facts = {"events": len(work.new), "known": work.known}
        audit.record(by=by, at=at, action="traceability.events.captured", on=party.subject(), changes=facts)
    keys = tuple(first - place - 1 if place is not None and place < 0 else place or 0 for place in places)
    return Put(keys, len(work.new), work.known, tuple(work.refused))


def require_recorder(*, party: Party, by: Actor, at: datetime) -> None:
    """Raise NotAllowed unless ``by`` records for that party, which is at work on the day of ``at``."""
    by.require(TracePermission.RECORD, programme=party.programme.code, place=party.place)
    # As it stands now: whoever calls may have read the party before it ended.
    stands = list(Party.objects.acted_for_by(by).filter(pk=party.pk).values_list("ended_on", flat=True))
    if not stands:
        text = gettext_noop("您不为“%(party)s”记录。请让指挥部办公室把您加为它的记录员。")
        raise NotAllowed(text, "traceability.not_a_recorder", party=party.organisation.name)
    if stands[0] is not None and stands[0] <= local_date(at):
        text = gettext_noop("“%(party)s”已经停用，不能再记录。请联系指挥部办公室。")
        raise NotAllowed(text, "traceability.party_ended", party=party.organisation.name)


def _take_turn() -> None:
    """Wait until nobody else stores events: what is looked up from now on still holds when the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


class _Work:
    """What is to be written of one call. A place is the key of a row that stands, or -1, -2, … of a new one."""

    def __init__(self, party: Party) -> None:
        self.party = party
        self.new: list[Ready] = []
        self.states: list[EventState] = []
        self.known = 0
        self.refused: list[Fault] = []
        self._declared: list[int] = []
        self._standing: dict[int, list[Row]] = defaultdict(list)
        self._seen: set[int] = set()

    def look_up(self, keys: Iterable[int]) -> None:
        """Read what stands under these ids. One query."""
        asked = sorted(set(keys) - self._seen)
        self._seen.update(asked)
        # By the key alone: given the party, too, SQLite walks through all that the party has.
        rows = Event.objects.filter(key__any_of=asked).order_by("pk")
        for row in rows.only("party", "key", "event_id", "state", "digest", "content") if asked else ():
            if row.party_id == self.party.pk:
                stands = Row(row.pk, row.event_id, row.state, bytes(row.digest), row.content)
                self._standing[row.key].append(stands)

    def add(self, one: Ready, *, last: bool) -> int | None:
        """The place of an event, 0 where it is refused; None for what contradicts and could get another id."""
        found, row = beside(one, [row for row in self._standing[one.key] if row.event_id == one.event_id])
        if found is Found.KNOWN and row:
            self.known += 1
            return row.key
        if found is Found.CONTRADICTS:
            if not last:
                return None
            said = message(_OTHER, event=one.event_id[:100])
            self.refused.append(Fault((*one.path, "eventID"), "known", said, message(_REMEDY)))
            return 0
        state = EventState.IN_FORCE
        if one.declares:
            state = EventState.DECLARATION
            if row:
                self._declare(row)
        elif row:
            state = EventState.DECLARED
        self.new.append(one)
        self.states.append(state)
        place = -len(self.new)
        self._standing[one.key].append(Row(place, one.event_id, state, one.digest, one.content))
        return place

    def _declare(self, row: Row) -> None:
        if row.key < 0:
            self.states[-row.key - 1] = EventState.DECLARED
        else:
            self._declared.append(row.key)

    def write(self, capture: Capture | None, at: datetime) -> int:
        """Insert all that is new, and answer the first of its keys, which follow each other."""
        first = new_keys(Event, len(self.new))[0]
        of, recorded = capture.pk if capture else None, instant_of(at)
        numbered = list(enumerate(self.new, first))
        states = map(int, self.states)
        rows = [
            (pk, self.party.pk, of, one.key, one.event_id, one.digest, one.type, one.action, state, one.time, recorded,
             one.step, one.disposition, one.read_point, one.location, one.content)
            for (pk, one), state in zip(numbered, states, strict=True)
        ]  # fmt: skip
        insert_many(Event, _COLUMNS, rows)
        things = [(pk, role, key, one.time) for pk, one in numbered for role, key in one.things]
        if things:
            columns = np.array(things, np.int64).T
            # In the order of their index, whose pages are then written to once each.
            in_order = columns[:, np.argsort(columns[2], kind="stable")]
            insert_columns(EventThing, ("event_id", "role", "key", "time"), [*in_order])
        values = [(pk, *value) for pk, one in numbered for value in one.values]
        insert_many(EventValue, ("event_id", "name", "text", "number"), values)
        for start in range(0, len(self._declared), _AT_ONCE):
            some = self._declared[start : start + _AT_ONCE]
            Event.objects.filter(pk__in=some).update(state=EventState.DECLARED)
            self._close(some)
        self._open()
        return first

    def _close(self, declared: Sequence[int]) -> None:
        """What was opened by events that are now declared wrong is opened no more, unless another one says so too."""
        named = EventThing.objects.filter(role__in=(Role.SOURCE, Role.DESTINATION), event__in=declared)
        readers = dict(
            Party.objects.filter(key__in=named.values("key")).exclude(pk=self.party.pk).values_list("pk", "key")
        )
        if not readers:
            return
        things = EventThing.objects.filter(event__in=declared).values("key")
        said = EventThing.objects.filter(
            event__party=self.party, event__state=EventState.IN_FORCE, key=OuterRef("key"), role__lt=Role.TRANSFORMATION
        )
        for reader, key in readers.items():
            to = EventThing.objects.filter(event=OuterRef("event"), key=key, role__in=(Role.SOURCE, Role.DESTINATION))
            stale = Opened.objects.filter(owner=self.party, reader=reader, key__in=things)
            stale.filter(~Exists(said.filter(Exists(to)))).delete()

    def _open(self) -> None:
        """What the party says that it handed on, or was handed, is opened to the others that it names."""
        counted = [one for one, state in zip(self.new, self.states, strict=True) if state == EventState.IN_FORCE]
        named = {key for one in counted for key in one.named} - {self.party.key}
        readers = dict(Party.objects.filter(key__in=named).values_list("key", "pk")) if named else {}
        pairs = {
            (readers[reader], key) for one in counted for reader in one.named if reader in readers for key in one.handed
        }
        rows = [(self.party.pk, reader, key) for reader, key in sorted(pairs)]
        insert_many(Opened, ("owner_id", "reader_id", "key"), rows, "ON CONFLICT DO NOTHING")
