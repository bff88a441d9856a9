# SPDX-License-Identifier: Apache-2.0
"""Honours: nominated, decided by another, noticed for working days, objected to, granted with a number."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

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
    checked_reason,
    checked_text,
    require_between,
)
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.states import require_move
from shanhai.kernel.subjects import Subject
from shanhai.kernel.workdays import after_workdays
from shanhai.planning.programmes.campaigns.selectors import get_group
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.team.contests.honours import selectors
from shanhai.team.contests.models import Honour, HonourKind, HonourMove, Objection
from shanhai.team.contests.permissions import ContestPermission, HonourPermission
from shanhai.team.contests.states import HONOUR_MOVES, HonourState
from shanhai.team.contests.values import MOST_NAME, MOST_SOURCE, MOST_WORDS, HonourKindFacts
from shanhai.team.secondments.selectors.roster import get_secondment

if TYPE_CHECKING:
    from shanhai.registers.people.models import Person

MOST_QUOTA, MOST_NOTICE = 1000, 60
_CODE = "contests.text_not_usable"


@transaction.atomic
def set_honour_kind(*, by: Actor, at: datetime, programme: str, facts: HonourKindFacts) -> HonourKind:
    """Let a kind of honour hold from a day; what held under its name until then ends on that day.

    Raises NotAllowed, NotVisible, BadInput, Conflict where a later one is set already.
    """
    by.require(HonourPermission.DECIDE, programme=programme)
    of = get_programme(viewer=by, code=programme, lock=True)
    faults = Faults()
    with faults.of("name"):
        name = checked_text(facts.name, NO_TEXT, _CODE, most=MOST_NAME)
    with faults.of("name_en"):
        name_en = checked_text(facts.name_en, NO_TEXT, _CODE, most=MOST_NAME)
    with faults.of("source"):
        source = checked_text(facts.source, NO_SOURCE, _CODE, most=MOST_SOURCE)
    for field, value, most in (("quota", facts.quota, MOST_QUOTA), ("notice_days", facts.notice_days, MOST_NOTICE)):
        with faults.of(field):
            require_between(value, 1, most, "contests.number_not_possible")
    faults.tell()
    same = HonourKind.objects.filter(programme=of, name=name)
    if same.filter(valid_from__gte=facts.valid_from).exists():
        text = gettext_noop("“%(name)s”已经有从这一天或以后起的规定。请选更晚的日子。")
        raise Conflict(text, "contests.kind_set_later", field="valid_from", name=name)
    same.filter(valid_until=None).update(valid_until=facts.valid_from)
    made = HonourKind.objects.create(
        programme=of, name=name, name_en=name_en, for_group=facts.for_group, quota=facts.quota,
        notice_days=facts.notice_days, source=source, valid_from=facts.valid_from,
    )  # fmt: skip
    on = Subject("contests.honourkind", made.uuid, programme)
    changes = {"valid_from": facts.valid_from.isoformat()}
    audit.record(by=by, at=at, action="contests.kind.set", on=on, changes=changes, because=source)
    return made


@transaction.atomic
def nominate(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    kind: UUID,
    year: int,
    reason: str,
    secondment: UUID | None = None,
    group: UUID | None = None,
    provenance: str = "",
) -> Honour:
    """Name somebody who was in a post in that year, or a work group, for an honour; not oneself.

    Raises NotAllowed, NotVisible, Refused with what stands against it, Conflict for who is named already, BadInput.
    """
    by.require(HonourPermission.NOMINATE, programme=programme)
    of = get_programme(viewer=by, code=programme)
    today = clock.local_date(at)
    faults = Faults()
    with faults.of("kind"):
        found = selectors.kinds_in_force(programme=programme, on=today).filter(uuid=kind).first()
        if found is None:
            raise BadInput(gettext_noop("没有这一种荣誉。请从列表选择。"), "contests.kind_not_known")
    with faults.of("year"):
        if not of.starts_on.year <= year <= today.year:
            text = gettext_noop("年份要在 %(first)s 和今年之间。")
            raise BadInput(text, "contests.year_not_possible", first=str(of.starts_on.year))
    with faults.of("reason"):
        reason = checked_text(reason, NO_TEXT, _CODE, most=MOST_WORDS)
    faults.tell()
    assert found is not None
    with faults.of("group" if found.for_group else "secondment"):
        if (group if found.for_group else secondment) is None:
            raise BadInput(gettext_noop("请选给谁。"), "contests.whose_missing")
    faults.tell()
    person = None if found.for_group else _seconded(by, secondment, year, programme)
    team = get_group(viewer=by, uuid=group, programme=programme) if found.for_group and group else None
    said = selectors.against(programme=programme, year=year, on=today, person=person, group=team)
    if said:
        text = gettext_noop("现在不能推荐：%(why)s")
        raise Refused(text, "contests.stands_against", why=tuple(said))
    try:
        with transaction.atomic():
            made = Honour.objects.create(
                programme=of, kind=found, kind_name=found.name, year=year, person=person, group=team, reason=reason,
                nominated_at=at, nominated_by=by.ref, provenance=provenance,
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict(gettext_noop("这一年的这项荣誉已经推荐过。"), "contests.nominated_already") from error
    HonourMove.objects.create(honour=made, new=HonourState.NOMINATED, at=at, by=by.ref)
    audit.record(by=by, at=at, action="contests.honour.nominated", on=made.subject(), changes={"year": year})
    return made


@transaction.atomic
def decide_honour(*, by: Actor, at: datetime, honour: UUID, passed: bool, because: str = "") -> Honour:
    """Say yes, whereupon it is noticed from today for the working days of its kind, or no, and why.

    Raises NotVisible, NotAllowed for one's own and for what one named, Refused beyond the quota, Conflict, BadInput.
    """
    found = _held(by, honour, HonourState.NOMINATED)
    if found.nominated_by == by.ref or _is_own(by, found):
        raise NotAllowed(gettext_noop("自己推荐的、自己的，由别人审定。"), "contests.own_honour")
    found.decided_by = by.ref
    if not passed:
        reason = checked_reason(because, gettext_noop("请写明为什么不通过。"), "contests")
        return _move(found, HonourState.DECLINED, by=by, at=at, act="contests.honour.declined", because=reason)
    # Two who decide at once wait for one another here, so that the quota is counted once.
    kind = HonourKind.objects.select_for_update(no_key=True).get(pk=found.kind_id)
    if selectors.given(kind=kind, year=found.year) >= kind.quota:
        text = gettext_noop("“%(kind)s”一年 %(quota)s 个，已经满了。")
        raise Refused(text, "contests.quota_full", kind=kind.name, quota=kind.quota)
    today = clock.local_date(at)
    _require_nothing_against(found, today)
    found.notice_from = today
    found.notice_until = after_workdays(found.notice_from, kind.notice_days)
    return _move(found, HonourState.NOTICED, by=by, at=at, act="contests.honour.noticed")


@transaction.atomic
def object_to(*, by: Actor, at: datetime, honour: UUID, words: str) -> Objection:
    """Say something against an honour while it is noticed; who decides alone reads it.

    Raises NotVisible, Conflict, BadInput.
    """
    found = selectors.get_honour(viewer=by, uuid=honour, lock=True)
    by.require(ContestPermission.VIEW, programme=found.programme.code)
    if found.state != HonourState.NOTICED:
        raise _moved_on(found)
    faults = Faults()
    with faults.of("words"):
        words = checked_text(words, NO_TEXT, _CODE, most=MOST_WORDS)
    faults.tell()
    made = Objection.objects.create(honour=found, words=words, raised_at=at, raised_by=by.ref)
    audit.record(by=by, at=at, action="contests.honour.objected", on=found.subject())
    return made


@transaction.atomic
def answer_objection(*, by: Actor, at: datetime, honour: UUID, objection: UUID, answer: str) -> Objection:
    """Say what came of an objection that is not one's own. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = _held(by, honour, HonourState.NOTICED)
    said = found.objections.filter(uuid=objection).first()
    if said is None:
        raise NotVisible(gettext_noop("没有找到这条意见。"), "contests.objection_not_found")
    if said.raised_by == by.ref or _is_own(by, found):
        raise NotAllowed(gettext_noop("自己提的意见，由别人答复。"), "contests.own_objection")
    if said.answer:
        raise Conflict(gettext_noop("这条意见已经答复。"), "contests.objection_answered")
    faults = Faults()
    with faults.of("answer"):
        said.answer = checked_text(answer, NO_TEXT, _CODE, most=MOST_WORDS)
    faults.tell()
    said.answered_by = by.ref
    said.save(update_fields=["answer", "answered_by"])
    audit.record(by=by, at=at, action="contests.honour.answered", on=found.subject())
    return said


@transaction.atomic
def grant(*, by: Actor, at: datetime, honour: UUID) -> Honour:
    """Grant it once its notice is over and every objection is answered; it gets the next number of its year.

    Raises NotVisible, NotAllowed for one's own, Conflict, Refused while something stands against it.
    """
    found = _held(by, honour, HonourState.NOTICED)
    if _is_own(by, found):
        raise NotAllowed(gettext_noop("自己的荣誉，由别人授予。"), "contests.own_honour")
    today = clock.local_date(at)
    assert found.notice_until is not None
    if today < found.notice_until:
        text = gettext_noop("公示到 %(day)s 前一天为止，还没有满。")
        raise Conflict(text, "contests.notice_runs", day=found.notice_until.isoformat())
    if found.objections.filter(answer="").exists():
        raise Conflict(gettext_noop("有意见没有答复。请先答复。"), "contests.objections_open")
    # Something may have come up while it was noticed.
    _require_nothing_against(found, today)
    get_programme(viewer=by, code=found.programme.code, lock=True)
    rows = Honour.objects.filter(programme=found.programme, year=found.year)
    found.number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    found.granted_on = today
    return _move(found, HonourState.GRANTED, by=by, at=at, act="contests.honour.granted")


@transaction.atomic
def withdraw_honour(*, by: Actor, at: datetime, honour: UUID, because: str) -> Honour:
    """Take a nomination or a notice back: who named, or who decides.

    Raises NotVisible, NotAllowed, Conflict, BadInput.
    """
    found = selectors.get_honour(viewer=by, uuid=honour, lock=True)
    if found.nominated_by != by.ref and not by.may(HonourPermission.DECIDE, programme=found.programme.code):
        raise NotAllowed(gettext_noop("由推荐的人或审定的人撤回。"))
    if found.state not in (HonourState.NOMINATED, HonourState.NOTICED):
        raise _moved_on(found)
    reason = checked_reason(because, gettext_noop("请写明为什么撤回。"), "contests")
    return _move(found, HonourState.WITHDRAWN, by=by, at=at, act="contests.honour.withdrawn", because=reason)


def _seconded(by: Actor, secondment: UUID | None, year: int, programme: str) -> Person:
    assert secondment is not None
    held = get_secondment(viewer=by, uuid=secondment)
    if held.programme.code != programme or held.since.year > year or held.until.year < year:
        text = gettext_noop("这个人那一年不在这支队伍里。")
        raise BadInput(text, "contests.not_seconded_then", field="secondment")
    if not held.person.name:
        raise BadInput(gettext_noop("这个人的信息已经清除。"), "contests.person_erased", field="secondment")
    if held.person.is_actor(by):
        raise NotAllowed(gettext_noop("不能推荐自己。"), "contests.own_honour")
    return held.person


def _require_nothing_against(found: Honour, today: date) -> None:
    said = selectors.against(
        programme=found.programme.code, year=found.year, on=today, person=found.person, group=found.group, deciding=True
    )
    if said:
        text = gettext_noop("现在不能通过：%(why)s")
        raise Refused(text, "contests.stands_against", why=tuple(said))


def _is_own(by: Actor, honour: Honour) -> bool:
    return honour.person is not None and honour.person.is_actor(by)


def _held(by: Actor, uuid: UUID, state: HonourState) -> Honour:
    found = selectors.get_honour(viewer=by, uuid=uuid, lock=True)
    by.require(HonourPermission.DECIDE, programme=found.programme.code)
    if found.state != state:
        raise _moved_on(found)
    return found


def _moved_on(honour: Honour) -> Conflict:
    text = gettext_noop("这项荣誉现在是“%(state)s”，不能这样办。请刷新后再看。")
    return Conflict(text, "contests.honour_moved_on", state=message(honour.status[1]))


def _move(honour: Honour, to: HonourState, *, by: Actor, at: datetime, act: str, because: str = "") -> Honour:
    old = HonourState(honour.state)
    require_move(HONOUR_MOVES, old, to)
    honour.state = to.value
    honour.save()
    HonourMove.objects.create(honour=honour, old=old, new=to, at=at, by=by.ref, because=because)
    changes = {"state": [old.value, to.value]} | ({"number": honour.number} if honour.number else {})
    audit.record(by=by, at=at, action=act, on=honour.subject(), changes=changes)
    return honour
