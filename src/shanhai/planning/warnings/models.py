# SPDX-License-Identifier: Apache-2.0
"""Warnings and their history."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import Promise

from shanhai.base.database.selectors import visible, within
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message
from shanhai.kernel.parts import Status
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.warnings import labels
from shanhai.planning.warnings.rules.catalogue import ACTED_ON_UNDER, CATALOGUE, ENDED_BY_WORDS, Rule
from shanhai.planning.warnings.rules.findings import from_json
from shanhai.planning.warnings.states import Action, Ending, Happened, WarningState
from shanhai.planning.warnings.values import SubjectKind


class EarlyWarningQuerySet(models.QuerySet["EarlyWarning"]):
    def visible_to(self, viewer: Actor) -> EarlyWarningQuerySet:
        """Warnings within the scopes in which the viewer may see projects."""
        return self.filter(visible(viewer, ProjectPermission.VIEW, programme="programme__code"))

    def for_action_by(self, viewer: Actor) -> EarlyWarningQuerySet:
        """Warnings whose rule looks to the viewer: the viewer holds its permission there."""
        asked = Q(pk__in=[])
        for permission, keys in ACTED_ON_UNDER.items():
            asked |= Q(rule__in=keys) & visible(viewer, permission, programme="programme__code")
        return self.filter(asked)

    def for_judging_by(self, viewer: Actor) -> EarlyWarningQuerySet:
        """Warnings that somebody else has explained, of rules that let the viewer be content with words."""
        explained = self.filter(state=WarningState.ACTED, action=Action.EXPLAINED, rule__in=ENDED_BY_WORDS)
        return explained.filter(visible(viewer, ProgrammePermission.MANAGE, programme="programme__code")).exclude(
            acted_by=viewer.ref
        )

    def in_place(self, code: str) -> EarlyWarningQuerySet:
        """Warnings about things in that division."""
        return self.filter(within(code))


class EarlyWarning(models.Model):
    """A rule holds for a thing. ``standing`` as long as it does, also after somebody has dismissed the warning.

    ``why`` holds the numbers of the rule's sentence, ``acts`` how often somebody has acted; ``acted_…`` and ``words``
    tell of the last time. ``since_on`` is the day from which the rule holds, as far as that can be told, else the day
    it was noticed.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    # The constraint and the index below begin with it.
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+", db_index=False)
    place = models.CharField(max_length=6, blank=True)
    rule = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=20)
    subject = models.UUIDField()
    label = models.CharField(max_length=300)
    why = models.JSONField(default=dict)
    since_on = models.DateField()
    raised_on = models.DateField()
    standing = models.BooleanField(default=True)
    state = models.CharField(max_length=10, default=WarningState.OPEN.value)
    acts = models.PositiveIntegerField(default=0)
    acted_at = models.DateTimeField(null=True)
    acted_by = models.CharField(max_length=100, blank=True)
    action = models.CharField(max_length=20, blank=True)
    words = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=20, blank=True)

    objects = EarlyWarningQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "rule", "subject"],
                condition=Q(standing=True),
                name="warnings_earlywarning_is_raised_once_as_long_as_it_holds",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(WarningState)), name="warnings_earlywarning_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(subject_kind__in=list(SubjectKind)), name="warnings_earlywarning_subject_kind_is_known"
            ),
            models.CheckConstraint(condition=~Q(label=""), name="warnings_earlywarning_names_its_subject"),
            models.CheckConstraint(
                condition=Q(acts=0, acted_at=None, acted_by="", action="", words="")
                | (
                    Q(acts__gte=1, acted_at__isnull=False, action__in=list(Action))
                    & ~Q(acted_by="")
                    & ~Q(words="")
                    & ~Q(state=WarningState.OPEN.value)
                ),
                name="warnings_earlywarning_action_says_who_when_and_what",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, ending="") & ~Q(state=WarningState.CLOSED.value)
                | Q(state=WarningState.CLOSED.value, closed_at__isnull=False, ending__in=list(Ending)),
                name="warnings_earlywarning_end_says_when_and_how",
            ),
            models.CheckConstraint(
                condition=Q(standing=True) & ~Q(ending=Ending.FACT_GONE.value)
                | Q(standing=False, state=WarningState.CLOSED.value),
                name="warnings_earlywarning_stands_until_its_fact_is_gone",
            ),
            models.CheckConstraint(
                condition=~Q(ending=Ending.DISMISSED.value) | Q(action=Action.DISMISSED.value),
                name="warnings_earlywarning_is_dismissed_only_by_an_action",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "state", "place"], name="warnings_by_state_and_place"),
            models.Index(fields=["subject", "rule"], name="warnings_by_subject"),
        ]

    @property
    def its_rule(self) -> Rule[Any]:
        """The rule that holds."""
        return CATALOGUE[self.rule]

    @property
    def sentence(self) -> Message:
        """Why, with its numbers."""
        return self.its_rule.say(self.its_rule.why, from_json(self.why))

    @property
    def status(self) -> tuple[Status, Promise]:
        """Its state by mark and word."""
        return labels.STATES[WarningState(self.state)]

    @property
    def severity(self) -> tuple[Status, Promise]:
        """How grave its rule is, by mark and word."""
        return labels.SEVERITIES[self.its_rule.severity]

    @property
    def who(self) -> tuple[Promise, ...]:
        """The roles whose turn it is, by name."""
        return labels.who_acts(self.its_rule.acts)

    @property
    def url(self) -> str:
        """The page of what it is about."""
        if self.subject_kind == SubjectKind.PROJECT:
            return reverse("projects:detail", args=[self.subject])
        if self.subject_kind == SubjectKind.YEAR:
            return f"{reverse('funds')}?programme={self.programme.code}"
        return reverse("programmes:detail", args=[self.programme.code])

    def __str__(self) -> str:
        return f"{self.rule} {self.label}"


class WarningMove(models.Model):
    """One line of a warning's history; ``why`` holds the numbers where they were told first or anew."""

    warning = models.ForeignKey(EarlyWarning, on_delete=models.PROTECT, related_name="moves", db_index=False)
    happened = models.CharField(max_length=20)
    old = models.CharField(max_length=10, blank=True)
    new = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    action = models.CharField(max_length=20, blank=True)
    words = models.CharField(max_length=500, blank=True)
    why = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(happened__in=list(Happened))
                & Q(old__in=["", *list(WarningState)], new__in=list(WarningState)),
                name="warnings_warningmove_is_of_a_known_kind",
            ),
            models.CheckConstraint(
                condition=~Q(happened=Happened.RAISED.value) | Q(old="", new=WarningState.OPEN.value),
                name="warnings_warningmove_begins_open",
            ),
            models.CheckConstraint(
                condition=~Q(happened__in=[Happened.RETOLD.value, Happened.FACT_GONE.value]) | Q(old=F("new")),
                name="warnings_warningmove_retelling_changes_no_state",
            ),
        ]
        indexes = [models.Index(fields=["warning", "at"], name="warnings_move_by_warning")]

    def __str__(self) -> str:
        return f"{self.happened} {self.new}"
