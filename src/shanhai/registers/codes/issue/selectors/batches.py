# SPDX-License-Identifier: Apache-2.0
"""Batches of codes, and what waits in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from shanhai.base.database.selectors import row_of, visible
from shanhai.base.formats import say
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.registry import registries
from shanhai.registers.codes.issue.access import MISSING
from shanhai.registers.codes.models import Code, CodeBatch, CodeMove, CodeTransfer
from shanhai.registers.codes.permissions import CodePermission
from shanhai.registers.codes.states import CodeState

# Steps that a page shows.
MOST_STEPS = 50


@dataclass(frozen=True, slots=True)
class BatchPage:
    """A batch with how many of its codes are in which state and in whose hands, and its history, the latest first."""

    batch: CodeBatch
    states: Mapping[str, int]
    holders: tuple[tuple[str, int], ...]
    moves: tuple[CodeMove, ...]
    transfers: tuple[CodeTransfer, ...]
    may_act: bool


def list_batches(*, viewer: Actor, programme: str) -> QuerySet[CodeBatch]:
    """The batches of a programme, of all for "", the latest first, with their organisations."""
    found = CodeBatch.objects.visible_to(viewer)
    found = found.filter(programme=programme) if programme else found
    return found.select_related("organisation").order_by("-pk")


def states_of(batches: Iterable[CodeBatch]) -> dict[int, dict[str, int]]:
    """By batch, how many codes are in each state. One query."""
    found: dict[int, dict[str, int]] = {}
    rows = Code.objects.filter(batch__in=[one.pk for one in batches]).order_by()
    for batch, state, count in rows.values_list("batch", "state").annotate(Count("pk")):
        found.setdefault(batch, {})[state] = count
    return found


def get_batch(*, viewer: Actor, uuid: UUID) -> BatchPage:
    """A batch as its page shows it. Six queries. Raises NotVisible."""
    rows = CodeBatch.objects.visible_to(viewer).select_related("organisation")
    found = row_of(rows, uuid, MISSING)
    holders = found.codes.order_by().values_list("holder__name").annotate(Count("pk"))
    return BatchPage(
        batch=found,
        states=states_of([found]).get(found.pk, {}),
        holders=tuple(sorted(holders)),
        moves=tuple(found.moves.order_by("-at", "-pk")[:MOST_STEPS]),
        transfers=tuple(found.transfers.select_related("giver", "taker").order_by("-at", "-pk")[:MOST_STEPS]),
        may_act=viewer.may(CodePermission.ISSUE, programme=found.programme, place=found.place or None),
    )


def list_codes(*, viewer: Actor, batch: CodeBatch, text: str = "") -> QuerySet[Code]:
    """The codes of a batch with their holders, by number; those that begin with what was typed."""
    found = batch.codes.visible_to(viewer).select_related("holder").order_by("number")
    signs = "".join(text.upper().split())
    return found.filter(signs__startswith=signs) if signs else found


def get_code(*, viewer: Actor, uuid: UUID, number: int) -> Code:
    """A code by its number, with its batch. Raises NotVisible."""
    rows = Code.objects.visible_to(viewer).select_related("batch__organisation")
    found = rows.filter(batch__uuid=uuid, number=number).first()
    if found is None:
        raise NotVisible(MISSING)
    return found


def list_printed(*, viewer: Actor, programme: str | None) -> QuerySet[CodeBatch]:
    """Batches with labels that are printed and not in use, which the viewer may activate, the oldest first."""
    found = CodeBatch.objects.visible_to(viewer).filter(visible(viewer, CodePermission.ISSUE))
    if programme is not None:
        found = found.filter(programme=programme)
    printed = Code.objects.filter(batch=OuterRef("pk"), state=CodeState.PRINTED)
    return found.filter(Exists(printed)).order_by("pk")


def word_for(batch: CodeBatch) -> str:
    """What the codes of a batch are called: by the app that knows the kind, else simply codes."""
    known = registries.codes.get(batch.kind)
    return say(known.label if known else gettext_noop("码"))
