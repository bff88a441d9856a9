# SPDX-License-Identifier: Apache-2.0
"""What people do about a site: incidents with their moves, minutes, alerts, patrols; and shifts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.models import Move
from shanhai.base.database.selectors import visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject
from shanhai.operations.hazards.models.sites import HazardSite, OfSite
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.states import OPEN, HandoverState, IncidentState, PatrolState


class Incident(OfSite):
    """A rising site and what was done, in earnest or as an ``exercise``.

    ``proposed`` is the level that is proposed now, null when nothing is, by whom and why; ``expected_at`` the instant
    for which the danger is expected, where somebody knows one. ``version`` grows with each proposal and each decision:
    who decides says which one they saw.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    site = models.ForeignKey(HazardSite, on_delete=models.PROTECT, related_name="incidents")
    exercise = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default=IncidentState.PROPOSED)
    proposed = models.PositiveSmallIntegerField(null=True)
    proposed_at = models.DateTimeField(null=True)
    proposed_by = models.CharField(max_length=100, blank=True)
    proposed_because = models.TextField(blank=True)
    reasons = models.JSONField(default=list)
    expected_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "exercise"],
                condition=Q(state__in=list(OPEN)),
                name="hazards_incident_one_is_open_at_a_site",
            ),
            models.CheckConstraint(condition=Q(state__in=list(IncidentState)), name="hazards_incident_state_is_known"),
            models.CheckConstraint(
                condition=Q(proposed=None, proposed_at=None, proposed_by="")
                | (Q(proposed__range=(1, 4), proposed_at__isnull=False) & ~Q(proposed_by="")),
                name="hazards_incident_proposal_says_what_when_and_who",
            ),
        ]
        indexes = [models.Index(fields=["state", "moved_at"], name="hazards_incident_open")]

    def __str__(self) -> str:
        return f"{self.site_id} {self.state}"

    def subject(self) -> Subject:
        """What acts on it are about."""
        return Subject("hazards.incident", self.uuid, self.site.programme.code, self.site.place)


class IncidentMove(Move):
    """A step of an incident."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            Move.between(IncidentState, name="hazards_incidentmove_goes_from_one_known_state_to_another", begins=True)
        ]


class Proposal(OfSite):
    """A level that was proposed, as it was: what the incident says of it is gone once it is decided."""

    site_path = "incident__site__"

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="proposals")
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    level = models.PositiveSmallIntegerField()
    because = models.TextField()
    reasons = models.JSONField(default=list)
    expected_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(1, 4)), name="hazards_proposal_level_is_known"),
        ]
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.level}"


class Consultation(models.Model):
    """The minutes of what was decided: who took part by duty, what they said, which level (0: lift or dismiss)."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="consultations")
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    level = models.PositiveSmallIntegerField()
    attendees = models.TextField()
    opinion = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(0, 4)), name="hazards_consultation_level_is_known"),
            models.CheckConstraint(
                condition=~Q(attendees="") & ~Q(opinion=""), name="hazards_consultation_says_who_and_what"
            ),
        ]
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.level}"


class Alert(OfSite):
    """A CAP message as it was published; ``xml`` is served byte for byte, ``follows`` is what it updates or cancels.

    ``level`` is 0 for a Cancel. All are public; those of drills stand apart, in a feed of their own, and say so.
    """

    site_path = "incident__site__"

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="alerts")
    identifier = models.CharField(max_length=120, unique=True)
    sender = models.CharField(max_length=120)
    sent = models.DateTimeField()
    expires = models.DateTimeField()
    message_type = models.CharField(max_length=10)
    exercise = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField()
    headline = models.CharField(max_length=200)
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    xml = models.TextField()
    signed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(message_type__in=("Alert", "Update", "Cancel")), name="hazards_alert_type_is_known"
            ),
            models.CheckConstraint(condition=Q(expires__gt=F("sent")), name="hazards_alert_expires_after_it_is_sent"),
            models.CheckConstraint(
                condition=Q(message_type="Alert", follows=None) | (~Q(message_type="Alert") & Q(follows__isnull=False)),
                name="hazards_alert_refers_to_what_it_changes",
            ),
            models.UniqueConstraint(fields=["follows"], name="hazards_alert_is_followed_by_one"),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(follows=None), name="hazards_alert_begins_once_of_an_incident"
            ),
        ]
        indexes = [models.Index(fields=["-sent"], name="hazards_alert_by_time")]

    def __str__(self) -> str:
        return self.identifier

    def subject(self) -> Subject:
        """What acts on it are about."""
        site = self.incident.site
        return Subject("hazards.alert", self.identifier, site.programme.code, site.place)


class Patrol(OfSite):
    """Somebody is to look at a site by ``due_at``; ``found`` is what they saw."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    site = models.ForeignKey(HazardSite, on_delete=models.PROTECT, related_name="patrols")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="patrols")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="+")
    task = models.TextField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=PatrolState.OPEN)
    found = models.TextField(blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(PatrolState)), name="hazards_patrol_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state=PatrolState.DONE) | ~Q(found=""), name="hazards_patrol_says_what_was_found"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="hazards_patrol_open")]

    def __str__(self) -> str:
        return f"{self.site_id} {self.due_at}"

    def subject(self) -> Subject:
        """What acts on it are about."""
        return Subject("hazards.patrol", self.uuid, self.site.programme.code, self.site.place)


class PatrolMove(Move):
    """A patrol is ordered, done, or dropped."""

    patrol = models.ForeignKey(Patrol, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            Move.between(PatrolState, name="hazards_patrolmove_goes_from_one_known_state_to_another", begins=True)
        ]


class DutyHandoverQuerySet(models.QuerySet["DutyHandover"]):
    def visible_to(self, viewer: Actor, permission: str = HazardPermission.VIEW) -> DutyHandoverQuerySet:
        """Those of programmes and places in which the viewer holds ``permission``."""
        return self.filter(visible(viewer, permission, programme="programme__code"))


class DutyHandover(models.Model):
    """A shift ends: what stood then (``snapshot``), what is to be known, and who took it."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=6, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    words = models.TextField()
    snapshot = models.JSONField()
    state = models.CharField(max_length=10, default=HandoverState.OFFERED)
    taken_at = models.DateTimeField(null=True)
    taken_by = models.CharField(max_length=100, blank=True)

    objects = DutyHandoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=list(HandoverState)), name="hazards_dutyhandover_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state=HandoverState.OFFERED, taken_at=None, taken_by="")
                | (Q(state=HandoverState.TAKEN, taken_at__isnull=False) & ~Q(taken_by="") & ~Q(taken_by=F("by"))),
                name="hazards_dutyhandover_is_taken_by_another",
            ),
            models.UniqueConstraint(
                fields=["programme", "place"],
                condition=Q(state=HandoverState.OFFERED),
                name="hazards_dutyhandover_one_waits_at_a_time",
            ),
        ]
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.at}"

    def subject(self) -> Subject:
        """What acts on it are about."""
        return Subject("hazards.dutyhandover", self.uuid, self.programme.code, self.place)
