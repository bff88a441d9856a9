# SPDX-License-Identifier: Apache-2.0
"""Events of EPCIS as they are kept, with what finds them; how they came; whose they are and who may see them.

An event is never changed: only what a later event says of it (``state``) is noted beside it.
"""

from __future__ import annotations

from enum import IntEnum

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from shanhai.base.database.selectors import visible
from shanhai.field.traceability.models.parties import Party
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.states import Action, EventState, EventType, Role
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor


def _within(field: str, of: type[IntEnum]) -> Q:
    """A number of ``of``. As a span: Django cannot read a list of numbers back from the tables of SQLite."""
    return Q((f"{field}__gte", min(of)), (f"{field}__lte", max(of)))


class Capture(models.Model):
    """A document that came, and what became of it: a capture job of EPCIS 2.0 (section 12.6).

    ``body`` is the name of the file in the storage until it is done, ``rollback`` all or nothing (else what is good is
    kept), ``errors`` a list of {pointer, rule, message, remedy}, ``taken`` how many events were new, ``known`` how many
    were here before, ``job`` the job in the background that does it. ``success`` is None while it runs.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="captures")
    by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    success = models.BooleanField(null=True)
    rollback = models.BooleanField(default=True)
    body = models.CharField(max_length=200, blank=True)
    job = models.UUIDField(null=True)
    size = models.PositiveBigIntegerField()
    events = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at=None, success=None) | Q(finished_at__isnull=False, success__isnull=False),
                name="traceability_capture_has_an_outcome_when_finished",
            )
        ]
        indexes = [models.Index(fields=["party", "-id"], name="traceability_capture_by_party")]

    def __str__(self) -> str:
        return str(self.uuid)


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, viewer: Actor) -> EventQuerySet:
        """Those of parties in scope, of parties acted for, and those that their owners opened to these.

        An event that names us as source or destination opens what its owner said of the same things, and no more.
        """
        own = Party.objects.acted_for_by(viewer).values("pk")
        seen = visible(viewer, TracePermission.VIEW, programme="party__programme__code", place="party__place")
        opened = Opened.objects.filter(reader__in=own, owner=OuterRef("event__party"), key=OuterRef("key"))
        shared = EventThing.objects.filter(Exists(opened), event=OuterRef("pk"))
        return self.filter(seen | Q(party__in=own) | Exists(shared))

    def in_force(self) -> EventQuerySet:
        """Without those that were declared wrong, and without the declarations."""
        return self.filter(state=EventState.IN_FORCE)


class Event(models.Model):
    """One event. ``id`` is its place in the sequence of arrival; instants are microseconds since 1970 in UTC.

    ``key`` is that of the event id (``store.rules.keys.key_of``); several may share one: the event and its error
    declaration, which has state DECLARATION; the event it is about is then DECLARED. ``step``, ``disposition``,
    ``read_point`` and ``location`` are keys of the full words and canonical identifiers, 0 for none. ``digest`` is the
    SHA-256 of the hash id. ``content`` is the event as JSON, complete in itself (its ``@context`` has what it needs of
    that of its document), as it came but for the event id that it may have been given and times cut to milliseconds.
    """

    id = models.BigAutoField(primary_key=True)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="events")
    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, null=True, related_name="+")
    key = models.BigIntegerField()
    event_id = models.CharField(max_length=500)
    digest = models.BinaryField(max_length=32)
    type = models.SmallIntegerField()
    action = models.SmallIntegerField(default=Action.NONE)
    state = models.SmallIntegerField(default=EventState.IN_FORCE)
    time = models.BigIntegerField()
    recorded = models.BigIntegerField()
    step = models.BigIntegerField(default=0)
    disposition = models.BigIntegerField(default=0)
    read_point = models.BigIntegerField(default=0)
    location = models.BigIntegerField(default=0)
    content = models.TextField()

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_within("type", EventType), name="traceability_event_type_is_known"),
            models.CheckConstraint(condition=_within("action", Action), name="traceability_event_action_is_known"),
            models.CheckConstraint(
                condition=_within("state", EventState),
                name="traceability_event_state_is_known",
            ),
            models.CheckConstraint(condition=~Q(event_id=""), name="traceability_event_has_an_id"),
        ]
        indexes = [
            models.Index(fields=["key"], name="traceability_event_by_id"),
            models.Index(fields=["time", "id"], name="traceability_event_by_time"),
            models.Index(fields=["party", "time", "id"], name="traceability_event_by_party"),
            models.Index(fields=["step", "time", "id"], name="traceability_event_by_step"),
            models.Index(fields=["location", "time", "id"], name="traceability_event_by_location"),
            models.Index(fields=["recorded", "id"], name="traceability_event_by_record"),
            models.Index(fields=["party", "recorded", "id"], name="traceability_event_of_party"),
            models.Index(fields=["read_point", "time", "id"], name="traceability_event_by_point"),
            models.Index(fields=["disposition", "time", "id"], name="traceability_event_by_dispo"),
        ]

    def __str__(self) -> str:
        return self.event_id


class EventThing(models.Model):
    """A thing that an event names, in a role; ``key`` are eight bytes of its canonical identifier.

    Two identifiers may share a key: who reads compares the content. ``time`` is that of the event. Written in the
    transaction of its event, which is never deleted, and in no other: to have that checked for each of ten things would
    take PostgreSQL a third of the time that it takes to store an event.
    """

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="things", db_index=False, db_constraint=False
    )
    role = models.SmallIntegerField()
    key = models.BigIntegerField()
    time = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_within("role", Role), name="traceability_eventthing_role_is_known")
        ]
        indexes = [
            models.Index(fields=["key", "role", "time", "event"], name="traceability_thing_by_key"),
            models.Index(fields=["event", "role", "key"], name="traceability_thing_by_event"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.role} {self.key}"


class EventValue(models.Model):
    """A value within an event that queries ask for: of ILMD, extensions, sensors, error declarations.

    ``name`` is the key of its full path; ``text`` the key of a text or identifier, ``number`` a number (of a sensor in
    the base unit) or an instant in microseconds.
    """

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="values", db_index=False, db_constraint=False
    )
    name = models.BigIntegerField()
    text = models.BigIntegerField(null=True)
    number = models.FloatField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["name", "text", "event"], name="traceability_value_by_text"),
            models.Index(fields=["name", "number", "event"], name="traceability_value_by_number"),
            models.Index(fields=["event"], name="traceability_value_by_event"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.name}"


class Opened(models.Model):
    """That ``owner`` handed the thing ``key`` to ``reader``, or had it from them, by the owner's own word.

    It opens the owner's events of that thing to the reader. Never what the reader says of it to the owner.
    """

    owner = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    reader = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    key = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reader", "key", "owner"], name="traceability_opened_is_said_once"),
            models.CheckConstraint(condition=~Q(owner=F("reader")), name="traceability_opened_is_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} → {self.reader_id} {self.key}"
