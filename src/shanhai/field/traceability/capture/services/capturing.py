# SPDX-License-Identifier: Apache-2.0
"""Documents that are captured: taken to a file with a job, judged, then stored in one short transaction.

A worker that is killed within leaves nothing but the file and the job, which the next one does anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from shanhai.base.database.services import not_giving_way
from shanhai.base.jobs import services as jobs
from shanhai.field.traceability.capture.selectors.captures import place_of
from shanhai.field.traceability.capture.selectors.credentials import actor_of_ref
from shanhai.field.traceability.events.rules.checking import pointer
from shanhai.field.traceability.events.rules.reading import read
from shanhai.field.traceability.events.values import Fault
from shanhai.field.traceability.models import Capture, Party
from shanhai.field.traceability.store.rules.judging import judge
from shanhai.field.traceability.store.services.putting import put, require_recorder
from shanhai.field.traceability.store.values import Judged, Put, instant_of, undisturbed
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, NotAllowed
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.plain import to_plain
from shanhai.kernel.registry import Progress

JOB = "traceability.capture"
_MOST_ERRORS = 1000


def take_document(*, party: Party, body: bytes, rollback: bool, by: Actor, at: datetime) -> Capture:
    """Keep a document in a file, with a job that captures it, and answer the capture. Raises NotAllowed."""
    require_recorder(party=party, by=by, at=at)
    uuid = ids.new_id()
    name = default_storage.save(place_of(uuid), ContentFile(body))
    try:
        with transaction.atomic():
            made = Capture.objects.create(
                uuid=uuid, party=party, by=by.ref, created_at=at, rollback=rollback, body=name, size=len(body)
            )
            made.job = jobs.start(by=by, at=at, kind=JOB, arguments={"capture": str(uuid)})
            made.save(update_fields=["job"])
    except BaseException:
        default_storage.delete(name)
        raise
    return made


def capture_document(*, capture: UUID, by: Actor, at: datetime, progress: Progress) -> None:
    """Do a capture whose document was taken; one that is done already is left as it is.

    ``by`` is who does it; it is done in the name of who sent it, with what they may do now. Whatever is wrong becomes
    its outcome.
    """
    row = Capture.objects.select_related("party__programme", "party__organisation").filter(uuid=capture).first()
    if row is None or row.finished_at is not None:
        return
    sender = actor_of_ref(row.by)
    judged, refusal = _judged(row, at, progress)
    faults = judged.faults if judged else ()

    def finish() -> None:
        with transaction.atomic():
            now = Capture.objects.select_for_update().get(pk=row.pk)
            if now.finished_at is not None:
                return
            made = Put((), 0, 0, ())
            said = [_plain(refusal)] if refusal else []
            if judged and not judged.whole and not (faults and row.rollback):
                try:
                    made = put(
                        party=row.party, ready=judged.ready, capture=row, rollback=row.rollback, by=sender, at=at
                    )
                except NotAllowed as error:
                    said = [_plain(error.message)]
            all_faults = sorted((*faults, *made.refused), key=lambda one: [str(part).zfill(9) for part in one.path])
            said += [_told(one) for one in all_faults[:_MOST_ERRORS]]
            if len(all_faults) > _MOST_ERRORS:
                more = message(gettext_noop("还有 %(count)s 处没有列出。"), count=len(all_faults) - _MOST_ERRORS)
                said.append(_plain(more))
            now.finished_at, now.success, now.errors = at, not said, said
            now.events, now.taken, now.known = judged.events if judged else 0, made.taken, made.known
            now.body = ""
            now.save()

    not_giving_way(finish)
    default_storage.delete(row.body)


def clear_captures(*, by: Actor, at: datetime) -> int:
    """Delete the files of documents that no capture waits for, a day after they came, and answer how many."""
    folder = place_of(None)
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return 0
    old = [f"{folder}/{name}" for name in names]
    old = [name for name in old if default_storage.get_modified_time(name) < at - timedelta(days=1)]
    waiting = set(Capture.objects.filter(finished_at=None, body__in=old).values_list("body", flat=True))
    for name in (gone := set(old) - waiting):
        default_storage.delete(name)
    return len(gone)


def _judged(row: Capture, at: datetime, progress: Progress) -> tuple[Judged | None, Message | None]:
    """What a document holds, or why nobody can tell."""
    try:
        with default_storage.open(row.body) as file:
            body = file.read()
    except FileNotFoundError:
        return None, message(gettext_noop("发来的文件不在了，可能是从备份恢复过。请再发一次。"))
    try:
        with undisturbed():
            latest = instant_of(at + timedelta(seconds=settings.TRACE_AHEAD_S))
            return judge(read(body), latest=latest, told=progress), None
    except BadInput as error:
        return None, error.message


def _plain(said: Message) -> dict[str, object]:
    return {"pointer": "", "rule": "document", "message": to_plain(said), "remedy": None}


def _told(fault: Fault) -> dict[str, object]:
    remedy = to_plain(fault.remedy)
    return {"pointer": pointer(fault.path), "rule": fault.rule, "message": to_plain(fault.message), "remedy": remedy}
