# SPDX-License-Identifier: Apache-2.0
"""Hand-overs and what waits before a batch leaves; the pack of one: who still owes what, as page, print and table."""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext

from shanhai.base.accounts.selectors import name_in, names_by_ref
from shanhai.base.database.selectors import in_programme, row_of, visible
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.handovers import labels
from shanhai.planning.handovers.models import BatchHandover, BatchHandoverQuerySet, HandoverItem
from shanhai.planning.handovers.permissions import HandoverPermission
from shanhai.planning.handovers.rules import safe_name
from shanhai.planning.handovers.states import HandoverState, ItemState
from shanhai.planning.handovers.values import ItemKind, Responsible, ResponsibleKind
from shanhai.planning.programmes.core.selectors.programmes import list_batches
from shanhai.registers.documents.selectors import path_of, proofs_of
from shanhai.registers.tables.selectors.writing import Column, write_table

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Batch


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items stand where."""

    open: int = 0
    settled: int = 0
    waived: int = 0

    @property
    def all(self) -> int:
        """Every item there is."""
        return self.open + self.settled + self.waived


@dataclass(frozen=True, slots=True)
class Pack:
    """A hand-over with everybody who owes something, their name and how much, and a page of the items.

    ``found`` match the filters.
    """

    handover: BatchHandover
    released_by: str
    counts: Counts
    groups: tuple[tuple[Responsible, str, Counts], ...]
    kinds: tuple[tuple[ItemKind, int], ...]
    items: list[HandoverItem]
    found: int
    may_manage: bool
    may_waive: bool = False


# Papers are scans of a few megabytes; more than this no browser and no stick takes in one go.
MOST_PAPERS, MOST_BYTES = 500, 300_000_000
COUNTED = {state.value: Count("pk", filter=Q(state=state.value)) for state in ItemState}


def get_handover(*, viewer: Actor, uuid: UUID, lock: bool = False) -> BatchHandover:
    """The hand-over with its programme and batch. ``lock`` holds its row until the transaction ends.

    Raises NotVisible.
    """
    rows = BatchHandover.objects.visible_to(viewer).select_related("programme", "batch")
    missing = gettext_noop("没有找到这份交接清单，或者您的岗位看不到它。请从交接列表进入。")
    return row_of(rows, uuid, missing, "handovers.handover_not_found", lock=lock)


def get_item(*, viewer: Actor, uuid: UUID) -> HandoverItem:
    """One item with its hand-over. Raises NotVisible."""
    rows = HandoverItem.objects.visible_to(viewer).select_related("handover__programme")
    missing = gettext_noop("没有找到这个交接事项，或者您的岗位看不到它。请从交接清单进入。")
    return row_of(rows, uuid, missing, "handovers.item_not_found")


def list_handovers(*, viewer: Actor, programme: str) -> list[tuple[BatchHandover, Counts]]:
    """The hand-overs of a programme with what the viewer may see of each, the one due last first. Two queries."""
    found = BatchHandover.objects.visible_to(viewer).filter(programme__code=programme)
    return _counted(viewer, found)


def _counted(viewer: Actor, found: BatchHandoverQuerySet) -> list[tuple[BatchHandover, Counts]]:
    rows = list(found.select_related("programme", "batch").order_by("-due_on", "-pk"))
    seen = HandoverItem.objects.visible_to(viewer).filter(handover__in=[row.pk for row in rows])
    counted: Any = seen.values("handover").annotate(**COUNTED).order_by("handover")
    counts = {row["handover"]: Counts(*(row[state.value] for state in ItemState)) for row in counted}
    return [(row, counts.get(row.pk, Counts())) for row in rows]


def list_batches_without(*, viewer: Actor, programme: str) -> list[Batch]:
    """The batches of a programme for which a hand-over may be opened, by number. Raises NotVisible."""
    taken = set(BatchHandover.objects.filter(programme__code=programme).values_list("batch_id", flat=True))
    return [batch for batch in list_batches(viewer=viewer, programme=programme) if batch.pk not in taken]


def count_open_by_kind(*, handover: BatchHandover) -> dict[ItemKind, int]:
    """How many items of which kind hold a batch back, all of them, in the order of a pack; for the services here."""
    rows = handover.items.open().values_list("kind").annotate(Count("pk")).order_by("kind_order")
    return {ItemKind(kind): number for kind, number in rows}


def list_waiting(*, viewer: Actor, programme: str | None) -> list[tuple[BatchHandover, Counts]]:
    """Open hand-overs, where the viewer manages them. Two queries, none for who does not."""
    if not viewer.may_unplaced(HandoverPermission.MANAGE):
        return []
    managed = visible(viewer, HandoverPermission.MANAGE, programme="programme__code", place=None)
    found = BatchHandover.objects.visible_to(viewer).filter(managed, in_programme(programme))
    return _counted(viewer, found.filter(state=HandoverState.OPEN.value))


def list_own_items(*, viewer: Actor, programme: str | None, limit: int) -> list[HandoverItem]:
    """Open items of the viewer in hand-overs that are not released, the first to be due first. One query."""
    rows = (
        HandoverItem.objects.visible_to(viewer)
        .open()
        .answered_for_by(viewer.ref)
        .filter(in_programme(programme, "handover__programme"), handover__state=HandoverState.OPEN.value)
        .select_related("handover__programme")
    )
    return list(rows.order_by("handover__due_on", "kind_order", "pk")[:limit])


def get_pack(
    *,
    viewer: Actor,
    uuid: UUID,
    state: str = "",
    kind: str = "",
    responsible: Responsible | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> Pack:
    """The pack, its items that match by who answers for them; all of them without a ``limit``. At most six queries.

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
    matching = seen.filter(**{name: value for name, value in {"state": state, "kind": kind}.items() if value})
    if responsible is not None:
        matching = matching.filter(responsible_kind=responsible.kind.value, responsible=responsible.name)
    chosen = matching.by_responsible()[max(offset, 0) :]
    rows = list(chosen if limit is None else chosen[:limit])
    refs = {handover.released_by, *(row.closed_by for row in rows), *(name for _, name, *_ in groups)}
    names = names_by_ref(viewer=viewer, refs=refs)
    for row in rows:
        row.name, row.closer = name_in(names, row.responsible), name_in(names, row.closed_by)
        row.may_waive = _may_waive(viewer, handover, row)
    return Pack(
        handover=handover,
        released_by=name_in(names, handover.released_by),
        counts=Counts(*(sum(column) for column in zip(*(counts for _, _, *counts in groups), strict=True))),
        groups=tuple(
            (Responsible(ResponsibleKind(kind), name), name_in(names, name), Counts(*counts))
            for kind, name, *counts in groups
        ),
        kinds=tuple((ItemKind(kind), number) for kind, number in kinds),
        items=rows,
        found=len(rows) if limit is None and not offset else matching.count(),
        may_manage=viewer.may(HandoverPermission.MANAGE, programme=handover.programme.code),
        may_waive=any(row.may_waive for row in rows),
    )


def pack_workbook(*, viewer: Actor, uuid: UUID, **filters: Any) -> bytes:
    """The items that match as ``get_pack`` filters, as far as the viewer sees them. Raises NotVisible."""
    pack = get_pack(viewer=viewer, uuid=uuid, **filters)
    title = gettext("第 %(number)s 批离任交接") % {"number": pack.handover.batch.number}
    buffer = io.BytesIO()
    write_table(
        buffer,
        tab=gettext("交接清单"),
        above=(title, f"{gettext('离任日期')} {pack.handover.due_on.isoformat()}"),
        columns=_columns(),
        rows=((str(number), *_cells(item)) for number, item in enumerate(pack.items, start=1)),
    )
    return buffer.getvalue()


def pack_archive(*, viewer: Actor, uuid: UUID, **filters: Any) -> IO[bytes]:
    """The table of the items that match, and the papers of what each is about that the viewer may see, as a .zip.

    It holds at most ``MOST_PAPERS`` files and ``MOST_BYTES``; what finds no room is named in a list within. The reader
    closes the file. Raises NotVisible.
    """
    pack = get_pack(viewer=viewer, uuid=uuid, **filters)
    on = pack.handover.subject()
    # The papers of the hand-over itself come first.
    folders: dict[tuple[str, str], str] = {(on.type, str(on.id)): f"000 {gettext('交接材料')}"}
    for number, item in enumerate(pack.items, start=1):
        folders.setdefault(_subject(item), f"{number:03} {safe_name(item.label)}")
    room, left_out = MOST_BYTES, []
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the reader closes it
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(f"{gettext('交接清单')}.xlsx", pack_workbook(viewer=viewer, uuid=uuid, **filters))
        for number, proof in enumerate(proofs_of(viewer=viewer, subjects=folders.keys()), start=1):
            name = f"{folders[proof.subject_type, proof.subject_id]}/{number:03} {safe_name(proof.label)}"
            stored = path_of(proof.document.sha256)
            if number > MOST_PAPERS or proof.document.size > room or not stored.exists():
                left_out.append(name)
                continue
            room -= proof.document.size
            packed.write(stored, name)
        if left_out:
            told = gettext("下面的文件没有装进来：太多、太大，或者服务器上找不到了。请到各自的页面下载。")
            packed.writestr(f"{gettext('没有装进来的文件')}.txt", "\n".join((told, *left_out)))
    file.seek(0)
    return file


def _subject(item: HandoverItem) -> tuple[str, str]:
    """What the papers of an item are filed under: those of a paper that is not signed under its project."""
    if item.kind == ItemKind.UNSIGNED_PAPER:
        return "projects.project", item.subject_id.partition(":")[0]
    return item.subject_type, item.subject_id


def _may_waive(viewer: Actor, handover: BatchHandover, item: HandoverItem) -> bool:
    return (
        handover.state == HandoverState.OPEN
        and item.state == ItemState.OPEN
        and not item.is_answered_for_by(viewer.ref)
        and viewer.may(HandoverPermission.WAIVE, programme=handover.programme.code, place=item.place or None)
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column(gettext("序号"), 6),
        Column(gettext("事项"), 46),
        Column(gettext("类别"), 22),
        Column(gettext("责任类别")),
        Column(gettext("责任人或单位"), 24),
        Column(gettext("接收人"), 24),
        Column(gettext("应办结日")),
        Column(gettext("状态")),
        Column(gettext("放行理由"), 30),
        Column(gettext("办结或放行人")),
        Column(gettext("办结或放行时间"), 18),
        Column(gettext("下一步"), 46),
    )


def _cells(item: HandoverItem) -> tuple[str, ...]:
    return (
        item.label,
        gettext(item.kind_name),
        gettext(labels.RESPONSIBLE_KINDS[item.answers.kind]),
        item.name,
        item.receiver,
        item.since.isoformat() if item.since else "",
        gettext(item.status[1]),
        item.waived_because,
        item.closer,
        clock.local(item.closed_at).strftime("%Y-%m-%d %H:%M") if item.closed_at else "",
        gettext(item.next_step),
    )
