# SPDX-License-Identifier: Apache-2.0
"""Who is asked to answer, and what was sent to them. No name, number or address is kept here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.base.database.models import Move
from shanhai.kernel import ids
from shanhai.operations.hazards.models.incidents import Alert, Incident
from shanhai.operations.hazards.models.sites import OfSite
from shanhai.operations.hazards.states import CallState, DispatchState
from shanhai.operations.hazards.values import Channel


class Call(OfSite):
    """A person of the chain is asked to answer by ``due_at``; ``repeat_at`` is when they are told next, null for never.

    About an ``alert``, or where that is null about the proposal of a level. ``token`` is a hash of what the link in
    their message holds, which answers without an account. ``answered_by`` is a reference, or "" for the link itself.
    """

    site_path = "incident__site__"

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="calls")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, null=True, related_name="calls")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10)
    position = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField()
    channels = models.JSONField()
    begun_at = models.DateTimeField()
    due_at = models.DateTimeField()
    repeat_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default=CallState.WAITING)
    token = models.CharField(max_length=64, unique=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=100, blank=True)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "person"], name="hazards_call_asks_a_person_once_of_an_alert"),
            models.UniqueConstraint(
                fields=["incident", "person", "level"],
                # Once it is decided, the same level may be proposed again.
                condition=Q(alert=None, state__in=[CallState.WAITING, CallState.MISSED]),
                name="hazards_call_asks_a_person_once_of_a_proposal",
            ),
            models.CheckConstraint(condition=Q(state__in=list(CallState)), name="hazards_call_state_is_known"),
            models.CheckConstraint(condition=Q(level__range=(0, 4)), name="hazards_call_level_is_known"),
            models.CheckConstraint(
                condition=~Q(state=CallState.ANSWERED) | Q(answered_at__isnull=False),
                name="hazards_call_is_answered_at_an_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state=CallState.WAITING), name="hazards_call_waiting"),
            models.Index(fields=["repeat_at"], condition=Q(repeat_at__isnull=False), name="hazards_call_repeated"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.position}"


class CallMove(Move):
    """A call is answered, missed, or needed no more."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [Move.between(CallState, name="hazards_callmove_goes_from_one_known_state_to_another")]


class Dispatch(OfSite):
    """One message over one channel: to the person of a ``call``, or (siren) to a ``target`` (a topic) of the site.

    ``repeat`` is which message of the call it is (``calls.values.Step``). ``because`` is why it did not go, or not yet
    (``calls.values.Why``); ``reference`` is what the gateway calls it.
    """

    site_path = "incident__site__"

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="dispatches")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, null=True, related_name="dispatches")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="dispatches")
    channel = models.CharField(max_length=8)
    target = models.CharField(max_length=200, blank=True)
    repeat = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, default=DispatchState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=100, blank=True)
    because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call", "channel", "repeat"],
                condition=Q(call__isnull=False),
                name="hazards_dispatch_goes_once_over_a_channel",
            ),
            models.CheckConstraint(condition=Q(channel__in=list(Channel)), name="hazards_dispatch_channel_is_known"),
            models.CheckConstraint(condition=Q(state__in=list(DispatchState)), name="hazards_dispatch_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state=DispatchState.HANDED) | Q(handed_at__isnull=False),
                name="hazards_dispatch_is_handed_over_at_an_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state=DispatchState.WAITING), name="hazards_dispatch_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.channel}"


class DispatchMove(Move):
    """A message is handed over, given up, skipped, or tried again."""

    dispatch = models.ForeignKey(Dispatch, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [Move.between(DispatchState, name="hazards_dispatchmove_goes_from_one_known_state_to_another")]
