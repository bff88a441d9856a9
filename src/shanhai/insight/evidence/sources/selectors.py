# SPDX-License-Identifier: Apache-2.0
"""Sources, the claims in them, and what of these waits for a decision."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from shanhai.base.database.selectors import holding, in_programme, visible
from shanhai.insight.evidence.models import ClaimMove, FoundClaim, Source
from shanhai.insight.evidence.permissions import EvidencePermission
from shanhai.insight.evidence.rules import fits
from shanhai.insight.evidence.states import ClaimState
from shanhai.insight.evidence.texts.rules.claims import extract
from shanhai.insight.evidence.texts.rules.reading import read
from shanhai.insight.evidence.texts.values import Claim, Original, Reading
from shanhai.insight.evidence.values import Level
from shanhai.kernel.actors import Actor

# The version of what reads a text, kept with what it has found; it goes up when that finds otherwise.
READER = "1"
WAITING = Q(claims__state=ClaimState.PROPOSED)
# What a list does not show, and what makes a row heavy.
_HEAVY = ("text", "reading", "runs", "cuts", "damage", "places", "notes")


def list_sources(
    *, viewer: Actor, programme: str, text: str = "", level: Level | None = None, waiting: bool = False
) -> QuerySet[Any]:
    """The sources of a programme, newest first, each with how many ``found`` claims, and how many of these ``wait``.

    ``text`` is looked for in title and outlet.
    """
    rows = Source.objects.visible_to(viewer).filter(in_programme(programme), holding(text, "title", "outlet"))
    if level is not None:
        rows = rows.filter(level=level)
    counted: QuerySet[Any] = rows.annotate(found=Count("claims"), wait=Count("claims", filter=WAITING)).defer(*_HEAVY)
    return (counted.filter(wait__gt=0) if waiting else counted).order_by("-published_on", "-pk")


def list_waiting(*, viewer: Actor, programme: str | None) -> QuerySet[Any]:
    """Sources with claims that wait for a decision which the viewer may make, the oldest first, with their ``wait``."""
    managed = visible(viewer, EvidencePermission.MANAGE, programme="programme__code", place=None)
    rows = Source.objects.visible_to(viewer).filter(managed, in_programme(programme)).select_related("programme")
    counted: QuerySet[Any] = rows.annotate(wait=Count("claims", filter=WAITING)).filter(wait__gt=0)
    return counted.defer(*_HEAVY).order_by("recorded_at", "pk")


def find_sources(*, viewer: Actor, text: str) -> QuerySet[Source]:
    """Sources of any programme whose title or outlet holds ``text``, newest first."""
    rows = Source.objects.visible_to(viewer).filter(holding(text, "title", "outlet")).defer(*_HEAVY)
    return rows.order_by("-published_on", "-pk")


def get_source(*, viewer: Actor, uuid: UUID) -> Source:
    """A source with its programme, and what it replaces. Raises NotVisible."""
    return Source.objects.select_related("replaces").one(viewer, uuid)


def list_replacing(*, viewer: Actor, source: Source) -> list[Source]:
    """What has been printed instead of a source, newest first. One query."""
    return list(Source.objects.visible_to(viewer).filter(replaces=source).defer(*_HEAVY).order_by("-published_on"))


def get_claim(*, viewer: Actor, uuid: UUID) -> FoundClaim:
    """A claim with its source. Raises NotVisible."""
    return FoundClaim.objects.one(viewer, uuid)


def list_moves(claim: FoundClaim) -> list[ClaimMove]:
    """What was decided about a claim, newest first. One query."""
    return list(claim.moves.order_by("-at", "-pk"))


def list_claims(*, viewer: Actor, source: Source) -> list[FoundClaim]:
    """The claims of a source in the order of its text. One query."""
    found = list(FoundClaim.objects.visible_to(viewer).filter(source=source).order_by("start", "end"))
    for claim in found:
        claim.source = source
    return found


def read_text(original: Original, places: Collection[str] = ()) -> tuple[Reading, tuple[Claim, ...]]:
    """The copy to read of an original, and the numbers in it that can be kept, at their places in the original.

    ``places`` are names that may stand beside a number.
    """
    reading = read(original)
    found = extract(original.text, reading, places=places)
    return reading, tuple(one for one in found if all(map(fits, (one.value, one.upper, one.step))))


def hash_of_text(text: str) -> str:
    """The hash of the characters of a source."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def altered_texts() -> tuple[str, ...]:
    """A sentence for each source whose kept characters are no longer those that were taken in."""
    rows = Source.objects.order_by("pk").only("uuid", "text", "text_sha256").iterator(chunk_size=20)
    return tuple(
        f"source {one.uuid}: the text was altered" for one in rows if hash_of_text(one.text) != one.text_sha256
    )
