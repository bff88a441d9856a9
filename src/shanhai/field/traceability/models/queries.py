# SPDX-License-Identifier: Apache-2.0
"""Questions that a party keeps under a name, who is told of new answers, and what is on its way to them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.field.traceability.models.parties import Party
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject


class NamedQueryQuerySet(models.QuerySet["NamedQuery"]):
    def visible_to(self, viewer: Actor) -> NamedQueryQuerySet:
        """Those of the parties that the viewer acts for."""
        return self.filter(party__in=Party.objects.acted_for_by(viewer).values("pk"))


class NamedQuery(models.Model):
    """A query of EPCIS that a party keeps: ``query`` are its parameters as JSON, ``names`` the namespaces they use."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="queries")
    name = models.CharField(max_length=100)
    query = models.JSONField()
    names = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)

    objects = NamedQueryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "name"], name="traceability_namedquery_has_a_name_of_its_own"),
            models.CheckConstraint(condition=~Q(name=""), name="traceability_namedquery_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def subject(self) -> Subject:
        """The query as the trail names it."""
        of = self.party.subject()
        return Subject("traceability.query", self.uuid, of.programme, of.place)


class Subscription(models.Model):
    """That new answers to a query go to ``dest``: at the times of ``schedule``, or whenever events come (``stream``).

    ``cursor`` is the place in the sequence up to which events were looked at, ``since`` the record time (microseconds)
    before which none goes. ``due_at`` is when it is looked at next; None waits for events. ``batch`` events go at a
    time. ``problem`` is the code of the fault that was told last. Stopped, nothing more goes; ``because`` says why.
    ``made_by`` is the actor whose view of the events it has.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    query = models.ForeignKey(NamedQuery, on_delete=models.CASCADE, related_name="subscriptions")
    dest = models.CharField(max_length=1000)
    secret = models.CharField(max_length=500, blank=True)
    stream = models.BooleanField()
    schedule = models.JSONField(default=dict, blank=True)
    report_if_empty = models.BooleanField(default=False)
    epc_format = models.CharField(max_length=30)
    initial = models.DateTimeField(null=True)
    since = models.BigIntegerField(default=0)
    cursor = models.BigIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    batch = models.PositiveSmallIntegerField()
    notified_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=100, blank=True)
    stopped_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(batch__gte=1), name="traceability_subscription_sends_some_at_a_time"),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | ~Q(because=""), name="traceability_subscription_says_why_it_stopped"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="traceability_subscription_due", condition=Q(stopped_at=None))]

    def __str__(self) -> str:
        return str(self.uuid)

    def subject(self) -> Subject:
        """The subscription as the trail names it."""
        of = self.query.party.subject()
        return Subject("traceability.subscription", self.uuid, of.programme, of.place)


class Delivery(models.Model):
    """One letter to a subscriber that is not yet there: ``events`` by their places in the sequence, or a ``problem``.

    The oldest of a subscription goes first, the others wait for it; what has arrived is deleted. ``next_at`` is when it
    is tried (again): while somebody is at it, when their claim has run out.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    events = models.JSONField(default=list)
    problem = models.JSONField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    because = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="traceability_delivery_due")]

    def __str__(self) -> str:
        return str(self.uuid)
