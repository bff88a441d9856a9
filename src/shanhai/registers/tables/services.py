# SPDX-License-Identifier: Apache-2.0
"""Keeping what a table did to a register, and taking it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.db.models import ProtectedError
from django.urls import reverse

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict, checked_reason
from shanhai.kernel.imports import ImportReport
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.tables.models import ImportedRecord, TableImport
from shanhai.registers.tables.selectors.registers import get_import
from shanhai.registers.tables.values import Traced, columns_of


@transaction.atomic
def keep_import(
    *,
    by: Actor,
    at: datetime,
    report: ImportReport,
    records: Sequence[models.Model],
    names: Sequence[str],
    before: Mapping[int, Mapping[str, Any]],
    beside: Sequence[Traced] = (),
) -> ImportReport:
    """Keep what a table made and changed: ``records`` as they are now, in the columns ``names``, and what stood before.

    ``beside`` are records of other models, with both. Answers the report as applied, with the page of the import; where
    nothing was made or changed, there is none.
    """
    if not records and not beside:
        return replace(report, applied=True)
    kept = TableImport.objects.create(kind=report.kind, by=by.ref, at=at, counts=dict(report.counts))
    after = columns_of(records, names)
    label = records[0]._meta.label_lower if records else ""
    traced = [Traced(label, key, before.get(key), now) for key, now in after.items()]
    rows = [ImportedRecord(of=kept, **one._asdict()) for one in (*traced, *beside)]
    ImportedRecord.objects.bulk_create(rows, batch_size=500)
    return replace(report, applied=True, url=reverse("import-done", args=[kept.uuid]), batch=str(kept.uuid))


@transaction.atomic
def undo_import(*, by: Actor, at: datetime, done: UUID, because: str) -> TableImport:
    """Take a table back: what it made is deleted, what it changed gets its columns back; all of it or nothing.

    Raises NotVisible, BadInput without a reason, Conflict when it is undone already, and when a record has been changed
    since, or something else needs it.
    """
    found = get_import(viewer=by, uuid=done, lock=True)
    because = checked_reason(because, gettext_noop("请写明为什么撤销这一批。"), "tables")
    if found.undone_at is not None:
        raise Conflict(gettext_noop("这一批已经撤销过了，不用再撤。"), "tables.import_already_undone")
    by_model: dict[str, list[ImportedRecord]] = defaultdict(list)
    # What was kept last goes first: the records beside lean on the others.
    for row in found.records.order_by("-pk"):
        by_model[row.model].append(row)
    for label, rows in by_model.items():
        _take_back(apps.get_model(label), rows)

    found.undone_by, found.undone_at, found.undone_because = by.ref, at, because
    found.save(update_fields=["undone_by", "undone_at", "undone_because"])
    audit.record(
        by=by, at=at, action="tables.import.undone", on=found.subject(), changes={"kind": found.kind}, because=because
    )
    return found


def _take_back(model: type[models.Model], rows: Sequence[ImportedRecord]) -> None:
    manager: models.Manager[Any] = model._default_manager
    stored = manager.select_for_update().in_bulk([row.key for row in rows])
    for row in rows:
        record = stored.get(row.key)
        if record is None or columns_of([record], list(row.after))[row.key] != row.after:
            shown = record or " ".join(str(value) for value in row.after.values() if value)[:60]
            text = gettext_noop("“%(record)s”后来又改过，这一批撤不了。请直接更正，或先撤销后来的那一批。")
            raise Conflict(text, "tables.import_built_upon", record=str(shown))
        for name, value in (row.before or {}).items():
            binary = isinstance(model._meta.get_field(name), models.BinaryField)
            setattr(record, name, bytes.fromhex(value) if binary else value)
    names = sorted({name for row in rows for name in row.before or ()})
    if names:
        manager.bulk_update([stored[row.key] for row in rows if row.before], names, batch_size=200)
    _delete(model, [row.key for row in rows if row.before is None])


def _delete(model: type[models.Model], keys: Sequence[int]) -> None:
    """Delete records, those first that none of them hangs on. Raises Conflict for what something else needs."""
    manager: models.Manager[Any] = model._default_manager
    above = [field.attname for field in model._meta.concrete_fields if field.related_model is model]
    left = manager.filter(pk__in=keys)
    while left.exists():
        leaves = left
        for name in above:
            leaves = leaves.exclude(pk__in=list(left.exclude(**{name: None}).values_list(name, flat=True)))
        try:
            leaves.delete()
        except ProtectedError as error:
            needed = next(iter(error.protected_objects))
            text = gettext_noop("这一批新增的已经用上了（%(needed)s），撤不了。请先改掉用到它的地方。")
            raise Conflict(text, "tables.import_built_upon", needed=str(needed)) from error
