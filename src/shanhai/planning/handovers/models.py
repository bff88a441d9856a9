# SPDX-License-Identifier: Apache-2.0
"""The hand-over of a batch, what holds it back, and the history of each item."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.models import Move
from shanhai.base.database.selectors import Unplaced, around, visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.parts import Status
from shanhai.kernel.subjects import Subject
from shanhai.planning.handovers import labels
from shanhai.planning.handovers.states import HandoverState, ItemState
from shanhai.planning.handovers.values import Cause, ItemKind, Responsible, ResponsibleKind


class BatchHandoverQuerySet(models.QuerySet["BatchHandover"]):
    def visible_to(self, viewer: Actor) -> BatchHandoverQuerySet:
        """Hand-overs of the programmes that the viewer may see."""
        return self.filter(around(viewer, Permission.PROGRAMME_VIEW))


class BatchHandover(models.Model):
    """What a batch passes on before it leaves on ``due_on``. ``refreshed_at`` is when its items were last compared."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey("programmes.Batch", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    state = models.CharField(max_length=10, default=HandoverState.OPEN.value)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=100)
    refreshed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=100, blank=True)

    objects = BatchHandoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch"], name="handovers_batchhandover_is_one_a_batch"),
            models.CheckConstraint(
                condition=Q(state__in=list(HandoverState)), name="handovers_batchhandover_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state=HandoverState.OPEN.value, released_at=None, released_by="")
                | (Q(state=HandoverState.RELEASED.value, released_at__isnull=False) & ~Q(released_by="")),
                name="handovers_batchhandover_release_says_who_and_when",
            ),
        ]
        indexes = [models.Index(fields=["programme", "state", "due_on"], name="handovers_by_programme")]

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.HANDOVER_STATES[HandoverState(self.state)]

    def subject(self) -> Subject:
        """The hand-over, for the trail."""
        return Subject("handovers.batchhandover", self.uuid, self.programme.code)

    def __str__(self) -> str:
        return f"{self.batch_id} {self.due_on}"


class HandoverItemQuerySet(models.QuerySet["HandoverItem"]):
    def visible_to(self, viewer: Actor) -> HandoverItemQuerySet:
        """Items in the places that the viewer may see; one without a place belongs to the whole programme."""
        return self.filter(
            visible(
                viewer,
                Permission.PROGRAMME_VIEW,
                programme="handover__programme__code",
                unplaced=Unplaced.SHARED,
                recipient="handover__programme__recipient__code",
            )
        )

    def open(self) -> HandoverItemQuerySet:
        """Items that hold the batch back."""
        return self.filter(state=ItemState.OPEN.value)

    def answered_for_by(self, ref: str) -> HandoverItemQuerySet:
        """Items of one user."""
        return self.filter(responsible_kind=ResponsibleKind.PERSON.value, responsible=ref)

    def by_responsible(self) -> HandoverItemQuerySet:
        """All of one responsible together, the longest open first."""
        return self.order_by("responsible_kind", "responsible", "kind_order", F("since").asc(nulls_last=True), "pk")


class HandoverItem(models.Model):
    """One thing that is not finished (``values.Cause``). ``kind_order`` is the place of its kind in a pack."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    handover = models.ForeignKey(BatchHandover, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=30)
    kind_order = models.PositiveSmallIntegerField()
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=100)
    label = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    place = models.CharField(max_length=6, blank=True)
    responsible_kind = models.CharField(max_length=20)
    responsible = models.CharField(max_length=200, blank=True)
    since = models.DateField(null=True)
    # A duty, a group or a name: who comes may have no account yet.
    receiver = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, default=ItemState.OPEN.value)
    waived_because = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=100, blank=True)

    objects = HandoverItemQuerySet.as_manager()
    # Of an item of a pack: who answers for it and who closed it, by name, and whether the viewer may waive it.
    name = closer = ""
    may_waive = False

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["handover", "kind", "subject_type", "subject_id"], name="handovers_handoveritem_stands_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(ItemKind)), name="handovers_handoveritem_kind_is_known"),
            models.CheckConstraint(
                condition=Q(responsible_kind=ResponsibleKind.OFFICE.value, responsible="")
                | (
                    Q(responsible_kind__in=[kind for kind in ResponsibleKind if kind != ResponsibleKind.OFFICE])
                    & ~Q(responsible="")
                ),
                name="handovers_handoveritem_names_who_is_responsible",
            ),
            models.CheckConstraint(
                condition=Q(state=ItemState.OPEN.value, closed_at=None, closed_by="", waived_because="")
                | (Q(state=ItemState.SETTLED.value, closed_at__isnull=False, waived_because="") & ~Q(closed_by=""))
                | (Q(state=ItemState.WAIVED.value, closed_at__isnull=False) & ~Q(closed_by="") & ~Q(waived_because="")),
                name="handovers_handoveritem_end_says_who_when_and_why",
            ),
            models.CheckConstraint(condition=~Q(label=""), name="handovers_handoveritem_label_is_not_empty"),
        ]
        indexes = [
            models.Index(fields=["handover", "state"], name="handovers_item_by_state"),
            models.Index(fields=["responsible_kind", "responsible", "state"], name="handovers_item_by_responsible"),
        ]

    def __str__(self) -> str:
        return self.label

    def subject(self) -> Subject:
        """The item, for the trail."""
        return Subject("handovers.handoveritem", self.uuid, self.handover.programme.code, self.place)

    def is_answered_for_by(self, ref: str) -> bool:
        """Whether the user of that reference answers for it."""
        return self.responsible_kind == ResponsibleKind.PERSON and self.responsible == ref

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.ITEM_STATES[ItemState(self.state)]

    @property
    def kind_name(self) -> str:
        """What kind of thing it is, in words."""
        return labels.KINDS[ItemKind(self.kind)]

    @property
    def next_step(self) -> str:
        """What is to be done about it, in words."""
        return labels.NEXT_STEPS[ItemKind(self.kind)]

    @property
    def answers(self) -> Responsible:
        """Who answers for it."""
        return Responsible(ResponsibleKind(self.responsible_kind), self.responsible)

    @property
    def cause(self) -> Cause:
        """The cause as it was when the item was last told."""
        return Cause(
            kind=ItemKind(self.kind),
            subject_type=self.subject_type,
            subject_id=self.subject_id,
            label=self.label,
            url=self.url,
            responsible=self.answers,
            place=self.place,
            since=self.since,
        )


class HandoverItemMove(Move):
    """One change of an item's state; the first has no ``old``."""

    item = models.ForeignKey(HandoverItem, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            Move.between(ItemState, begins=True, name="handovers_handoveritemmove_goes_from_one_known_state_to_another")
        ]
