# SPDX-License-Identifier: Apache-2.0
"""Sources, the claims in them, and what of these waits for a decision."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from shanhai.base.database.selectors import in_programme, visible
from shanhai.insight.evidence.models import Source
from shanhai.insight.evidence.permissions import EvidencePermission
from shanhai.insight.evidence.states import ClaimState
from shanhai.kernel.actors import Actor

WAITING = Q(claims__state=ClaimState.PROPOSED)
# What a list does not show, and what makes a row heavy.
_HEAVY = ("text", "reading", "runs", "cuts", "damage", "places", "notes")


def list_waiting(*, viewer: Actor, programme: str | None) -> QuerySet[Any]:
    """Sources with claims that wait for a decision which the viewer may make, the oldest first, with their ``wait``."""
    managed = visible(viewer, EvidencePermission.MANAGE, programme="programme__code", place=None)
    rows = Source.objects.visible_to(viewer).filter(managed, in_programme(programme)).select_related("programme")
    counted: QuerySet[Any] = rows.annotate(wait=Count("claims", filter=WAITING)).filter(wait__gt=0)
    return counted.defer(*_HEAVY).order_by("recorded_at", "pk")
