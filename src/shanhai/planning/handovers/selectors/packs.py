# SPDX-License-Identifier: Apache-2.0
"""The pack of a batch as its page, its print and its table show it: who still owes what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q

from shanhai.base.accounts.selectors import names_by_ref
from shanhai.kernel.actors import Actor
from shanhai.planning.handovers.models import BatchHandover, HandoverItem, HandoverItemQuerySet
from shanhai.planning.handovers.permissions import HandoverPermission
from shanhai.planning.handovers.selectors.handovers import COUNTED, Counts, get_handover
from shanhai.planning.handovers.states import HandoverState, ItemState
from shanhai.planning.handovers.values import ItemKind, Responsible, ResponsibleKind


@dataclass(frozen=True, slots=True)
class PackFilters:
    """What to keep of a pack; an empty one keeps everything."""

    state: ItemState | None = None
    kind: ItemKind | None = None
    responsible: Responsible | None = None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One who answers for items, and how many; ``name`` is for people."""

    responsible: Responsible
    name: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as a list shows it; ``name`` and ``closed_by`` are for people. ``may_waive`` is for this viewer."""

    uuid: UUID
    kind: ItemKind
    label: str
    url: str
    responsible: Responsible
    name: str
    since: date | None
    state: ItemState
    waived_because: str
    closed_at: datetime | None
    closed_by: str
    may_waive: bool


@dataclass(frozen=True, slots=True)
class Pack:
    """A hand-over with everybody who owes something, and a page of the items: ``found`` match the filters."""

    uuid: UUID
    programme: str
    batch_number: int
    due_on: date
    state: HandoverState
    opened_at: datetime
    refreshed_at: datetime
    released_at: datetime | None
    released_by: str
    counts: Counts
    groups: tuple[GroupRow, ...]
    kinds: tuple[tuple[ItemKind, int], ...]
    items: tuple[ItemRow, ...]
    found: int
    may_manage: bool


def get_pack(
    *, viewer: Actor, uuid: UUID, filters: PackFilters | None = None, offset: int = 0, limit: int | None = None
) -> Pack:
    """The pack, its items by who answers for them; all of them without a ``limit``. At most six queries.

    Items, groups and counts are those that the viewer may see. Raises NotVisible.
    """
    handover = get_handover(viewer=viewer, uuid=uuid)
    seen = HandoverItem.objects.visible_to(viewer).filter(handover=handover)
    groups = list(
        seen.values_list("responsible_kind", "responsible")
        .annotate(**COUNTED)
        .order_by("responsible_kind", "responsible")
    )
    kinds = seen.open().values_list("kind").annotate(Count("pk")).order_by("kind_order")
    matching = _filtered(seen, filters or PackFilters())
    chosen = matching.by_responsible()[max(offset, 0) :]
    rows = list(chosen if limit is None else chosen[:limit])
    refs = {handover.released_by, *(row.closed_by for row in rows), *(name for _, name, *_ in groups)}
    names = names_by_ref(viewer=viewer, refs=refs)
    return Pack(
        uuid=handover.uuid,
        programme=handover.programme.code,
        batch_number=handover.batch.number,
        due_on=handover.due_on,
        state=HandoverState(handover.state),
        opened_at=handover.opened_at,
        refreshed_at=handover.refreshed_at,
        released_at=handover.released_at,
        released_by=names.get(handover.released_by, handover.released_by),
        counts=Counts(*(sum(column) for column in zip(*(counts for _, _, *counts in groups), strict=True))),
        groups=tuple(
            GroupRow(Responsible(ResponsibleKind(kind), name), names.get(name, name), Counts(*counts))
            for kind, name, *counts in groups
        ),
        kinds=tuple((ItemKind(kind), number) for kind, number in kinds),
        items=tuple(_item(row, names, _may_waive(viewer, handover, row)) for row in rows),
        found=len(rows) if limit is None and not offset else matching.count(),
        may_manage=viewer.may(HandoverPermission.MANAGE, programme=handover.programme.code),
    )


def _filtered(rows: HandoverItemQuerySet, filters: PackFilters) -> HandoverItemQuerySet:
    wanted = Q()
    if filters.state is not None:
        wanted &= Q(state=filters.state.value)
    if filters.kind is not None:
        wanted &= Q(kind=filters.kind.value)
    if filters.responsible is not None:
        wanted &= Q(responsible_kind=filters.responsible.kind.value, responsible=filters.responsible.name)
    return rows.filter(wanted)


def _may_waive(viewer: Actor, handover: BatchHandover, item: HandoverItem) -> bool:
    own = item.responsible_kind == ResponsibleKind.PERSON and item.responsible == viewer.ref
    return (
        handover.state == HandoverState.OPEN
        and item.state == ItemState.OPEN
        and not own
        and viewer.may(HandoverPermission.WAIVE, programme=handover.programme.code, place=item.place or None)
    )


def _item(row: HandoverItem, names: dict[str, str], may_waive: bool) -> ItemRow:
    cause = row.cause
    return ItemRow(
        uuid=row.uuid,
        kind=cause.kind,
        label=row.label,
        url=row.url,
        responsible=cause.responsible,
        name=names.get(row.responsible, row.responsible),
        since=row.since,
        state=ItemState(row.state),
        waived_because=row.waived_because,
        closed_at=row.closed_at,
        closed_by=names.get(row.closed_by, row.closed_by),
        may_waive=may_waive,
    )
