# SPDX-License-Identifier: Apache-2.0
"""Kinds of honour, who is nominated, what was said against it, the register."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.models import Move
from shanhai.base.database.selectors import visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.parts import Status
from shanhai.kernel.subjects import Subject
from shanhai.team.contests import labels
from shanhai.team.contests.permissions import ContestPermission
from shanhai.team.contests.states import LIVE_HONOURS, HonourState

_LIVE = [state.value for state in HonourState if state in LIVE_HONOURS]


class HonourKind(models.Model):
    """A kind of honour of a programme, in force from a day until a day (exclusive)."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    for_group = models.BooleanField()
    quota = models.PositiveSmallIntegerField()
    notice_days = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name", "valid_from"], name="contests_honourkind_begins_once_on_a_day"
            ),
            models.CheckConstraint(
                condition=Q(quota__gte=1, notice_days__gte=1) & ~Q(name="") & ~Q(source=""),
                name="contests_honourkind_is_possible",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class HonourQuerySet(models.QuerySet["Honour"]):
    def visible_to(self, viewer: Actor) -> HonourQuerySet:
        """Those of the programmes in which the viewer sees honours."""
        return self.filter(visible(viewer, ContestPermission.VIEW, programme="programme__code", place=None))


class Honour(models.Model):
    """A person or a group is to be honoured for a year; noticed until ``notice_until`` (exclusive)."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    kind = models.ForeignKey(HonourKind, on_delete=models.PROTECT, related_name="+")
    kind_name = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="+")
    group = models.ForeignKey("programmes.WorkGroup", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, default=HonourState.NOMINATED.value)
    nominated_at = models.DateTimeField()
    nominated_by = models.CharField(max_length=100)
    decided_by = models.CharField(max_length=100, blank=True)
    notice_from = models.DateField(null=True)
    notice_until = models.DateField(null=True)
    number = models.PositiveSmallIntegerField(null=True)
    granted_on = models.DateField(null=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = HonourQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(HonourState)), name="contests_honour_state_is_known"),
            models.CheckConstraint(
                condition=Q(person=None, group__isnull=False) | Q(person__isnull=False, group=None),
                name="contests_honour_is_a_person_s_or_a_group_s",
            ),
            models.UniqueConstraint(
                fields=["programme", "kind_name", "year", "person"],
                condition=Q(state__in=_LIVE, person__isnull=False),
                name="contests_honour_of_a_person_once_a_year",
            ),
            models.UniqueConstraint(
                fields=["programme", "kind_name", "year", "group"],
                condition=Q(state__in=_LIVE, group__isnull=False),
                name="contests_honour_of_a_group_once_a_year",
            ),
            models.UniqueConstraint(
                fields=["programme", "year", "number"], name="contests_honour_number_is_there_once"
            ),
            models.CheckConstraint(
                condition=Q(state=HonourState.GRANTED.value, number__isnull=False, granted_on__gte=F("notice_until"))
                | (~Q(state=HonourState.GRANTED.value) & Q(number=None, granted_on=None)),
                name="contests_honour_is_granted_after_its_notice",
            ),
            models.CheckConstraint(
                condition=Q(decided_by="") | ~Q(decided_by=F("nominated_by")),
                name="contests_honour_is_decided_by_another",
            ),
        ]
        indexes = [models.Index(fields=["programme", "year", "state"], name="contests_honour_by_year")]

    def __str__(self) -> str:
        return f"{self.kind_name} {self.year}"

    def subject(self) -> Subject:
        """The honour, for the trail."""
        return Subject("contests.honour", self.uuid, self.programme.code)

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.HONOUR_STATES[HonourState(self.state)]

    @property
    def numbered(self) -> str:
        """Its number in the register, as on its certificate: year and three digits; "" before it is granted."""
        return f"{self.year}-{self.number:03}" if self.number else ""

    @property
    def whose(self) -> str:
        """The name of the person or the group; "" for somebody erased."""
        return self.person.name if self.person else str(self.group)


class HonourMove(Move):
    """A step on an honour's way."""

    honour = models.ForeignKey(Honour, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            Move.between(HonourState, begins=True, name="contests_honourmove_goes_from_one_known_state_to_another")
        ]


class Objection(models.Model):
    """What somebody says against an honour while it is noticed; read by who decides alone."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    honour = models.ForeignKey(Honour, on_delete=models.PROTECT, related_name="objections")
    words = models.CharField(max_length=500)
    raised_at = models.DateTimeField()
    raised_by = models.CharField(max_length=100)
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="contests_objection_is_not_empty"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by="") | (~Q(answer="") & ~Q(answered_by="")),
                name="contests_objection_says_who_answered",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)
