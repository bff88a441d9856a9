# SPDX-License-Identifier: Apache-2.0
"""Which categories count as livelihood (民生). No official list is public, so the table is data, in versions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.kernel import ids


class ClassificationQuerySet(models.QuerySet["Classification"]):
    def in_force(self, on: object) -> ClassificationQuerySet:
        """Versions valid on that day, the newest first."""
        return self.filter(valid_from__lte=on).order_by("-valid_from", "-pk")


class Classification(models.Model):
    """A version of the table, in force from a day until a later version is.

    ``approved_by_document`` is the uuid of the stored document that approved it; a version without one is a sample.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    version = models.CharField(max_length=40, unique=True)
    approved_by_document = models.UUIDField(null=True)
    valid_from = models.DateField()

    objects = ClassificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(version=""), name="programmes_classification_version_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.version

    @property
    def is_sample(self) -> bool:
        """Whether nobody has approved this version: it is an example to edit, not a rule."""
        return self.approved_by_document is None


class ClassificationItem(models.Model):
    """A category and how much of its money counts as livelihood unless an allocation line says otherwise."""

    classification = models.ForeignKey(Classification, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)
    livelihood_percent = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["classification", "code"], name="programmes_classificationitem_code_is_unique_in_its_version"
            ),
            models.UniqueConstraint(
                fields=["classification", "position"],
                name="programmes_classificationitem_position_is_taken_once",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="programmes_classificationitem_name_is_not_empty"),
            models.CheckConstraint(
                condition=Q(livelihood_percent__lte=100),
                name="programmes_classificationitem_percent_is_at_most_a_hundred",
            ),
        ]

    def __str__(self) -> str:
        return self.name
