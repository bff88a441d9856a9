# SPDX-License-Identifier: Apache-2.0
"""Covered codes are printed with their sheet, opened by buyers, and what looks wrong is closed by somebody."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from shanhai.base.audit import services as audit
from shanhai.base.database.selectors import row_of
from shanhai.base.database.services import not_giving_way
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Refused, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.registry import registries
from shanhai.kernel.states import require_move
from shanhai.registers.codes.covers.rules.secrets import DIGITS, digits_of, draw, hashed
from shanhai.registers.codes.covers.rules.signals import MANY_WRONG, told_by
from shanhai.registers.codes.covers.selectors import MISSING, code_meant, counted_from, limits, place_meant, secret
from shanhai.registers.codes.covers.values import Answer, Outcome
from shanhai.registers.codes.issue.access import held_batch, run_to_print
from shanhai.registers.codes.issue.selectors.sheets import label_for, set_labels, size_named
from shanhai.registers.codes.issue.services import note_printed
from shanhai.registers.codes.models import Code, Cover, Reveal, Signal, SignalMove, Tally
from shanhai.registers.codes.permissions import CodePermission
from shanhai.registers.codes.states import SIGNAL_MOVES, CodeState, SignalKind, SignalState

# Reveals before this one that are looked at: those of the last day come first.
_BEFORE = 20
_HOUR = timedelta(seconds=Tally.HOUR_S)
_TRIED = gettext_noop("试的次数太多了。请一小时后再试；急用请联系发码单位。")


class TooMany(Refused):
    """More covered codes were tried than one buyer would: from this address, of this code, or in all."""

    code = "codes.too_many_reveals"
    status = 429


def covered_sheet(*, batch: UUID, size: str, first: int = 1, last: int | None = None, by: Actor, at: datetime) -> bytes:
    """A run of labels with a covered code each, as PDF. Once: nobody can print these covers again.

    Raises Refused where one of the run has its cover already, BadInput, NotAllowed, NotVisible.
    """
    found = held_batch(by=by, batch=batch)
    if not found.covered:
        text = gettext_noop("这批码没有覆盖码。请用“印标签”，或另发一批带覆盖码的。")
        raise Refused(text, "codes.not_covered", field="size")
    codes = run_to_print(batch=found, first=first, last=last, by=by)
    covers = {code.pk: draw() for code in codes}
    made = set_labels([label_for(code, cover=covers[code.pk]) for code in codes], size=size_named(size))

    def keep() -> None:
        with transaction.atomic():
            held_batch(by=by, batch=batch, lock=True)
            if done := Cover.objects.filter(code__in=[code.pk for code in codes]).count():
                text = gettext_noop("这一段里有 %(count)s 张标签已经印过覆盖码，不能再印。没有拿到的，请作废后另发。")
                raise Refused(text, "codes.cover_printed", field="first", count=done)
            Cover.objects.bulk_create(
                (Cover(code=code, hashed=hashed(secret(), code.path, covers[code.pk])) for code in codes),
                batch_size=500,
            )
            note_printed(batch=batch, codes=codes, by=by, at=at)

    not_giving_way(keep)
    return made


def reveal(*, code: str, typed: str, place: str, address: str, by: Actor, at: datetime) -> Answer:
    """What a covered code that a buyer ``typed`` says of the label ``code``, its address, path or signs.

    ``place`` is the division that they chose, or ""; ``address`` is where they ask from, of which a keyed hash is kept
    for an hour. A wrong one and one of a label that is not known are answered alike. Raises TooMany.
    """
    found, path = code_meant(code)
    bounds = limits(address=address, path=path, at=at)
    tried = not_giving_way(lambda: _count(bounds, by, at))
    digits = digits_of(typed)
    # Also where there is nothing to compare with: nobody is to tell by the time which of the two was wrong.
    given = hashed(secret(), path, digits)
    right = hmac.compare_digest(given, found.cover.hashed if found else "0" * 64) and len(digits) == DIGITS
    if found is None or not right:
        if found is not None and tried[1] >= MANY_WRONG:
            not_giving_way(lambda: _signal(found, {SignalKind.MANY_WRONG: {}}, at))
        return Answer(Outcome.WRONG)
    if found.state == CodeState.REVOKED:
        return Answer(Outcome.REVOKED, path)
    return not_giving_way(lambda: _open(found, place=place_meant(place), by=by, at=at))


def admit(*, address: str, what: str, most: int, refusal: str, by: Actor, at: datetime) -> None:
    """Count one more of ``what`` that nobody signs, from an address in this hour. Raises TooMany with ``refusal``."""
    _count({counted_from(address, what, at): most}, by, at, refusal)


@transaction.atomic
def close_signal(*, signal: UUID, because: str, by: Actor, at: datetime) -> Signal:
    """Close a signal, with what was found. Raises BadInput, NotAllowed, IllegalMove, NotVisible."""
    rows = Signal.objects.visible_to(by).select_related("code__batch")
    found = row_of(rows, signal, MISSING, lock=True)
    by.require(CodePermission.VIEW, programme=found.code.batch.programme, place=found.code.batch.place or None)
    because = checked_reason(because, gettext_noop("请写明查到了什么，例如经销商拆看、发现仿冒标签。"), "codes")
    require_move(SIGNAL_MOVES, SignalState(found.state), SignalState.CLOSED)

    found.state = SignalState.CLOSED
    found.save(update_fields=["state"])
    SignalMove.objects.create(
        signal=found, old=SignalState.OPEN, new=SignalState.CLOSED, at=at, by=by.ref, because=because
    )
    audit.record(
        by=by,
        at=at,
        action="codes.signal.closed",
        on=found.subject(),
        changes={"state": [SignalState.OPEN, SignalState.CLOSED]},
        because=because,
    )
    return found


def forget_tallies(*, by: Actor, at: datetime) -> int:
    """Erase the counts of hours that are over, and answer how many: of nobody, so that the trail says nothing."""
    return Tally.objects.filter(ends_at__lte=at).delete()[0]


@transaction.atomic
def _count(limits: Mapping[str, int], by: Actor, at: datetime, refusal: str = _TRIED) -> list[int]:
    """Count this trial, and answer how often each was tried in the hour. Four statements.

    Raises TooMany. What is refused is not counted: one address alone does not use up what there is for all.
    """
    forget_tallies(by=by, at=at)
    ends_at = at.replace(minute=0, second=0, microsecond=0) + _HOUR
    Tally.objects.bulk_create((Tally(key=key, ends_at=ends_at) for key in limits), ignore_conflicts=True)
    rows = Tally.objects.filter(key__in=limits)
    rows.update(count=F("count") + 1)
    counts = dict(rows.values_list("key", "count"))
    if any(counts[key] > most for key, most in limits.items()):
        raise TooMany(refusal)
    return [counts[key] for key in limits]


@transaction.atomic
def _open(code: Code, *, place: str, by: Actor, at: datetime) -> Answer:
    cover = Cover.objects.select_for_update().get(code=code)
    before = list(cover.reveals.order_by("-at").values_list("at", "place")[:_BEFORE])
    Reveal.objects.create(cover=cover, at=at, place=place)
    outcome = Outcome.FIRST if cover.first_at is None else Outcome.AGAIN
    if cover.first_at is None:
        cover.first_at, cover.first_place = at, place
    cover.count += 1
    cover.save(update_fields=["first_at", "first_place", "count"])
    kind = registries.codes.get(code.kind)
    standing = kind.standing(identifier=code.path, viewer=by, at=at) if kind else None
    told = told_by(
        at=at,
        place=place,
        before=before,
        state=CodeState(code.state),
        known=standing is not None,
        shipped_at=standing.shipped_at if standing else None,
        recalled=standing is not None and standing.recalled,
    )
    _signal(code, told, at)
    if outcome is Outcome.FIRST:
        changes = {"number": code.number, "place": place}
        audit.record(by=by, at=at, action="codes.cover.opened", on=code.batch.subject(), changes=changes)
    return Answer(outcome, code.path, cover.first_at, cover.first_place, cover.count, SignalKind.RECALLED in told)


@transaction.atomic
def _signal(code: Code, told: Mapping[SignalKind, Mapping[str, str]], at: datetime) -> None:
    for kind, facts in told.items():
        found, new = Signal.objects.get_or_create(
            code=code,
            kind=kind,
            state=SignalState.OPEN,
            defaults={"first_at": at, "last_at": at, "facts": dict(facts)},
        )
        if not new:
            Signal.objects.filter(pk=found.pk).update(count=F("count") + 1, last_at=at, facts=dict(facts))
