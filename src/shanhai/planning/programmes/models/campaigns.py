# SPDX-License-Identifier: Apache-2.0
"""A year's campaign and its actions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.selectors import around
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.models.programmes import Programme
from shanhai.planning.programmes.values import PROVENANCES


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, viewer: Actor) -> CampaignQuerySet:
        """Campaigns of the programmes that the viewer may see."""
        return self.filter(around(viewer, Permission.PROGRAMME_VIEW))


class Campaign(models.Model):
    """A year's drive under one name, e.g. the eight upgrade actions of 2022."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="campaigns")
    year = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    starts_on = models.DateField()
    due_on = models.DateField()
    provenance = models.CharField(max_length=10, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "year", "name"], name="programmes_campaign_name_is_unique_in_its_year"
            ),
            models.CheckConstraint(condition=Q(year__range=(1978, 2100)), name="programmes_campaign_year_is_possible"),
            models.CheckConstraint(condition=~Q(name=""), name="programmes_campaign_name_is_not_empty"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("starts_on")), name="programmes_campaign_is_due_not_before_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="programmes_campaign_provenance_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Action(models.Model):
    """One of a campaign's actions (行动), in order."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="actions")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "position"], name="programmes_action_position_is_taken_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="programmes_action_position_starts_at_one"),
            models.CheckConstraint(condition=~Q(name=""), name="programmes_action_name_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name
