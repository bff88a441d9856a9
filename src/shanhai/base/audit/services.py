# SPDX-License-Identifier: Apache-2.0
"""Writing the trail. Called by every service, last, inside its transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from shanhai.base.audit.models import AuditRow, ChainHead
from shanhai.base.audit.rules import GENESIS, chain_hash, plain
from shanhai.kernel.actors import Actor
from shanhai.kernel.registry import registries
from shanhai.kernel.subjects import Subject


class ActWithoutWords(LookupError):
    """Code records an act that no app has registered: nobody could read it in the trail."""


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be recorded of one act; ``changes`` is ``{field: [old, new]}`` or facts, in plain JSON values."""

    action: str
    on: Subject
    changes: Mapping[str, Any] = field(default_factory=dict)
    because: str = ""


def record(
    *,
    by: Actor,
    at: datetime,
    action: str,
    on: Subject,
    changes: Mapping[str, Any] | None = None,
    because: str = "",
) -> None:
    """Append one act to the chain, in the caller's transaction. Call it last: it takes the chain's lock."""
    record_many(by=by, at=at, acts=[Act(action, on, changes or {}, because)])


@transaction.atomic
def record_many(*, by: Actor, at: datetime, acts: Sequence[Act]) -> None:
    """Append several acts of one actor at one instant, in order. Raises ActWithoutWords for one nobody registered."""
    if not acts:
        return
    if strange := next((act.action for act in acts if not registries.words_for(act.action)), None):
        raise ActWithoutWords(f"{strange}: register it among the acts of its app's labels")
    head, _ = ChainHead.objects.select_for_update().get_or_create(pk=1, defaults={"seq": 0, "hash": GENESIS})
    rows = []
    for act in acts:
        row = AuditRow(
            seq=head.seq + 1,
            at=at,
            actor=by.ref,
            action=act.action,
            subject_type=act.on.type,
            subject_id=str(act.on.id),
            programme=act.on.programme,
            place=act.on.place,
            changes=plain(act.changes),
            because=act.because,
        )
        row.hash = chain_hash(head.hash, row.content())
        head.seq, head.hash = row.seq, row.hash
        rows.append(row)
    AuditRow.objects.bulk_create(rows, batch_size=500)
    head.save(update_fields=["seq", "hash"])
