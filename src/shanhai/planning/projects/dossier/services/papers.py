# SPDX-License-Identifier: Apache-2.0
"""Papers of a project, version by version, and letting a requirement of a gate go."""

from __future__ import annotations

from datetime import date, datetime
from typing import IO
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.projects.core.selectors.projects import locked_project
from shanhai.planning.projects.core.services import record_change
from shanhai.planning.projects.dossier.rules.gates import BY_KEY
from shanhai.planning.projects.models import Paper, Project, Waiver
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.states import PaperKind
from shanhai.registers.documents.permissions import DocumentPermission
from shanhai.registers.documents.services import attach_proof, store_document

NOT_FOUND = gettext_noop("没有找到这份材料。请从项目页重新进入。")


@transaction.atomic
def file_paper(
    *,
    by: Actor,
    at: datetime,
    project: UUID,
    kind: PaperKind,
    file: IO[bytes],
    name: str,
    number: str = "",
    issuer: str = "",
    issued_on: date | None = None,
    signed_on: date | None = None,
) -> Paper:
    """File the next version of a paper of ``kind``; the same file as the last version changes nothing.

    Raises NotVisible, NotAllowed, BadInput, and what storing a document raises.
    """
    found = locked_project(by=by, project=project, permission=DocumentPermission.UPLOAD)
    programme, place = found.programme.code, found.place.code
    _check_days(at, issued_on, signed_on)
    document = store_document(by=by, at=at, file=file, name=name, programme=programme, place=place)
    last = found.papers.filter(kind=kind.value).order_by("-version").first()
    if last is not None and last.document_id == document.pk:
        return last
    version = (found.papers.filter(kind=kind.value).aggregate(last=Max("version"))["last"] or 0) + 1

    paper = Paper.objects.create(
        project=found,
        kind=kind.value,
        version=version,
        document=document,
        number=number.strip()[:100],
        issuer=issuer.strip()[:100],
        issued_on=issued_on,
        signed_on=signed_on,
        added_at=at,
        added_by=by.ref,
    )
    attach_proof(
        by=by,
        at=at,
        document=document,
        subject_type="projects.project",
        subject_id=found.uuid,
        label=name,
        programme=programme,
        place=place,
        kind=kind.value,
    )
    changes = {"kind": kind.value, "version": version, "sha256": document.sha256}
    record_change(by=by, at=at, project=found, action="projects.paper.filed", changes=changes)
    return paper


@transaction.atomic
def sign_paper(*, by: Actor, at: datetime, project: UUID, paper: UUID, on: date) -> Paper:
    """Record that the paper was signed on a day. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = locked_project(by=by, project=project, permission=DocumentPermission.UPLOAD)
    paper_found = found.papers.filter(uuid=paper).first()
    if paper_found is None:
        raise NotVisible(NOT_FOUND)
    if paper_found.signed_on is not None:
        raise Conflict(
            gettext_noop("这份材料 %(day)s 已经签过。要改请上传新的一版。"),
            "projects.paper_already_signed",
            day=paper_found.signed_on,
        )
    _check_days(at, paper_found.issued_on, on)

    paper_found.signed_on = on
    paper_found.save(update_fields=["signed_on"])
    changes = {"kind": paper_found.kind, "version": paper_found.version, "signed_on": on.isoformat()}
    record_change(by=by, at=at, project=found, action="projects.paper.signed", changes=changes)
    return paper_found


@transaction.atomic
def waive_requirement(*, by: Actor, at: datetime, project: UUID, requirement: str, because: str) -> Project:
    """Let a requirement go for this project. What a law asks for needs ``gate.waive``; practice, ``project.manage``.

    Twice changes nothing. Raises NotVisible, NotAllowed, BadInput.
    """
    asked = BY_KEY.get(requirement)
    needed = asked.waiver if asked else ProjectPermission.MANAGE
    found = locked_project(by=by, project=project, permission=needed)
    if asked is None:
        raise BadInput(gettext_noop("没有这样一项要求。请从项目页重新进入。"), "projects.requirement_unknown")
    because = because.strip()[:500]
    if not because:
        raise BadInput(gettext_noop("免去一项要求要写明原因。请在“原因”里写一句话。"), "projects.waiver_needs_reason")

    _, new = Waiver.objects.get_or_create(
        project=found, requirement=requirement, defaults={"because": because, "at": at, "by": by.ref}
    )
    if new:
        changes = {"requirement": requirement}
        record_change(
            by=by, at=at, project=found, action="projects.requirement.waived", changes=changes, because=because
        )
    return found


def _check_days(at: datetime, issued_on: date | None, signed_on: date | None) -> None:
    today = local_date(at)
    for day in (issued_on, signed_on):
        if day is not None and day > today:
            raise BadInput(
                gettext_noop("%(day)s 还没有到。请核对材料的日期。"), "projects.paper_day_not_accepted", day=day
            )
    if issued_on and signed_on and signed_on < issued_on:
        raise BadInput(
            gettext_noop("签字 %(signed)s 早于出具 %(issued)s。请核对材料的日期。"),
            "projects.paper_day_not_accepted",
            signed=signed_on,
            issued=issued_on,
        )
