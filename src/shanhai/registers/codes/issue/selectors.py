# SPDX-License-Identifier: Apache-2.0
"""Batches of codes, and what waits in them."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from shanhai.base.database.selectors import visible
from shanhai.kernel.actors import Actor
from shanhai.registers.codes.models import Code, CodeBatch
from shanhai.registers.codes.permissions import CodePermission
from shanhai.registers.codes.states import CodeState


def list_printed(*, viewer: Actor, programme: str | None) -> QuerySet[CodeBatch]:
    """Batches with labels that are printed and not in use, which the viewer may activate, the oldest first."""
    found = CodeBatch.objects.visible_to(viewer).filter(visible(viewer, CodePermission.ISSUE))
    if programme is not None:
        found = found.filter(programme=programme)
    printed = Code.objects.filter(batch=OuterRef("pk"), state=CodeState.PRINTED)
    return found.filter(Exists(printed)).order_by("pk")
