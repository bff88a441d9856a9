# SPDX-License-Identifier: Apache-2.0
"""Published figures as they stand in print. They are shown beside computed figures and never mixed into them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.selectors import around
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.models.programmes import Programme
from shanhai.planning.programmes.values import PROVENANCES


class PublicStatementQuerySet(models.QuerySet["PublicStatement"]):
    def visible_to(self, viewer: Actor) -> PublicStatementQuerySet:
        """Statements on the programmes that the viewer may see."""
        return self.filter(around(viewer, Permission.PROGRAMME_VIEW))


class PublicStatement(models.Model):
    """One figure of one publication: ``value`` in ``unit`` (a key of ``kernel.units``), said on a day in an outlet.

    ``position`` is where in the text it stands; ``flags`` are keys of ``values.StatementFlag``.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="statements")
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    value = models.DecimalField(max_digits=20, decimal_places=4)
    unit = models.CharField(max_length=20)
    on = models.DateField()
    outlet = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    url = models.URLField(max_length=500, blank=True)
    position = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    flags = models.JSONField(default=list)
    provenance = models.CharField(max_length=10, default="public")

    objects = PublicStatementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "key"], name="programmes_publicstatement_key_is_unique_in_its_programme"
            ),
            models.CheckConstraint(
                condition=~Q(label="") & ~Q(unit="") & ~Q(outlet="") & ~Q(title=""),
                name="programmes_publicstatement_says_what_and_where",
            ),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="programmes_publicstatement_provenance_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.label
