# SPDX-License-Identifier: Apache-2.0
"""The files of others that were taken in."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, QuerySet

from shanhai.insight.iati.models import ImportedActivity, ImportedFile
from shanhai.insight.iati.rules.taking import put_together
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop


def list_files(*, viewer: Actor) -> QuerySet[ImportedFile]:
    """The files kept with the programmes the viewer sees, the newest first, each with ``count`` of its activities."""
    found = ImportedFile.objects.visible_to(viewer).select_related("programme").defer("head", "foot")
    return found.annotate(count=Count("activities")).order_by("-taken_at", "-pk")


def get_file(*, viewer: Actor, uuid: UUID) -> ImportedFile:
    """A file with its programme. Raises NotVisible."""
    return ImportedFile.objects.all().one(viewer, uuid)


def list_activities(*, file: ImportedFile) -> QuerySet[ImportedActivity]:
    """What stands in a file, in its order, without the XML."""
    return file.activities.defer("xml", "after").order_by("position")


def twice_in(*, file: ImportedFile) -> frozenset[str]:
    """The identifiers under which several activities stand in a file. One query."""
    found = file.activities.exclude(identifier="").values("identifier").annotate(times=Count("pk")).filter(times__gt=1)
    return frozenset(found.values_list("identifier", flat=True))


def get_activity(*, file: ImportedFile, position: int) -> ImportedActivity:
    """What stands at that place of a file. Raises NotVisible."""
    found = file.activities.filter(position=position).first()
    if found is None:
        raise NotVisible(gettext_noop("这份文件里没有这一项。请从文件的页面重新进入。"))
    return found


def file_again(*, file: ImportedFile, position: int | None = None) -> bytes:
    """The file as it was taken in, as canonical XML the same; or one of its activities as a file of its own."""
    found = file.activities.order_by("position").values_list("xml", "after")
    if position is not None:
        found = found.filter(position=position)
    return b"".join(put_together(file.head, found.iterator(chunk_size=200), file.foot))
