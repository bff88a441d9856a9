# SPDX-License-Identifier: Apache-2.0
"""Reading the trail, and walking the chain to see whether it is whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from shanhai.base.audit.models import AuditRow, ChainHead
from shanhai.base.audit.rules import GENESIS, chain_hash
from shanhai.kernel.actors import Actor

CHUNK = 2000
NAMED = 20


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What walking the chain found: how many rows, the head, and a sentence for each fault, the first one first."""

    rows: int
    head_seq: int
    head_hash: str
    faults: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was altered, removed, added or moved."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Acts:
    """Which acts are asked for; what is empty or None is not asked.

    ``action`` is a code or the beginning of one ("projects."); ``actors`` are refs, or the beginnings of some
    ("system:"); ``since`` is inclusive, ``until`` exclusive.
    """

    programme: str = ""
    action: str = ""
    actors: Collection[str] | None = None
    subjects: Collection[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    before_seq: int | None = None


def list_rows(*, viewer: Actor, acts: Acts, limit: int = 50) -> list[AuditRow]:
    """Acts the viewer may read, newest first. One query."""
    return list(_rows(viewer, acts)[:limit])


def iterate_rows(*, viewer: Actor, acts: Acts, limit: int) -> Iterator[AuditRow]:
    """The same, read as they are asked for."""
    return _rows(viewer, acts)[:limit].iterator(chunk_size=CHUNK)


def _rows(viewer: Actor, acts: Acts) -> QuerySet[AuditRow]:
    asked = {
        "programme": acts.programme,
        "action__startswith": acts.action,
        "at__gte": acts.since,
        "at__lt": acts.until,
        "seq__lt": acts.before_seq,
    }
    rows = AuditRow.objects.visible_to(viewer).filter(**{key: value for key, value in asked.items() if value})
    if acts.subjects is not None:
        rows = rows.filter(subject_id__in=acts.subjects)
    if acts.actors is not None:
        kinds = (Q(actor__startswith=one) for one in acts.actors if one.endswith(":"))
        rows = rows.filter(reduce(or_, kinds, Q(actor__in=acts.actors)))
    return rows.order_by("-seq")


def list_own_rows(
    *, viewer: Actor, before_seq: int | None = None, limit: int = 50, without: Iterable[str] = ()
) -> list[AuditRow]:
    """The viewer's own acts, newest first, which they may read without any permission. One query.

    ``without`` are beginnings of acts to leave out ("accounts.").
    """
    rows = AuditRow.objects.filter(actor=viewer.ref)
    for beginning in without:
        rows = rows.exclude(action__startswith=beginning)
    if before_seq is not None:
        rows = rows.filter(seq__lt=before_seq)
    return list(rows.order_by("-seq")[:limit])


def list_rows_on(*, kind: str, ids: Iterable[str], actions: Collection[str], since: datetime) -> list[AuditRow]:
    """These acts on things of a kind that the caller has found visible, for a page that shows their past, oldest first.

    One query, by the index of subjects.
    """
    rows = AuditRow.objects.filter(subject_type=kind, subject_id__in=list(ids), action__in=actions, at__gte=since)
    return list(rows.order_by("seq"))


def latest_act(*, programmes: Collection[str] | None) -> str:
    """The hash of the latest act in these programmes or in none, in any for None; "" where there is none.

    While it stays, nothing there has changed. A query for each programme, by its index.
    """
    rows = AuditRow.objects.order_by("-seq").values_list("seq", "hash")
    parts = [rows] if programmes is None else [rows.filter(programme=one) for one in {"", *programmes}]
    return max(filter(None, (part.first() for part in parts)), default=(0, ""))[1]


def verify_chain(progress: Callable[[int], None] = lambda rows: None) -> ChainReport:
    """Walk the whole chain in constant memory and name what does not fit: altered rows, gaps, an end that was cut off.

    People may go on writing meanwhile: the head is read before and after, and the walk must end in between. At most
    ``NAMED`` faults are named, the first ones first.
    """
    before, walk = _head(), _Walk()
    try:
        for row in AuditRow.objects.order_by("seq").iterator(chunk_size=CHUNK):
            walk.step(row)
            if walk.rows % CHUNK == 0:
                progress(walk.rows)
            if row.seq == before.seq and row.hash != before.hash and not walk.faults:
                walk.fault(f"the head of the trail does not fit row {row.seq}: one of them was altered")
    except (ValueError, TypeError, AttributeError):
        # Text that SQLite let somebody put where JSON or an instant belongs.
        walk.fault(f"audit row {walk.seq + 1} was altered and cannot be read; the rows after it were not checked")
    else:
        walk.compare_end(before.seq, _head().seq)
    if walk.unnamed:
        walk.faults.append(f"and {walk.unnamed} more")
    head = _head()
    return ChainReport(walk.rows, head.seq, head.hash, tuple(walk.faults))


class _Walk:
    """Where the walk stands: the row before, by the hash it states and by the hash it should have."""

    def __init__(self) -> None:
        self.seq, self.rows, self.unnamed = 0, 0, 0
        self.before: tuple[str, ...] = (GENESIS,)
        self.faults: list[str] = []

    def fault(self, sentence: str) -> None:
        if len(self.faults) < NAMED:
            self.faults.append(sentence)
        else:
            self.unnamed += 1

    def step(self, row: AuditRow) -> None:
        self.rows += 1
        content = row.content()
        computed = tuple(chain_hash(hash_before, content) for hash_before in self.before)
        if row.seq != self.seq + 1:
            missing = (
                f"row {self.seq + 1} is" if row.seq == self.seq + 2 else f"rows {self.seq + 1} to {row.seq - 1} are"
            )
            self.fault(f"audit {missing} missing: the trail goes from {self.seq} to {row.seq}")
        elif row.hash not in computed:
            act = f"{row.action}, {row.at.isoformat()}"
            self.fault(f"audit row {row.seq} ({act}) was altered, or row {self.seq} was, together with its hash")
        # Of an altered row either the content or the hash is what it was: the next one follows from one of them.
        self.before = tuple(dict.fromkeys((row.hash, computed[0])))
        self.seq = row.seq

    def compare_end(self, before: int, after: int) -> None:
        if self.seq < before:
            self.fault(f"the trail ends at row {self.seq}, but its head says {before}: its end was cut off")
        elif self.seq > after:
            self.fault(f"the trail goes on to row {self.seq}, but its head says {after}: rows were added by hand")


def _head() -> ChainHead:
    return ChainHead.objects.filter(pk=1).first() or ChainHead(seq=0, hash=GENESIS)
