# SPDX-License-Identifier: Apache-2.0
"""Events and their deliveries, one delivery per subscriber."""

from django.db import models

from shanhai.kernel import ids


class Event(models.Model):
    """Something that happened: a dotted past-tense ``name`` and a payload of plain values, never personal data."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    name = models.CharField(max_length=100, db_index=True)
    payload = models.JSONField()
    happened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.uuid}"


class Delivery(models.Model):
    """One event for one subscriber. Open until ``delivered_at`` or ``given_up_at`` is set."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(max_length=100)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="outbox_delivery_once_per_subscriber"),
            models.CheckConstraint(
                condition=models.Q(delivered_at=None) | models.Q(given_up_at=None),
                name="outbox_delivery_is_not_both_delivered_and_given_up",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                name="outbox_delivery_open",
                condition=models.Q(delivered_at=None, given_up_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.subscriber}"
