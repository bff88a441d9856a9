# SPDX-License-Identifier: Apache-2.0
"""The contract of a project, and how far the work has come."""

from __future__ import annotations

from datetime import date, datetime
from typing import IO
from uuid import UUID

from django.db import transaction

from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.planning.projects.core.rules import refuse_twins
from shanhai.planning.projects.core.selectors.projects import locked_project
from shanhai.planning.projects.core.services import record_change
from shanhai.planning.projects.models import Contract, ProgressNote
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.rules import MAX_FEN
from shanhai.planning.projects.states import ON_SITE, Method, Stage
from shanhai.registers.documents.services import attach_proof, store_document
from shanhai.registers.documents.values import Kind

PHOTOS = frozenset({Kind.JPEG, Kind.PNG})


@transaction.atomic
def add_contract(
    *,
    by: Actor,
    at: datetime,
    project: UUID,
    number: str,
    contractor: str,
    method: Method,
    amount: Money,
    signed_on: date,
    awarded_on: date | None = None,
    apart: bool = False,
) -> Contract:
    """Record a signed contract; the same one twice changes nothing.

    ``apart`` says that somebody has looked at those of its contracts whose numbers are possible twins of this one's.
    Raises NotVisible, NotAllowed, BadInput, Conflict.
    """
    found = locked_project(by=by, project=project, permission=ProjectPermission.MOVE)
    number, contractor = number.strip()[:100], contractor.strip()[:200]
    if not number or not contractor:
        raise BadInput(gettext_noop("合同要有编号和承包单位。请补上。"), "projects.contract_not_accepted")
    if not 0 < amount.fen <= MAX_FEN or amount.currency != found.currency:
        raise BadInput(
            gettext_noop("合同金额 %(amount)s 不能这样记。请核对金额和单位。"),
            "projects.contract_not_accepted",
            amount=amount,
        )
    if signed_on > local_date(at) or (awarded_on is not None and signed_on < awarded_on):
        raise BadInput(
            gettext_noop("合同签订日 %(day)s 不对：不能晚于今天，也不能早于中标日。"),
            "projects.contract_not_accepted",
            day=signed_on,
        )
    facts = {
        "contractor": contractor,
        "method": method.value,
        "amount_fen": amount.fen,
        "awarded_on": awarded_on,
        "signed_on": signed_on,
    }
    stored = found.contracts.filter(number=number).first()
    if stored is not None:
        if any(getattr(stored, name) != value for name, value in facts.items()):
            raise Conflict(
                gettext_noop("编号 %(number)s 的合同已经登记过，内容不同。请核对编号。"),
                "projects.contract_already_there",
                number=number,
            )
        return stored
    if not apart:
        refuse_twins(number, found.contracts.values_list("number", flat=True).order_by("number"))

    contract = Contract.objects.create(project=found, number=number, added_at=at, added_by=by.ref, **facts)
    changes = {"number": number, "amount_fen": amount.fen, "contractor": contractor, "method": method.value}
    record_change(by=by, at=at, project=found, action="projects.contract.added", changes=changes)
    return contract


@transaction.atomic
def note_progress(
    *,
    by: Actor,
    at: datetime,
    project: UUID,
    percent: int,
    words: str,
    on: date,
    corrects: bool = False,
    photos: tuple[tuple[IO[bytes], str], ...] = (),
) -> ProgressNote:
    """Report how far the work had come on a day, with photos (JPEG or PNG) if there are any.

    The project takes over the percent when no later note exists. ``corrects`` lets it fall; the words then say why.
    Raises NotVisible, NotAllowed, Refused, BadInput, and what storing raises.
    """
    found = locked_project(by=by, project=project, permission=ProjectPermission.MOVE)
    words = words.strip()[:1000]
    if Stage(found.stage) not in ON_SITE:
        raise Refused(gettext_noop("开工以后、完工以前才报进度。请先看项目现在的阶段。"), "projects.not_on_site")
    if not 0 <= percent <= 100 or not words or on > local_date(at):
        raise BadInput(
            gettext_noop("进度是 0 到 100 的整数，要写一句进展，日期不能晚于今天。"), "projects.progress_not_accepted"
        )
    if percent < found.progress_percent and not corrects:
        raise Refused(
            gettext_noop("上次报的是 %(before)s%%，这次是 %(now)s%%。确实要改小，请勾选“更正”并写明原因。"),
            "projects.progress_falls",
            before=str(found.progress_percent),
            now=str(percent),
        )

    note = ProgressNote.objects.create(project=found, on_date=on, percent=percent, words=words, at=at, by=by.ref)
    scope = {"programme": found.programme.code, "place": found.place.code}
    for file, name in photos:
        document = store_document(by=by, at=at, file=file, name=name, allowed=PHOTOS, **scope)
        attach_proof(
            by=by, at=at, document=document, subject_type="projects.progress", subject_id=note.uuid, label=name, **scope
        )
    if not found.progress_notes.filter(on_date__gt=on).exists():
        found.progress_percent = percent
        found.save(update_fields=["progress_percent"])
    changes = {"percent": percent, "on": on.isoformat(), "photos": len(photos)}
    record_change(by=by, at=at, project=found, action="projects.progress.noted", changes=changes, because=words)
    return note
