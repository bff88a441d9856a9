# SPDX-License-Identifier: Apache-2.0
"""What all rows of evidence have in common: an id, a programme, and who sees them."""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models

from shanhai.base.database.selectors import around, row_of
from shanhai.insight.evidence.permissions import EvidencePermission
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject


class Evidenced(models.Model):
    """A row of a programme: ``path`` is how it names that, ``missing`` what is said where it is not found."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    path: ClassVar[str] = "programme__"
    missing: ClassVar[str]

    class Meta:
        abstract = True

    @property
    def programme_code(self) -> str:
        """The code of the programme that it belongs to."""
        found: Any = self
        for step in self.path.split("__")[:-1]:
            found = getattr(found, step)
        return str(found.code)

    def subject(self) -> Subject:
        """The row, for the trail."""
        return Subject(self._meta.label_lower, self.uuid, self.programme_code)


M = TypeVar("M", bound=Evidenced)


class EvidencedQuerySet(models.QuerySet[M]):
    """Rows of programmes: whoever may see the evidence of one sees them."""

    def visible_to(self, viewer: Actor) -> Self:
        """Those of the programmes whose evidence the viewer may see."""
        return self.filter(around(viewer, EvidencePermission.VIEW, programme=self.model.path))

    def one(self, viewer: Actor, uuid: UUID) -> M:
        """The row of that uuid, with its programme. Raises NotVisible."""
        rows = self.visible_to(viewer).select_related(self.model.path.removesuffix("__"))
        return row_of(rows, uuid, self.model.missing)

    def managed(self, by: Actor, uuid: UUID) -> M:
        """The same row, held until the transaction ends, for who manages evidence. Raises NotVisible, NotAllowed."""
        row = self.select_for_update(of=("self",)).one(by, uuid)
        by.require(EvidencePermission.MANAGE, programme=row.programme_code)
        return row
