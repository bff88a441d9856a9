# SPDX-License-Identifier: Apache-2.0
"""The letter of a year, signed level by level; matters that people declare under seal."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import (
    NO_SOURCE,
    NO_TEXT,
    BadInput,
    Conflict,
    Faults,
    NotAllowed,
    NotVisible,
    Refused,
    checked_text,
)
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.registers.people.values import ended_before
from shanhai.team.conduct.integrity import selectors
from shanhai.team.conduct.models import Declaration, Letter, Signature
from shanhai.team.conduct.permissions import IntegrityPermission
from shanhai.team.conduct.services import keep_opening
from shanhai.team.conduct.values import MOST_SOURCE, MOST_WORDS, MatterKind, Sealed
from shanhai.team.secondments.selectors.roster import find_own

MOST_LETTER = 8000
_CODE = "conduct.text_not_usable"
_NOT_HERE = gettext_noop("您今天没有派驻。派驻有误请找人事干部。")


@transaction.atomic
def set_letter(
    *, by: Actor, at: datetime, programme: str, year: int, text: str, source: str, provenance: str = ""
) -> Letter:
    """Put the letter of a year before everybody. It cannot be changed: people sign these words.

    Raises NotAllowed, NotVisible, BadInput, Conflict where the year has one.
    """
    by.require(IntegrityPermission.DISCIPLINE, programme=programme)
    of = get_programme(viewer=by, code=programme, lock=True)
    faults = Faults()
    with faults.of("year"):
        if not of.starts_on.year <= year <= of.ends_on.year:
            text_of = gettext_noop("年份要在 %(first)s 和 %(last)s 之间。")
            first, last = str(of.starts_on.year), str(of.ends_on.year)
            raise BadInput(text_of, "conduct.year_not_possible", first=first, last=last)
        if Letter.objects.filter(programme=of, year=year).exists():
            raise Conflict(gettext_noop("这一年的责任书已经有了。签过的文字不能再改。"), "conduct.letter_is_there")
    with faults.of("text"):
        text = checked_text(text, NO_TEXT, _CODE, most=MOST_LETTER)
    with faults.of("source"):
        source = checked_text(source, NO_SOURCE, _CODE, most=MOST_SOURCE)
    faults.tell()
    made = Letter.objects.create(
        programme=of, year=year, text=text, source=source, set_at=at, set_by=by.ref, provenance=provenance
    )
    audit.record(by=by, at=at, action="conduct.letter.set", on=made.subject(), changes={"year": year}, because=source)
    return made


@transaction.atomic
def sign_letter(*, by: Actor, at: datetime, letter: UUID) -> Signature:
    """Sign the letter of a year for oneself. Raises NotVisible, NotAllowed for who is not seconded, Conflict."""
    found = selectors.get_letter(viewer=by, uuid=letter)
    held = find_own(viewer=by, on=clock.local_date(at))
    if held is None or held.programme != found.programme:
        raise NotAllowed(_NOT_HERE, "conduct.not_seconded")
    by.require(IntegrityPermission.OWN, programme=found.programme.code, place=held.place)
    try:
        with transaction.atomic():
            made = Signature.objects.create(
                letter=found, secondment=held, person=held.person, signed_at=at, signed_by=by.ref
            )
    except IntegrityError as error:
        raise Conflict(gettext_noop("您已经签过。"), "conduct.signed_already") from error
    audit.record(by=by, at=at, action="conduct.letter.signed", on=found.subject())
    return made


@transaction.atomic
def countersign(*, by: Actor, at: datetime, letter: UUID, secondment: UUID) -> Signature:
    """Sign beside somebody of one's own: whoever is seconded must have signed themselves before.

    Raises NotVisible, NotAllowed for one's own, Refused, Conflict.
    """
    found = selectors.get_letter(viewer=by, uuid=letter)
    rows = found.signatures.select_for_update(of=("self",), no_key=True).select_related("secondment", "person__user")
    signature = rows.filter(secondment__uuid=secondment).first()
    if signature is None:
        raise NotVisible(gettext_noop("这个人还没有签。"), "conduct.not_signed")
    by.require(IntegrityPermission.COUNTERSIGN, programme=found.programme.code, place=signature.secondment.place)
    if signature.signed_by == by.ref:
        raise NotAllowed(gettext_noop("自己的责任书，由上一级来签。"), "conduct.own_letter")
    held = find_own(viewer=by, on=clock.local_date(at))
    if held is not None and held.programme == found.programme and not selectors.own_signature(viewer=by, letter=found):
        raise Refused(gettext_noop("请先签自己的责任书，再与所属人员签。"), "conduct.sign_first")
    if signature.countersigned_at is not None:
        raise Conflict(gettext_noop("这一份已经签完。"), "conduct.signed_already")
    signature.countersigned_at, signature.countersigned_by = at, by.ref
    signature.save(update_fields=["countersigned_at", "countersigned_by"])
    audit.record(by=by, at=at, action="conduct.letter.countersigned", on=found.subject())
    return signature


@transaction.atomic
def declare(
    *,
    by: Actor,
    at: datetime,
    kind: MatterKind,
    happened_on: date | None = None,
    words: str = "",
    provenance: str = "",
) -> Declaration:
    """Declare a matter of one's own, or that there is none. The trail keeps that it was done, not what.

    Raises NotAllowed for who is not seconded, BadInput.
    """
    today = clock.local_date(at)
    held = find_own(viewer=by, on=today)
    if held is None or not by.may(IntegrityPermission.OWN, programme=held.programme.code, place=held.place):
        raise NotAllowed(_NOT_HERE, "conduct.not_seconded")
    nothing = kind is MatterKind.NOTHING
    faults = Faults()
    with faults.of("words"):
        said = "" if nothing else checked_text(words, NO_TEXT, _CODE, most=MOST_WORDS)
        if nothing and words.strip():
            raise BadInput(gettext_noop("写了内容，请选是哪一类事项。"), "conduct.kind_missing", field="kind")
    with faults.of("happened_on"):
        if not nothing and happened_on is None:
            raise BadInput(gettext_noop("请写哪一天的事。"), "conduct.day_missing")
        if happened_on is not None and happened_on > today:
            raise BadInput(gettext_noop("日期不能晚于今天。"), "conduct.day_to_come")
    faults.tell()
    made = Declaration.objects.create(
        programme=held.programme, place=held.place, secondment=held, person=held.person, year=today.year, kind=kind,
        happened_on=None if nothing else happened_on, words=said, declared_at=at, provenance=provenance,
    )  # fmt: skip
    audit.record(by=by, at=at, action="conduct.declaration.made", on=made.subject())
    return made


@transaction.atomic
def open_declaration(*, by: Actor, at: datetime, declaration: UUID) -> Declaration:
    """Read a declaration: discipline's reading is kept, and the person sees it. Raises NotVisible."""
    found = selectors.get_declaration(viewer=by, uuid=declaration, lock=True)
    if not found.person.is_actor(by):
        keep_opening(by=by, at=at, person=found.person, what=Sealed.DECLARATION)
        if found.read_at is None:
            found.read_at = at
            found.save(update_fields=["read_at"])
    return found


@transaction.atomic
def erase_declarations(*, by: Actor, at: datetime) -> int:
    """Erase what was declared in secondments that ended three years ago; answer of how many. Raises NotAllowed."""
    by.require(IntegrityPermission.DISCIPLINE)
    day = ended_before(clock.local_date(at))
    rows = Declaration.objects.filter(erased_at=None, secondment__until__lte=day).select_related("programme")
    due = list(rows.order_by("pk"))
    Declaration.objects.filter(pk__in=[one.pk for one in due]).update(words="", happened_on=None, erased_at=at)
    audit.record_many(by=by, at=at, acts=[audit.Act("conduct.declaration.erased", one.subject()) for one in due])
    return len(due)
