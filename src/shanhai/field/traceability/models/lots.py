# SPDX-License-Identifier: Apache-2.0
"""Lots, boxes and animals of a chain, what was recorded of them, and the papers about them.

Weights are whole grams. A record is never changed: it is declared wrong, and another stands for it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from shanhai.base.database.models import Move
from shanhai.base.database.selectors import visible
from shanhai.field.traceability.models.chains import Permit, ProductClass, Zone
from shanhai.field.traceability.models.events import Event
from shanhai.field.traceability.models.parties import PROVENANCES, Party
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.states import FindingKind, LotKind, LotState, Part, ReportKind
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject


class LotQuerySet(models.QuerySet["Lot"]):
    def visible_to(self, viewer: Actor) -> LotQuerySet:
        """Those made or held in a scope in which the viewer sees all, and those that their parties had in hand."""
        own = Party.objects.acted_for_by(viewer).values("pk")
        made = visible(viewer, TracePermission.VIEW, programme="made_by__programme__code", place="made_by__place")
        held = visible(viewer, TracePermission.VIEW, programme="held_by__programme__code", place="held_by__place")
        handled = Exists(Record.objects.filter(lots__lot=OuterRef("pk"), party__in=own))
        here = Q(made_by__in=own) | Q(held_by__in=own) | Q(on_way_to__in=own)
        return self.filter(made | held | here | handled)


class Lot(models.Model):
    """A quantity with a code of its own, a box, an animal or a carcass.

    ``code`` are the signs of its own code (``/x/<kind>/<code>``), ``identifier`` the address by which events name it,
    ``key`` the eight bytes of that. ``grams`` is what it weighed when it was made, 0 for an animal, ``left`` what of
    it was not used yet, ``short`` how much more was used than it weighed, since its weight was corrected. ``pieces``
    are counted, 0 where nobody did. ``facts`` are what its step says of it (grade, cut, tag). ``on_way_to`` is who is
    to receive it. ``shipped_at`` is when it first left who made it, ``sold_at`` when it went to a buyer.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    kind = models.CharField(max_length=8)
    code = models.CharField(max_length=40, unique=True)
    identifier = models.CharField(max_length=200, unique=True)
    key = models.BigIntegerField(unique=True)
    product_class = models.ForeignKey(ProductClass, on_delete=models.PROTECT, related_name="lots")
    step = models.CharField(max_length=40)
    made_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="lots_made")
    held_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="lots")
    on_way_to = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="lots_coming")
    state = models.CharField(max_length=10, default=LotState.HERE)
    grams = models.PositiveBigIntegerField()
    left = models.PositiveBigIntegerField()
    short = models.PositiveBigIntegerField(default=0)
    pieces = models.PositiveIntegerField(default=0)
    facts = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    expires_on = models.DateField(null=True)
    shipped_at = models.DateTimeField(null=True)
    sold_at = models.DateTimeField(null=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = LotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(LotKind)), name="traceability_lot_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=list(LotState)), name="traceability_lot_state_is_known"),
            models.CheckConstraint(
                condition=Q(kind=LotKind.ANIMAL, grams=0) | (~Q(kind=LotKind.ANIMAL) & Q(grams__gt=0)),
                name="traceability_lot_weighs_something_unless_it_lives",
            ),
            models.CheckConstraint(
                condition=Q(left__lte=F("grams")), name="traceability_lot_has_no_more_left_than_it_weighed"
            ),
            models.CheckConstraint(
                condition=Q(short=0) | Q(left=0), name="traceability_lot_is_short_only_with_nothing_left"
            ),
            models.CheckConstraint(
                condition=Q(on_way_to=None) | ~Q(on_way_to=F("held_by")),
                name="traceability_lot_is_on_its_way_to_another",
            ),
            models.CheckConstraint(
                condition=~Q(state=LotState.ON_WAY) | Q(on_way_to__isnull=False),
                name="traceability_lot_on_its_way_names_who_receives_it",
            ),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="traceability_lot_provenance_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["held_by", "state", "-id"], name="traceability_lot_by_holder"),
            models.Index(fields=["made_by", "-id"], name="traceability_lot_by_maker"),
        ]

    def __str__(self) -> str:
        return self.code

    def subject(self) -> Subject:
        """What acts on it are about."""
        return Subject("traceability.lot", self.uuid, self.made_by.programme.code, self.made_by.place)


class LotMove(Move):
    """A lot goes on its way, arrives, is used up, sold, held, recalled, released."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [Move.between(LotState, name="traceability_lotmove_goes_from_one_known_state_to_another")]


class RecordQuerySet(models.QuerySet["Record"]):
    def visible_to(self, viewer: Actor) -> RecordQuerySet:
        """Those of parties in a scope in which the viewer sees all, and of parties for which they record."""
        seen = visible(viewer, TracePermission.VIEW, programme="party__programme__code", place="party__place")
        return self.filter(seen | Q(party__in=Party.objects.acted_for_by(viewer)))

    def in_force(self) -> RecordQuerySet:
        """Without those that were declared wrong."""
        return self.filter(wrong_at=None)


class Record(models.Model):
    """A step that a party recorded, once for each ``form_id``; ``events`` are what it said by the standard.

    ``fields`` are what was typed, ``permit_grams`` what counts against the permit (fresh). ``lost`` is what went in
    and did not come out. ``other`` is to whom it was sent, or from whom it was received. One that was wrong names when
    and why; ``corrects`` is the one that it stands for. ``codes`` is the batch of codes that its lots bear (uuid).
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    form_id = models.UUIDField()
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="records")
    product_class = models.ForeignKey(ProductClass, on_delete=models.PROTECT, related_name="records")
    step = models.CharField(max_length=40)
    fields = models.JSONField(default=dict)
    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, null=True, related_name="records")
    permit_grams = models.PositiveBigIntegerField(default=0)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, null=True, related_name="+")
    lost = models.PositiveBigIntegerField(default=0)
    codes = models.UUIDField(null=True)
    other = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)
    events = models.ManyToManyField(Event, related_name="records")
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")
    wrong_at = models.DateTimeField(null=True)
    wrong_by = models.CharField(max_length=100, blank=True)
    wrong_because = models.CharField(max_length=500, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "form_id"], name="traceability_record_is_kept_once_for_a_form"),
            models.CheckConstraint(
                condition=Q(wrong_at=None, wrong_by="", wrong_because="")
                | (Q(wrong_at__isnull=False) & ~Q(wrong_by="") & ~Q(wrong_because="")),
                name="traceability_record_is_wrong_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["party", "-happened_at"], name="traceability_record_by_party")]

    def __str__(self) -> str:
        return f"{self.step} {self.uuid}"

    def subject(self) -> Subject:
        """What acts on it are about."""
        return Subject("traceability.record", self.uuid, self.party.programme.code, self.party.place)


class RecordLot(models.Model):
    """What a lot was to a record, and how many grams of it; ``undone`` when the record was declared wrong."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="lots")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="records")
    part = models.CharField(max_length=6)
    grams = models.PositiveBigIntegerField(default=0)
    undone = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "lot", "part"], name="traceability_recordlot_is_said_once"),
            models.UniqueConstraint(
                fields=["lot"], condition=Q(part=Part.MADE, undone=False), name="traceability_recordlot_made_once"
            ),
            models.UniqueConstraint(
                fields=["lot"],
                condition=Q(part=Part.USED, grams=0, undone=False),
                name="traceability_recordlot_animal_is_slaughtered_once",
            ),
            models.CheckConstraint(condition=Q(part__in=list(Part)), name="traceability_recordlot_part_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.part} {self.lot_id}"


class EarTag(models.Model):
    """The number that an animal wears or wore (15 digits); a number is never given again."""

    number = models.CharField(max_length=15, unique=True)
    animal = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="tags")
    fitted_on = models.DateField()
    removed_on = models.DateField(null=True)
    because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["animal"], condition=Q(removed_on=None), name="traceability_eartag_is_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[123][0-9]{14}\Z"), name="traceability_eartag_has_fifteen_digits"
            ),
            models.CheckConstraint(
                condition=Q(removed_on=None) | (Q(removed_on__gte=F("fitted_on")) & ~Q(because="")),
                name="traceability_eartag_is_removed_for_a_reason",
            ),
        ]
        ordering = ["fitted_on", "pk"]

    def __str__(self) -> str:
        return self.number


class TestReport(models.Model):
    """A paper about lots: what was measured (``values``: {item: text of a number}), or which ear tags it quotes.

    ``undone`` when the record that brought it was declared wrong.
    """

    __test__ = False  # Not a test case.

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="reports")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=10)
    number = models.CharField(max_length=60)
    issuer = models.CharField(max_length=100)
    issued_on = models.DateField()
    values = models.JSONField(default=dict)
    passed = models.BooleanField()
    undone = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "lot", "kind"], name="traceability_testreport_is_said_once"),
            models.CheckConstraint(
                condition=Q(kind__in=list(ReportKind)), name="traceability_testreport_kind_is_known"
            ),
        ]
        ordering = ["issued_on", "pk"]

    def __str__(self) -> str:
        return self.number


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, viewer: Actor) -> FindingQuerySet:
        """Those of parties in a scope in which the viewer sees all, and of parties for which they record."""
        seen = visible(viewer, TracePermission.VIEW, programme="party__programme__code", place="party__place")
        return self.filter(seen | Q(party__in=Party.objects.acted_for_by(viewer))).select_related("lot")


class Finding(models.Model):
    """What does not add up about a lot, or changed behind it, told to a party until somebody there answers."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="findings")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="findings")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=16)
    expected = models.BigIntegerField(default=0)
    found = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=100, blank=True)
    answer = models.CharField(max_length=500, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(FindingKind)), name="traceability_finding_kind_is_known"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by="", answer="")
                | (Q(answered_at__isnull=False) & ~Q(answered_by="") & ~Q(answer="")),
                name="traceability_finding_is_answered_in_words",
            ),
        ]
        indexes = [models.Index(fields=["party", "answered_at"], name="traceability_finding_by_party")]

    def __str__(self) -> str:
        return f"{self.kind} {self.lot_id}"

    def subject(self) -> Subject:
        """What acts on it are about."""
        return Subject("traceability.finding", self.uuid, self.party.programme.code, self.party.place)
