# SPDX-License-Identifier: Apache-2.0
"""What people keep of the addresses of pages."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.base.saved_views.rules import MOST_LETTERS, MOST_NAME
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, viewer: Actor) -> SavedViewQuerySet:
        """The viewer's own: what one looks for is nobody else's business."""
        return self.filter(owner=viewer.ref)


class SavedView(models.Model):
    """A name for what a page is asked: filters, order, columns, rows a page.

    ``page`` is the name of the page's address ("projects:list"), ``query`` what stands behind its question mark,
    without the number of the page. The default one opens with the page.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    owner = models.CharField(max_length=100)
    page = models.CharField(max_length=60)
    name = models.CharField(max_length=MOST_NAME)
    query = models.CharField(max_length=MOST_LETTERS, blank=True)
    is_default = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"], name="saved_views_savedview_name_is_unique_for_owner_and_page"
            ),
            models.UniqueConstraint(
                fields=["owner", "page"],
                condition=Q(is_default=True),
                name="saved_views_savedview_default_is_one_for_owner_and_page",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="saved_views_savedview_name_is_not_empty"),
            models.CheckConstraint(condition=~Q(owner=""), name="saved_views_savedview_has_an_owner"),
        ]

    def __str__(self) -> str:
        return self.name

    def subject(self) -> Subject:
        return Subject("saved_views.view", self.uuid)
