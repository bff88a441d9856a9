# SPDX-License-Identifier: Apache-2.0
"""The work groups of a headquarters, and who belongs to each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.selectors import around
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.models.programmes import Programme


class WorkGroupQuerySet(models.QuerySet["WorkGroup"]):
    def visible_to(self, viewer: Actor) -> WorkGroupQuerySet:
        """Groups of the programmes that the viewer may see."""
        return self.filter(around(viewer, Permission.PROGRAMME_VIEW))


class WorkGroup(models.Model):
    """A group that answers for tasks (综合组, 产业组, 县工作组). A retired one keeps its tasks and gets no new ones."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=60)
    duty = models.CharField(max_length=200, blank=True)
    retired_on = models.DateField(null=True)

    objects = WorkGroupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"], name="programmes_workgroup_name_is_unique_in_its_programme"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="programmes_workgroup_name_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """A user, by the reference the audit trail knows them by, who may report for a group."""

    group = models.ForeignKey(WorkGroup, on_delete=models.CASCADE, related_name="members")
    ref = models.CharField(max_length=100)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "ref"], name="programmes_groupmember_belongs_once_to_a_group"),
            models.CheckConstraint(condition=~Q(ref=""), name="programmes_groupmember_is_somebody"),
        ]
        indexes = [models.Index(fields=["ref"], name="programmes_member_ref")]

    def __str__(self) -> str:
        return self.ref
