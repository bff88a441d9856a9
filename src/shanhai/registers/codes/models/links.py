# SPDX-License-Identifier: Apache-2.0
"""Where codes lead, as far as somebody has set it; kinds of other apps have links of their own beside these."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.base.database.selectors import visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject
from shanhai.registers.codes.permissions import CodePermission
from shanhai.registers.codes.states import Audience


class LinkQuerySet(models.QuerySet["Link"]):
    def visible_to(self, viewer: Actor) -> LinkQuerySet:
        """Those in a scope in which the viewer sees codes."""
        return self.filter(visible(viewer, CodePermission.VIEW))

    def in_force(self) -> LinkQuerySet:
        """Those that nobody has taken away."""
        return self.filter(ended_at=None)


class Link(models.Model):
    """That a code leads somewhere. ``anchor`` is the path of a code at any level: a product, its batch, one piece.

    ``type`` is a link type ("gs1:pip"), ``href`` a path of this site or https://…, ``audience`` for whom it is ("" for
    everybody). Of an anchor one for each audience is the ``default``, where a scan leads.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    anchor = models.CharField(max_length=200)
    type = models.CharField(max_length=100)
    href = models.CharField(max_length=1000)
    title = models.CharField(max_length=100)
    language = models.CharField(max_length=5, blank=True)
    media_type = models.CharField(max_length=60, default="text/html")
    audience = models.CharField(max_length=10, blank=True)
    default = models.BooleanField(default=False)
    programme = models.CharField(max_length=40)
    place = models.CharField(max_length=6, blank=True)
    set_by = models.CharField(max_length=100)
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["anchor", "audience"],
                condition=Q(default=True, ended_at=None),
                name="codes_link_is_the_one_default_of_an_anchor",
            ),
            models.CheckConstraint(condition=Q(anchor__regex=r"^/"), name="codes_link_anchor_is_a_path"),
            models.CheckConstraint(
                condition=Q(href__regex=r"^(https://|/([^/]|\Z))"),
                name="codes_link_leads_within_or_to_https",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="codes_link_has_a_title"),
            models.CheckConstraint(condition=~Q(programme=""), name="codes_link_belongs_to_a_programme"),
            models.CheckConstraint(
                condition=Q(audience="") | Q(audience__in=list(Audience)), name="codes_link_audience_is_known"
            ),
        ]
        indexes = [models.Index(fields=["anchor"], condition=Q(ended_at=None), name="codes_link_in_force")]

    def __str__(self) -> str:
        return self.title

    def subject(self) -> Subject:
        """What acts on it are about."""
        return Subject("codes.link", self.uuid, self.programme, self.place)
