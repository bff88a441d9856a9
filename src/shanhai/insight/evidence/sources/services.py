# SPDX-License-Identifier: Apache-2.0
"""Taking in a publication, deciding about its claims one by one, taking a decision back, reading it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.base.passages import services as passages
from shanhai.insight.evidence.models import ClaimMove, FoundClaim, Source
from shanhai.insight.evidence.permissions import EvidencePermission
from shanhai.insight.evidence.rules import checked_words, fits
from shanhai.insight.evidence.sources.selectors import READER, hash_of_text, read_text
from shanhai.insight.evidence.states import CLAIM_MOVES, ClaimState
from shanhai.insight.evidence.texts.selectors import open_text
from shanhai.insight.evidence.texts.values import Claim, Original, Reading
from shanhai.insight.evidence.values import Level, Meant
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Faults, checked_reason
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.plain import to_plain
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.registers.documents.selectors import path_of
from shanhai.registers.documents.services import attach_proof, store_document
from shanhai.registers.documents.values import Kind
from shanhai.registers.places.selectors import list_counties_of

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme
    from shanhai.registers.documents.models import Document

# What a person can read through on one page, and decide about.
MOST_CHARACTERS, MOST_CLAIMS = 300_000, 3_000
ALLOWED = frozenset({Kind.TXT, Kind.HTML, Kind.DOCX, Kind.PDF, Kind.XLSX})
SUBJECT = "evidence.source"
TITLE, OUTLET = message(gettext_noop("标题")), message(gettext_noop("媒体"))


@transaction.atomic
def take_in_source(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    file: IO[bytes],
    name: str,
    title: str,
    outlet: str,
    level: Level,
    published_on: date,
    url: str = "",
    replaces: UUID | None = None,
    provenance: str = "public",
) -> Source:
    """Keep a publication whole, with the numbers found in it, or answer the one that is there with the same bytes.

    One without any number is as good as another; a scan is kept and says that nothing could be read. Raises NotVisible,
    NotAllowed, and BadInput for what cannot be kept or is too long to be gone through.
    """
    by.require(EvidencePermission.MANAGE, programme=programme)
    found = get_programme(viewer=by, code=programme, lock=True)
    facts = _checked(title=title, outlet=outlet, url=url, published_on=published_on, at=at)
    before = None if replaces is None else Source.objects.filter(programme=found).one(by, replaces)

    document = store_document(by=by, at=at, file=file, name=name, programme=programme, allowed=ALLOWED)
    there = Source.objects.filter(programme=found, document=document).first()
    if there is not None:
        return there
    original = _opened(document, name)
    reading, claims = read_text(original, _places(found))
    source = Source.objects.create(
        programme=found,
        document=document,
        level=level,
        replaces=before,
        provenance=provenance,
        text=original.text,
        text_sha256=hash_of_text(original.text),
        markup=original.markup,
        places=sorted(original.places.items()),
        notes=[to_plain(one) for one in original.notes],
        recorded_by=by.ref,
        recorded_at=at,
        **facts,
        **_read(reading),
    )
    _keep_claims(source, claims)
    attach_proof(
        by=by, at=at, document=document, subject_type=SUBJECT, subject_id=source.uuid, label=name, programme=programme
    )
    _keep_for_search(source, reading, by=by, at=at)
    changes = {"title": source.title, "outlet": source.outlet, "level": level.value, "claims": len(claims)}
    audit.record(by=by, at=at, action="evidence.source.taken_in", on=source.subject(), changes=changes)
    return source


@transaction.atomic
def decide_claim(
    *, by: Actor, at: datetime, claim: UUID, to: ClaimState, because: str = "", meant: Meant | None = None
) -> FoundClaim:
    """Take a number as it stands, as it is ``meant``, or not at all.

    A number in a damaged sentence is taken only with a word on what was checked. Raises IllegalMove where somebody has
    decided before, BadInput, NotAllowed, NotVisible.
    """
    found = FoundClaim.objects.managed(by, claim)
    require_move(CLAIM_MOVES, ClaimState(found.state), to)
    faults = Faults()
    if to != ClaimState.ACCEPTED or found.damaged:
        missing = gettext_noop("请写明为什么。")
        if to == ClaimState.ACCEPTED:
            missing = gettext_noop("这一句原文有缺损。请写明对照了什么，再采用。")
        with faults.of("because"):
            because = checked_reason(because, missing, "evidence")
    if to == ClaimState.CORRECTED:
        with faults.of("meant_value"):
            _require_meant(found, meant)
    faults.tell()
    corrected = meant if to == ClaimState.CORRECTED else None
    _write(found, to, by=by, at=at, because=because.strip(), meant=corrected)
    return found


@transaction.atomic
def take_back(*, by: Actor, at: datetime, claim: UUID, because: str) -> FoundClaim:
    """Take the decision about a number back, for a reason; it waits again. Raises IllegalMove, BadInput, NotVisible."""
    found = FoundClaim.objects.managed(by, claim)
    require_move(CLAIM_MOVES, ClaimState(found.state), ClaimState.PROPOSED)
    because = checked_reason(because, gettext_noop("请写明为什么收回。"), "evidence")
    _write(found, ClaimState.PROPOSED, by=by, at=at, because=because, meant=None)
    return found


@transaction.atomic
def read_again(*, by: Actor, at: datetime, source: UUID) -> Source:
    """Read the kept text with the present reader: what was decided stays, what nobody has decided is found anew.

    Raises NotVisible, NotAllowed, BadInput.
    """
    found = Source.objects.managed(by, source)
    original = Original(found.text, dict(found.places), (), found.markup)
    reading, claims = read_text(original, _places(found.programme))
    _require_bounded(len(claims), MOST_CLAIMS)
    before = found.reader
    # What somebody has decided, or taken back, has a history.
    kept = {(one.start, one.end) for one in found.claims.exclude(state=ClaimState.PROPOSED, moves=None)}
    found.claims.filter(state=ClaimState.PROPOSED, moves=None).delete()
    for field, value in _read(reading).items():
        setattr(found, field, value)
    found.save(update_fields=[*_read(reading)])
    new = [claim for claim in claims if (claim.start, claim.end) not in kept]
    _keep_claims(found, new)
    _keep_for_search(found, reading, by=by, at=at)
    changes = {"reader": [before, READER], "claims": len(new)}
    audit.record(by=by, at=at, action="evidence.source.read_again", on=found.subject(), changes=changes)
    return found


def _checked(*, title: str, outlet: str, url: str, published_on: date, at: datetime) -> dict[str, Any]:
    faults = Faults()
    facts: dict[str, Any] = {"published_on": published_on, "url": url}
    for name, text, what, most in (("title", title, TITLE, 200), ("outlet", outlet, OUTLET, 60)):
        with faults.of(name):
            facts[name] = checked_words(text, what, most)
    with faults.of("published_on"):
        if published_on > local_date(at):
            raise BadInput(gettext_noop("发表日期还没有到。请核对。"), "evidence.published_in_the_future")
    with faults.of("url"):
        if url and not url.startswith(("http://", "https://")):
            raise BadInput(gettext_noop("网址应以 http:// 或 https:// 开头。"), "evidence.address_not_accepted")
    faults.tell()
    return facts


def _places(programme: Programme) -> list[str]:
    return [one.name for one in list_counties_of(programme.recipient.code)]


def _opened(document: Document, name: str) -> Original:
    original = open_text(path=path_of(document.sha256), name=name)
    _require_bounded(len(original.text), MOST_CHARACTERS)
    # PostgreSQL keeps no such character; the mark of a lost one is as long.
    return replace(original, text=original.text.replace("\x00", "\ufffd"))


def _keep_for_search(source: Source, reading: Reading, *, by: Actor, at: datetime) -> None:
    passages.keep_text(
        by=by,
        at=at,
        of=source.subject(),
        title=source.title,
        url=f"/evidence/sources/{source.uuid}/",
        permission=EvidencePermission.VIEW,
        text=reading.text,
        shared=True,
    )


def _require_bounded(count: int, most: int) -> None:
    if count > most:
        text = gettext_noop("这份材料太长：有 %(count)s 个字，最多 %(most)s 个字。请只收有关的部分。")
        if most == MOST_CLAIMS:
            text = gettext_noop("这份材料里的数太多：有 %(count)s 个，最多 %(most)s 个。请只收有关的部分。")
        raise BadInput(text, "evidence.source_too_long", field="file", count=count, most=most)


def _read(reading: Reading) -> dict[str, Any]:
    return {
        "reading": reading.text.replace("\x00", "\ufffd"),
        "runs": [[run.at, run.start, run.end] for run in reading.runs],
        "cuts": [[span.start, span.end, cut.value] for span, cut in reading.cuts],
        "damage": [[span.start, span.end] for span in reading.damage],
        "reader": READER,
    }


def _keep_claims(source: Source, claims: Sequence[Claim]) -> None:
    _require_bounded(len(claims), MOST_CLAIMS)
    last = source.claims.order_by("-number").values_list("number", flat=True).first() or 0
    FoundClaim.objects.bulk_create(
        FoundClaim(
            source=source,
            number=number,
            text=claim.text[:120],
            subject_phrase=claim.subject[:120],
            sentence_start=min(claim.sentence.start, claim.start),
            sentence_end=max(claim.sentence.end, claim.end),
            period=claim.period[:60],
            place=claim.place[:60],
            unit=claim.unit[:20],
            **{name: getattr(claim, name) for name in ("value", "upper", "step", "bound", "start", "end", "damaged")},
        )
        for number, claim in enumerate(claims, last + 1)
    )


def _require_meant(found: FoundClaim, meant: Meant | None) -> None:
    if meant is None:
        raise BadInput(gettext_noop("请填更正后的数。"), "evidence.meant_missing")
    if not fits(meant.value) or not fits(meant.upper):
        raise BadInput(gettext_noop("这个数记不下：整数最多 18 位，小数最多 6 位。"), "evidence.number_not_kept")
    if meant == found.stated:
        raise BadInput(gettext_noop("和原文说的一样，不用更正，请直接采用。"), "evidence.meant_as_stated")


def _write(found: FoundClaim, to: ClaimState, *, by: Actor, at: datetime, because: str, meant: Meant | None) -> None:
    old = ClaimState(found.state)
    decided = to != ClaimState.PROPOSED
    written: Mapping[str, Any] = {
        "state": to,
        "meant_value": meant and meant.value,
        "meant_upper": meant and meant.upper,
        "meant_unit": meant.unit if meant else "",
        "meant_bound": meant.bound if meant else "",
        "decided_by": by.ref if decided else "",
        "decided_at": at if decided else None,
        "because": because if decided else "",
    }
    for name, value in written.items():
        setattr(found, name, value)
    found.save(update_fields=[*written])
    ClaimMove.objects.create(claim=found, old=old, new=to, at=at, by=by.ref, because=because)
    changes: dict[str, Any] = {"state": [old.value, to.value]}
    if meant:
        changes["meant"] = [_number(found.value), f"{_number(meant.value)} {meant.unit}".strip()]
    act = f"evidence.claim.{to.value}"
    audit.record(by=by, at=at, action=act, on=found.subject(), changes=changes, because=because)


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"
