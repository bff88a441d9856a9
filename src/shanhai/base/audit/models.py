# SPDX-License-Identifier: Apache-2.0
"""The chain of audit rows and its head."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from shanhai.base.audit.rules import canonical_at
from shanhai.base.database.selectors import visible
from shanhai.kernel.actors import Actor


class AppendOnly(Exception):
    """Code tried to change or delete an audit row."""


class AuditRowQuerySet(models.QuerySet["AuditRow"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("audit rows are never changed")

    def delete(self) -> NoReturn:
        raise AppendOnly("audit rows are never deleted")

    def visible_to(self, viewer: Actor) -> AuditRowQuerySet:
        """Rows within the scopes in which the viewer may read the trail."""
        return self.filter(visible(viewer, "audit.view"))


class AuditRow(models.Model):
    """One act. ``subject_type`` and ``subject_id`` name the thing ("projects.project", its uuid).

    Values of personal data never stand in ``changes``, only references.
    """

    seq = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=100)
    action = models.CharField(max_length=100)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    programme = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=12, blank=True)
    changes = models.JSONField(default=dict)
    because = models.TextField(blank=True)
    hash = models.CharField(max_length=64)

    objects = AuditRowQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "seq"], name="audit_row_by_subject"),
            models.Index(fields=["programme", "seq"], name="audit_row_by_programme"),
            models.Index(fields=["actor", "seq"], name="audit_row_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"

    def content(self) -> dict[str, Any]:
        """The fields that the hash covers, as plain values."""
        return {
            "seq": self.seq,
            "at": canonical_at(self.at),
            "actor": self.actor,
            "action": self.action,
            "subject_type": self.subject_type,
            "subject_id": self.subject_id,
            "programme": self.programme,
            "place": self.place,
            "changes": self.changes,
            "because": self.because,
        }


class ChainHead(models.Model):
    """The last sequence number and hash: its row lock puts writers in line, and it shows when the tail was cut off."""

    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.seq} {self.hash}"
