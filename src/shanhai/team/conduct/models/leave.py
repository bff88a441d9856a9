# SPDX-License-Identifier: Apache-2.0
"""Leave: its kinds, local holidays and rules as data; each leave with its approvals and its way."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.models import Move, NoOverlap
from shanhai.base.database.selectors import own, visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.parts import Status
from shanhai.kernel.subjects import Subject
from shanhai.team.conduct import labels
from shanhai.team.conduct.permissions import LeavePermission
from shanhai.team.conduct.states import HOLDING, LeaveState
from shanhai.team.conduct.values import Counts, Level, LevelRule

# Of a level the permission that approves.
OF_LEVEL = {
    Level.LEAD: LeavePermission.LEAD,
    Level.OFFICE: LeavePermission.OFFICE,
    Level.COMMAND: LeavePermission.COMMAND,
}


class LeaveKind(models.Model):
    """A kind of leave of a programme, in force from a day until a day (exclusive).

    ``days_a_year`` is None for a kind without a balance (sick leave, duty trips). ``source`` says where it stands.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    counts = models.CharField(max_length=10)
    days_a_year = models.PositiveSmallIntegerField(null=True)
    notice_days = models.PositiveSmallIntegerField(default=0)
    needs_stand_in = models.BooleanField(default=True)
    source = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name", "valid_from"], name="conduct_leavekind_begins_once_on_a_day"
            ),
            models.CheckConstraint(condition=Q(counts__in=list(Counts)), name="conduct_leavekind_counts_known_days"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="conduct_leavekind_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(source=""), name="conduct_leavekind_has_a_name_and_a_source"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LocalHoliday(models.Model):
    """A day of the region that is free (Tibetan New Year, Corban), or worked instead; it comes before the calendar."""

    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    works = models.BooleanField(default=False)
    name = models.CharField(max_length=40)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "day"], name="conduct_localholiday_is_said_once"),
            models.CheckConstraint(condition=~Q(source=""), name="conduct_localholiday_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class LeaveRule(models.Model):
    """From how many days on, or in which months, a level approves; ``months`` are numbers parted by commas."""

    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=10)
    from_days = models.PositiveSmallIntegerField()
    months = models.CharField(max_length=30, blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "level"], name="conduct_leaverule_is_one_a_level"),
            models.CheckConstraint(condition=Q(level__in=list(Level)), name="conduct_leaverule_level_is_known"),
            models.CheckConstraint(
                condition=Q(months__regex=r"^(([1-9]|1[0-2])(,([1-9]|1[0-2]))*)?\Z"),
                name="conduct_leaverule_months_are_months",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.from_days}"

    def as_rule(self) -> LevelRule:
        """What the rules of counting take."""
        months = frozenset(int(one) for one in self.months.split(",") if one)
        return LevelRule(Level(self.level), self.from_days, months)


class LeaveQuerySet(models.QuerySet["Leave"]):
    def visible_to(self, viewer: Actor) -> LeaveQuerySet:
        """One's own, and those in the scopes in which the viewer approves."""
        seen = own(viewer, "secondment__person__user")
        for permission in OF_LEVEL.values():
            seen |= visible(viewer, permission, programme="programme__code")
        return self.filter(seen)

    def holding(self) -> LeaveQuerySet:
        """Those whose days are gone from the balance."""
        return self.filter(state__in=[state.value for state in HOLDING])


class Leave(models.Model):
    """Somebody seconded is away from ``since`` (first day) until ``until`` (exclusive).

    ``days`` count against the balance as they were counted, by ``by_year``: a JSON object of year to days. ``person``
    is the secondment's, for the constraint's sake. ``back_on`` is the first day on which they were here again.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=6)
    secondment = models.ForeignKey("secondments.Secondment", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.ForeignKey(LeaveKind, on_delete=models.PROTECT, related_name="+")
    stand_in = models.ForeignKey("secondments.Secondment", on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateField()
    until = models.DateField()
    days = models.PositiveSmallIntegerField()
    by_year = models.JSONField()
    provisional = models.BooleanField()
    where = models.CharField(max_length=100)
    # The division's code, where it is known; "" elsewhere.
    to_place = models.CharField(max_length=6, blank=True)
    altitude_m = models.IntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, default=LeaveState.ASKED.value)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=100)
    back_on = models.DateField(null=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        constraints = [
            NoOverlap(
                keys=("person_id",),
                since="since",
                until="until",
                condition=Q(state__in=[state.value for state in LeaveState if state in HOLDING]),
                name="conduct_leave_is_the_only_one_of_a_person",
            ),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="conduct_leave_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(state__in=list(LeaveState)), name="conduct_leave_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=LeaveState.BACK.value, back_on__isnull=False)
                | (~Q(state=LeaveState.BACK.value) & Q(back_on=None)),
                name="conduct_leave_says_when_somebody_came_back",
            ),
            models.CheckConstraint(condition=~Q(where=""), name="conduct_leave_says_where"),
            models.CheckConstraint(
                condition=Q(altitude_m=None) | Q(altitude_m__range=(-200, 9000)),
                name="conduct_leave_altitude_is_possible",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "state", "until"], name="conduct_leave_by_state"),
            models.Index(fields=["person", "since"], name="conduct_leave_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.secondment_id} {self.since}"

    def subject(self) -> Subject:
        """The leave, for the trail."""
        return Subject("conduct.leave", self.uuid, self.programme.code, self.place)

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.LEAVE_STATES[LeaveState(self.state)]


class LeaveApproval(models.Model):
    """A level of a leave's chain, and what it has decided; the lowest that has not is the one whose turn it is."""

    leave = models.ForeignKey(Leave, on_delete=models.PROTECT, related_name="approvals")
    position = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=10)
    passed = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["leave", "position"], name="conduct_leaveapproval_has_a_place_of_its_own"),
            models.CheckConstraint(condition=Q(level__in=list(Level)), name="conduct_leaveapproval_level_is_known"),
            models.CheckConstraint(
                condition=Q(passed=None, decided_at=None, decided_by="")
                | (Q(passed__isnull=False, decided_at__isnull=False) & ~Q(decided_by="")),
                name="conduct_leaveapproval_says_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leave_id} {self.level}"

    @property
    def level_name(self) -> str:
        """The level in words."""
        return labels.LEVELS[Level(self.level)]


class LeaveMove(Move):
    """A step on a leave's way."""

    leave = models.ForeignKey(Leave, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            Move.between(LeaveState, begins=True, name="conduct_leavemove_goes_from_one_known_state_to_another")
        ]
