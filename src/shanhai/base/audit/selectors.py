# SPDX-License-Identifier: Apache-2.0
"""Reading the trail, and walking the chain to see whether it is whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shanhai.base.audit.models import AuditRow, ChainHead
from shanhai.base.audit.rules import GENESIS, chain_hash
from shanhai.kernel.actors import Actor

CHUNK = 2000


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


def list_rows(
    *,
    viewer: Actor,
    programme: str = "",
    subject_type: str = "",
    subject_id: str = "",
    action: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before_seq: int | None = None,
    limit: int = 50,
) -> list[AuditRow]:
    """Acts the viewer may read, newest first, before ``before_seq``. One query.

    ``action`` is a code or the beginning of one ("projects."); ``since`` is inclusive, ``until`` exclusive.
    """
    asked = {
        "programme": programme,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "action__startswith": action,
        "at__gte": since,
        "at__lt": until,
        "seq__lt": before_seq,
    }
    rows = AuditRow.objects.visible_to(viewer).filter(**{key: value for key, value in asked.items() if value})
    return list(rows.order_by("-seq")[:limit])


def verify_chain(progress: Callable[[int], None] = lambda rows: None) -> ChainReport:
    """Walk the whole chain in constant memory and name what does not fit.

    After the first row whose hash is wrong every later one would be wrong too, so only the first is named; then the
    end is compared with the head, which shows a tail that was cut off.
    """
    seq, previous, rows = 0, GENESIS, 0
    faults: list[str] = []
    for row in AuditRow.objects.order_by("seq").iterator(chunk_size=CHUNK):
        rows += 1
        if rows % CHUNK == 0:
            progress(rows)
        if faults:
            continue
        if row.seq != seq + 1:
            faults.append(f"audit row {seq + 1} is missing: the trail goes from {seq} to {row.seq}")
        elif chain_hash(previous, row.content()) != row.hash:
            faults.append(f"audit row {row.seq} ({row.action}, {row.at.isoformat()}) was altered")
        seq, previous = row.seq, row.hash
    head = ChainHead.objects.filter(pk=1).first()
    stated = (head.seq, head.hash) if head else (0, GENESIS)
    if not faults and stated != (seq, previous):
        faults.append(f"the trail ends at row {seq}, but its head says {stated[0]}: its end was cut off or replaced")
    return ChainReport(rows, stated[0], stated[1], tuple(faults))
