# SPDX-License-Identifier: Apache-2.0
"""Covered codes, what was revealed of them, the signals that came of it, and what bounds trying.

A cover itself is kept nowhere: only a keyed hash of it. Of who reveals, nothing is kept but the prefecture they chose.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from shanhai.base.database.models import Move
from shanhai.base.database.selectors import visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject
from shanhai.registers.codes.models.batches import Code
from shanhai.registers.codes.permissions import CodePermission
from shanhai.registers.codes.states import SignalKind, SignalState


class Cover(models.Model):
    """That a label has a covered code, by its HMAC-SHA-256; when and where (a prefecture, or "") it was first opened.

    ``count`` is how often it was opened since, the first time included.
    """

    code = models.OneToOneField(Code, on_delete=models.CASCADE, related_name="cover")
    hashed = models.CharField(max_length=64)
    first_at = models.DateTimeField(null=True)
    first_place = models.CharField(max_length=6, blank=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first_at=None, count=0) | Q(first_at__isnull=False, count__gte=1),
                name="codes_cover_is_first_opened_at_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(first_place="") | Q(first_place__regex=r"^[1-9][0-9]{5}\Z"),
                name="codes_cover_place_is_a_division",
            ),
        ]

    def __str__(self) -> str:
        return str(self.code_id)


class Reveal(models.Model):
    """One opening of a cover: when, and the prefecture or province that was chosen, or ""."""

    cover = models.ForeignKey(Cover, on_delete=models.CASCADE, related_name="reveals", db_index=False)
    at = models.DateTimeField()
    place = models.CharField(max_length=6, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(place="") | Q(place__regex=r"^[1-9][0-9]{5}\Z"), name="codes_reveal_place_is_a_division"
            )
        ]
        indexes = [models.Index(fields=["cover", "at"], name="codes_reveal_by_cover")]

    def __str__(self) -> str:
        return f"{self.cover_id} {self.at:%Y-%m-%d}"


class SignalQuerySet(models.QuerySet["Signal"]):
    def visible_to(self, viewer: Actor) -> SignalQuerySet:
        """Those of codes in a scope in which the viewer sees codes."""
        seen = visible(viewer, CodePermission.VIEW, programme="code__batch__programme", place="code__batch__place")
        return self.filter(seen)


class Signal(models.Model):
    """What looks wrong about a code. ``facts`` are instants and division codes; ``count`` is how often it was seen."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    code = models.ForeignKey(Code, on_delete=models.CASCADE, related_name="signals")
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default=SignalState.OPEN)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)
    facts = models.JSONField(default=dict)

    objects = SignalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "kind"], condition=Q(state=SignalState.OPEN), name="codes_signal_is_open_once_of_a_code"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(SignalKind)), name="codes_signal_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=list(SignalState)), name="codes_signal_state_is_known"),
        ]
        indexes = [models.Index(fields=["first_at"], condition=Q(state=SignalState.OPEN), name="codes_signal_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.code_id}"

    def subject(self) -> Subject:
        """What closing it is about."""
        batch = self.code.batch
        return Subject("codes.signal", self.uuid, batch.programme, batch.place)


class SignalMove(Move):
    """A signal is closed, with what was found."""

    signal = models.ForeignKey(Signal, on_delete=models.CASCADE, related_name="moves")

    class Meta:
        constraints = [Move.between(SignalState, name="codes_signalmove_goes_from_one_known_state_to_another")]


class Tally(models.Model):
    """How often something was tried in an hour: ``key`` is a keyed hash of an address or a code, and of the hour.

    It is erased when the hour is over.
    """

    HOUR_S: ClassVar[int] = 3600

    key = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="codes_tally_by_end")]

    def __str__(self) -> str:
        return f"{self.count} {self.ends_at:%Y-%m-%dT%H:%M}"
