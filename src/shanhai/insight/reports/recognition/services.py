# SPDX-License-Identifier: Apache-2.0
"""Recording what was published and honoured; cases written, reviewed, accepted and revised."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import IO, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.insight.reports.models import Case, CaseMove, Mention
from shanhai.insight.reports.permissions import ReportsPermission
from shanhai.insight.reports.rules import cleaned
from shanhai.insight.reports.states import CASE_IN_HAND, CASE_MOVES, CaseState
from shanhai.insight.reports.values import MOST_CASE_TEXT, MOST_MENTION, TEMPLATE, MediaLevel, MentionKind
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, Faults, NotAllowed, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.registers.documents.services import attach_proof, store_document


@transaction.atomic
def record_mention(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    kind: MentionKind,
    level: MediaLevel,
    title: str,
    outlet: str,
    on: date,
    url: str = "",
    document_number: str = "",
    file: IO[bytes] | None = None,
    name: str = "",
    provenance: str = "",
) -> Mention:
    """Record a report, a praise, a case chosen or an award; ``outlet`` is the medium, the channel or the office.

    The ``file``, a picture or a scan of it under its ``name``, is kept and seen by who may see documents there.
    Raises BadInput, Conflict for what is there already, NotAllowed, NotVisible.
    """
    by.require(ReportsPermission.WRITE, programme=programme)
    found, faults = get_programme(viewer=by, code=programme, lock=True), Faults()
    texts = {"title": title, "outlet": outlet, "document_number": document_number}
    for part, most in MOST_MENTION.items():
        with faults.of(part):
            texts[part] = _checked(texts[part], most, required=part != "document_number")
    with faults.of("url"):
        _require_address(url)
    with faults.of("on"):
        if not found.starts_on <= on <= local_date(at):
            text = gettext_noop("日期应在这项对口支援开始（%(first)s）以后、今天以前。")
            raise BadInput(text, "reports.day_not_accepted", first=found.starts_on.isoformat())
    faults.tell()
    same = {"programme": found, "kind": kind, "outlet": texts["outlet"], "title": texts["title"], "on": on}
    if Mention.objects.filter(**same, withdrawn_at=None).exists():
        text = gettext_noop("这一条已经登记过：同一天、同一处、同一个标题。")
        raise Conflict(text, "reports.already_there", field="title")

    kept = None if file is None else store_document(by=by, at=at, file=file, name=name, programme=programme)
    more = {"level": level, "url": url, "document_number": texts["document_number"], "provenance": provenance}
    made = Mention.objects.create(
        **same, **more, file_sha256=kept.sha256 if kept else "", recorded_at=at, recorded_by=by.ref
    )
    if kept is not None:
        of: dict[str, Any] = {"subject_type": Mention.subject_type, "subject_id": made.uuid, "programme": programme}
        attach_proof(by=by, at=at, document=kept, label=name, **of)
    facts = {"kind": kind.value, "level": level.value, "title": made.title, "outlet": made.outlet, "on": on.isoformat()}
    audit.record(by=by, at=at, action="bulletin.mention.recorded", on=made.subject(), changes=facts)
    return made


@transaction.atomic
def withdraw_mention(*, by: Actor, at: datetime, mention: UUID, because: str) -> Mention:
    """Take back what was recorded wrongly; the row stays. Raises BadInput, Refused, NotAllowed, NotVisible."""
    found = Mention.objects.one(by, mention, lock=True)
    by.require(ReportsPermission.WRITE, programme=found.programme.code)
    if found.withdrawn_at is not None:
        raise Refused(gettext_noop("这一条已经撤回了。"), "reports.withdrawn")
    because = checked_reason(because, gettext_noop("请写明为什么撤回。"), "reports")

    found.withdrawn_at, found.withdrawn_because = at, because
    found.save(update_fields=["withdrawn_at", "withdrawn_because"])
    facts = {"title": found.title}
    audit.record(by=by, at=at, action="bulletin.mention.withdrawn", on=found.subject(), changes=facts, because=because)
    return found


@transaction.atomic
def write_case(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    title: str,
    texts: Mapping[str, str],
    case: UUID | None = None,
    provenance: str = "",
) -> Case:
    """Write a case after ``TEMPLATE``, a new one or one in hand. Raises BadInput, Conflict, NotAllowed, NotVisible."""
    by.require(ReportsPermission.WRITE, programme=programme)
    owner, faults = get_programme(viewer=by, code=programme), Faults()
    found = (
        Case.objects.one(by, case, lock=True)
        if case
        else Case(programme=owner, written_by=by.ref, moved_at=at, provenance=provenance)
    )
    if found.programme != owner or CaseState(found.state) not in CASE_IN_HAND:
        raise Conflict(gettext_noop("这个案例已经送审或入库，不能直接改。入库的，出新的一版。"), "reports.not_in_hand")
    with faults.of("title"):
        found.title = _checked(title, 100, required=True)
    for name in TEMPLATE:
        with faults.of(name):
            setattr(found, name, _checked(texts.get(name, ""), MOST_CASE_TEXT))
    faults.tell()

    found.edited_by = by.ref
    found.save()
    facts = {"title": found.title, "version": found.version}
    audit.record(by=by, at=at, action="bulletin.case.saved", on=found.subject(), changes=facts)
    return found


@transaction.atomic
def submit_case(*, by: Actor, at: datetime, case: UUID) -> Case:
    """Hand a case in for review. Raises Refused for an empty part, IllegalMove, NotAllowed, NotVisible."""
    found = _locked(by, case, ReportsPermission.WRITE, CaseState.SUBMITTED)
    missing = tuple(message(words) for name, words in TEMPLATE.items() if not getattr(found, name))
    if missing:
        text = gettext_noop("还不能送审，请补齐：%(missing)s。")
        raise Refused(text, "reports.nothing_written", missing=missing)
    return _move(found, CaseState.SUBMITTED, by=by, at=at)


@transaction.atomic
def return_case(*, by: Actor, at: datetime, case: UUID, because: str) -> Case:
    """Send a case back with an opinion. Raises BadInput, IllegalMove, NotAllowed, NotVisible."""
    found = _locked(by, case, ReportsPermission.APPROVE, CaseState.RETURNED)
    text = gettext_noop("退回要写明意见，让起草的人知道改什么。")
    return _move(found, CaseState.RETURNED, by=by, at=at, because=checked_reason(because, text, "reports"))


@transaction.atomic
def accept_case(*, by: Actor, at: datetime, case: UUID, because: str = "") -> Case:
    """Take a case into the library. Raises NotAllowed for one's own, IllegalMove, NotVisible."""
    found = _locked(by, case, ReportsPermission.APPROVE, CaseState.ACCEPTED)
    if by.ref in (found.written_by, found.edited_by):
        raise NotAllowed(gettext_noop("自己写的案例，要由别人审核。"), "reports.own_case")
    found.accepted_on = local_date(at)
    return _move(found, CaseState.ACCEPTED, by=by, at=at, because=because.replace("\x00", "").strip()[:500])


@transaction.atomic
def revise_case(*, by: Actor, at: datetime, case: UUID) -> Case:
    """Begin the next version of an accepted case; both stay. Raises Refused, NotAllowed, NotVisible."""
    old = Case.objects.one(by, case, lock=True)
    by.require(ReportsPermission.WRITE, programme=old.programme.code)
    if old.state != CaseState.ACCEPTED or hasattr(old, "replaced_by"):
        text = gettext_noop("只有入库的最新一版可以出新的一版。")
        raise Refused(text, "reports.not_frozen")
    kept = {name: getattr(old, name) for name in ("programme", "title", "provenance", *TEMPLATE)}
    made = Case(**kept, version=old.version + 1, replaces=old, written_by=by.ref, edited_by=by.ref, moved_at=at)
    made.save()
    facts = {"title": made.title, "version": made.version}
    audit.record(by=by, at=at, action="bulletin.case.saved", on=made.subject(), changes=facts)
    return made


def _locked(by: Actor, case: UUID, permission: str, to: CaseState) -> Case:
    found = Case.objects.one(by, case, lock=True)
    by.require(permission, programme=found.programme.code)
    require_move(CASE_MOVES, CaseState(found.state), to)
    return found


def _move(found: Case, to: CaseState, *, by: Actor, at: datetime, because: str = "") -> Case:
    old = found.state
    found.state, found.moved_at = to, at
    found.save()
    CaseMove.objects.create(case=found, old=old, new=to, at=at, by=by.ref, because=because)
    act, changes = f"bulletin.case.{to.value}", {"state": [old, to.value]}
    audit.record(by=by, at=at, action=act, on=found.subject(), changes=changes, because=because)
    return found


def _require_address(url: str) -> None:
    try:
        if url:
            URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        raise BadInput(gettext_noop("链接要写全，以 http:// 或 https:// 开头。"), "reports.address") from None


def _checked(text: str, most: int, *, required: bool = False) -> str:
    said = cleaned(text, most)
    if required and not said:
        raise BadInput(gettext_noop("这里要填。"), "reports.title_missing")
    return said
