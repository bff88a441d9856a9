# SPDX-License-Identifier: Apache-2.0
"""What people file for a project: papers and their signatures, waivers, contracts and progress."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import IO, Any
from uuid import UUID

from django.db import transaction

from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, NotVisible, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.planning.projects.ceilings.services import keep_ceilings
from shanhai.planning.projects.core.selectors import in_order, locked_project
from shanhai.planning.projects.core.services import record_change
from shanhai.planning.projects.dossier.rules import BY_KEY, check_contract
from shanhai.planning.projects.models import Contract, Paper, ProgressNote, Project, Waiver
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.rules import amount_faults, refuse_twins
from shanhai.planning.projects.states import ON_SITE, Method, PaperKind, Stage
from shanhai.registers.documents.permissions import DocumentPermission
from shanhai.registers.documents.services import attach_proof, store_document
from shanhai.registers.documents.values import Kind


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
    """File the next version of a paper of ``kind``; of the same file as the last version, what was not said is added.

    Raises NotVisible, NotAllowed, BadInput, Conflict where the same file is said to be something else than before, and
    what storing a document raises.
    """
    found = locked_project(by=by, project=project, permission=DocumentPermission.UPLOAD)
    programme, place = found.programme.code, found.place.code
    _check_days(at, issued_on, signed_on)
    document = store_document(by=by, at=at, file=file, name=name, programme=programme, place=place)
    last = found.papers.filter(kind=kind.value).order_by("-version").first()
    if last is not None and last.document_id == document.pk:
        stated = {"number": number.strip()[:100], "issuer": issuer.strip()[:100]}
        return _completed(by, at, found, last, stated | {"issued_on": issued_on, "signed_on": signed_on})
    version = last.version + 1 if last else 1

    with in_order(found):
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


def _completed(by: Actor, at: datetime, project: Project, paper: Paper, stated: Mapping[str, Any]) -> Paper:
    """The paper with what ``stated`` adds to it."""
    new = {name: value for name, value in stated.items() if value and value != getattr(paper, name)}
    if not new:
        return paper
    if any(getattr(paper, name) for name in new):
        text = gettext_noop(
            "这份文件已经登记过（第 %(version)s 版），文号、单位或日期和这次填的不同。要改请上传新的一版。"
        )
        raise Conflict(text, "projects.paper_filed_otherwise", version=paper.version)
    for name, value in new.items():
        setattr(paper, name, value)
    _check_days(at, paper.issued_on, paper.signed_on)
    with in_order(project):
        paper.save(update_fields=list(new))
    changes = {"kind": paper.kind, "version": paper.version, **{name: str(value) for name, value in new.items()}}
    action = "projects.paper.signed" if "signed_on" in new else "projects.paper.filed"
    record_change(by=by, at=at, project=project, action=action, changes=changes)
    return paper


@transaction.atomic
def sign_paper(*, by: Actor, at: datetime, project: UUID, paper: UUID, on: date) -> Paper:
    """Record that the paper was signed on a day. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = locked_project(by=by, project=project, permission=DocumentPermission.UPLOAD)
    paper_found = found.papers.filter(uuid=paper).first()
    if paper_found is None:
        raise NotVisible(gettext_noop("没有找到这份材料。请从项目页重新进入。"))
    if paper_found.signed_on is not None:
        raise Conflict(
            gettext_noop("这份材料 %(day)s 已经签过。要改请上传新的一版。"),
            "projects.paper_already_signed",
            day=paper_found.signed_on,
        )
    _check_days(at, paper_found.issued_on, on, "on")

    paper_found.signed_on = on
    with in_order(found):
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
    because = checked_reason(because, gettext_noop("免去一项要求要写明原因。请在“原因”里写一句话。"), "projects")

    _, new = Waiver.objects.get_or_create(
        project=found, requirement=requirement, defaults={"because": because, "at": at, "by": by.ref}
    )
    if new:
        changes = {"requirement": requirement}
        record_change(
            by=by, at=at, project=found, action="projects.requirement.waived", changes=changes, because=because
        )
    return found


def _check_days(at: datetime, issued_on: date | None, signed_on: date | None, signed: str = "signed_on") -> None:
    """Neither day is ahead, nor is a paper signed before it is issued; ``signed`` names the day of signing."""
    today, text = local_date(at), gettext_noop("%(day)s 还没有到。请核对材料的日期。")
    for field, day in (("issued_on", issued_on), (signed, signed_on)):
        if day is not None and day > today:
            raise BadInput(text, "projects.paper_day_not_accepted", field=field, day=day)
    if issued_on and signed_on and signed_on < issued_on:
        raise BadInput(
            gettext_noop("签字 %(signed)s 早于出具 %(issued)s。请核对材料的日期。"),
            "projects.paper_day_not_accepted",
            field=signed,
            signed=signed_on,
            issued=issued_on,
        )


def _check_progress(project: Project, percent: int, on: date, later: ProgressNote | None, *, corrects: bool) -> None:
    """Progress lies between what was reported before and after the day. Raises Refused."""
    least, most = project.progress_percent, 100
    if later is not None:
        before = project.progress_notes.filter(on_date__lte=on).order_by("on_date", "pk").last()
        least, most = before.percent if before else 0, later.percent
    if percent > most:
        raise Refused(
            gettext_noop("%(day)s 报的是 %(most)s%%，在它以前不会有 %(now)s%%。请核对日期和进度。"),
            "projects.progress_falls",
            field="percent",
            day=later.on_date if later else on,
            most=str(most),
            now=str(percent),
        )
    if percent < least and not corrects:
        raise Refused(
            gettext_noop("上次报的是 %(before)s%%，这次是 %(now)s%%。确实要改小，请勾选“更正”并写明原因。"),
            "projects.progress_falls",
            field="percent",
            before=str(least),
            now=str(percent),
        )


def _checked_investment(
    project: Project, invested: Money | None, later: ProgressNote | None, *, corrects: bool
) -> Money:
    """What has been invested by the day in all, as stated or as before. Raises BadInput, Refused."""
    done = project.completed_investment if invested is None else invested
    for _field, _code, said in amount_faults("invested", done, project.currency):
        raise BadInput(said.text, "projects.progress_not_accepted", field="invested", **said.params)
    if invested is not None and later is not None:
        raise Refused(
            gettext_noop("%(day)s 已经报过进度，累计完成投资以最近一次为准。这一次请不填完成投资。"),
            "projects.progress_not_accepted",
            field="invested",
            day=later.on_date,
        )
    if done < project.completed_investment and not corrects:
        raise Refused(
            gettext_noop("累计完成投资已经有 %(before)s，这次是 %(now)s。确实要改小，请勾选“更正”并写明原因。"),
            "projects.progress_falls",
            field="invested",
            before=project.completed_investment,
            now=done,
        )
    return done


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
    because: str = "",
) -> Contract:
    """Record a signed contract; the same one twice changes nothing.

    ``apart`` says that somebody has looked at those of its contracts whose numbers are possible twins of this one's.
    Raises NotVisible, NotAllowed, BadInput, Conflict, and as ``keep_ceilings`` does for all contracts together.
    """
    found = locked_project(by=by, project=project, permission=ProjectPermission.MOVE)
    number, contractor = number.strip()[:100], contractor.strip()[:200]
    check_contract(
        number=number, contractor=contractor, amount=amount, currency=found.currency,
        signed_on=signed_on, awarded_on=awarded_on, today=local_date(at),
    )  # fmt: skip
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
                field="number",
                number=number,
            )
        return stored
    if not apart:
        refuse_twins(number, found.contracts.values_list("number", flat=True).order_by("number"))

    with in_order(found):
        contract = Contract.objects.create(project=found, number=number, added_at=at, added_by=by.ref, **facts)
    keep_ceilings(by=by, at=at, projects=[found.uuid], grown=["contracts"], because=because)
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
    invested: Money | None = None,
    corrects: bool = False,
    photos: tuple[tuple[IO[bytes], str], ...] = (),
) -> ProgressNote:
    """Report how far the work had come on a day, with photos (JPEG or PNG) if there are any.

    The project takes over the percent, and the ``invested`` money in all, when no later note exists. ``corrects`` lets
    them fall; the words then say why.
    Raises NotVisible, NotAllowed, Refused, BadInput, and what storing raises.
    """
    found = locked_project(by=by, project=project, permission=ProjectPermission.MOVE)
    words = words.strip()[:1000]
    if Stage(found.stage) not in ON_SITE:
        raise Refused(gettext_noop("开工以后、完工以前才报进度。请先看项目现在的阶段。"), "projects.not_on_site")
    if not 0 <= percent <= 100 or not words or on > local_date(at):
        raise BadInput(
            gettext_noop("进度是 0 到 100 的整数，要写一句进展，日期不能晚于今天。"),
            "projects.progress_not_accepted",
            field="words" if not words else "on" if on > local_date(at) else "percent",
        )
    later = found.progress_notes.filter(on_date__gt=on).order_by("on_date", "pk").first()
    _check_progress(found, percent, on, later, corrects=corrects)
    done = _checked_investment(found, invested, later, corrects=corrects)

    note = ProgressNote.objects.create(project=found, on_date=on, percent=percent, words=words, at=at, by=by.ref)
    scope = {"programme": found.programme.code, "place": found.place.code}
    for file, name in photos:
        document = store_document(by=by, at=at, file=file, name=name, allowed=PHOTOS, **scope)
        attach_proof(
            by=by, at=at, document=document, subject_type="projects.progress", subject_id=note.uuid, label=name, **scope
        )
    changes: dict[str, object] = {"percent": percent, "on": on.isoformat(), "photos": len(photos)}
    if done != found.completed_investment:
        changes["completed_investment_fen"] = [found.completed_investment_fen, done.fen]
    if later is None:
        found.progress_percent, found.completed_investment_fen = percent, done.fen
        found.save(update_fields=["progress_percent", "completed_investment_fen"])
    record_change(by=by, at=at, project=found, action="projects.progress.noted", changes=changes, because=words)
    return note
