# SPDX-License-Identifier: Apache-2.0
"""Taking in a file of others."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import IO

from django.conf import settings
from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.insight.iati.models import ImportedActivity, ImportedFile
from shanhai.insight.iati.permissions import IatiPermission
from shanhai.insight.iati.rules.checking import check
from shanhai.insight.iati.rules.reading import read
from shanhai.insight.iati.rules.taking import Part, put_together, taken_apart
from shanhai.insight.iati.values import Verdict
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import get_programme

_AT_ONCE = 200


class NotValid(Refused):
    """A file that was checked and not taken in; ``verdict`` is all that is wrong with it."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        first = next(one for one in verdict.findings if one.severity == "critical")
        text = gettext_noop("没有收进来，文件不合标准：%(what)s全部问题见检查结果；请改正，或者请发布方改正后再收。")
        super().__init__(text, "iati.not_valid", field="file", what=first.message)


def take_in(*, by: Actor, at: datetime, programme: str, file: IO[bytes], name: str) -> ImportedFile:
    """Keep a valid file of others with a programme, or answer the one that is there; our ledger knows nothing of it.

    Raises NotVisible, NotAllowed, NotValid.
    """
    get_programme(viewer=by, code=programme)
    by.require(IatiPermission.PUBLISH, programme=programme)
    most = settings.UPLOAD_MAX_BYTES
    content = file.read(most + 1)
    # Seconds of reading pass before anything is locked.
    verdict = check(content, at=at, most_bytes=most)
    if not verdict.valid:
        raise NotValid(verdict)
    head, parts, foot = taken_apart(read(content, most_bytes=most))
    digest = hashlib.sha256()
    for piece in put_together(head, ((part.xml, part.after) for part in parts), foot):
        digest.update(piece)

    with transaction.atomic():
        found = get_programme(viewer=by, code=programme, lock=True)
        there = ImportedFile.objects.filter(programme=found, sha256=digest.hexdigest()).first()
        if there is not None:
            return there
        kept = ImportedFile.objects.create(
            programme=found,
            name="".join(letter for letter in name if letter.isprintable()).strip()[:200] or "iati.xml",
            sha256=digest.hexdigest(),
            head=head,
            foot=foot,
            errors=verdict.errors,
            warnings=verdict.warnings,
            taken_at=at,
            taken_by=by.ref,
        )
        _keep(kept, parts)
        changes = {"name": kept.name, "sha256": kept.sha256, "activities": len(parts)}
        audit.record(by=by, at=at, action="iati.file.taken_in", on=kept.subject(), changes=changes)
    return kept


def _keep(file: ImportedFile, parts: list[Part]) -> None:
    rows = (ImportedActivity(file=file, position=place, **asdict(part)) for place, part in enumerate(parts, 1))
    while some := list(islice(rows, _AT_ONCE)):
        ImportedActivity.objects.bulk_create(some)
