# SPDX-License-Identifier: Apache-2.0
"""Delegations: planned, approved by another, held, closed with their four papers; stops, people, costs, standards."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction

from shanhai.base import formats
from shanhai.base.accounts.selectors import find_user, user_ref
from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import (
    BadInput,
    Conflict,
    Faults,
    NotAllowed,
    NotVisible,
    Refused,
    checked_reason,
    checked_text,
)
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import MAX_FEN
from shanhai.kernel.numerals import half_width
from shanhai.kernel.states import require_move
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.projects.core.selectors import get_project
from shanhai.registers.organisations.selectors import get_organisation
from shanhai.registers.people.values import ended_before
from shanhai.registers.places.selectors import get_division
from shanhai.team.visits.models import Attendee, Cost, Delegation, DelegationMove, Standard, Stop
from shanhai.team.visits.permissions import VisitPermission
from shanhai.team.visits.rules import check_day, companions_allowed
from shanhai.team.visits.selectors import delegations as selectors
from shanhai.team.visits.states import DELEGATION_MOVES, DelegationState
from shanhai.team.visits.values import (
    MOST_NAME,
    MOST_SOURCE,
    MOST_TITLE,
    MOST_WORDS,
    Category,
    CostFacts,
    DelegationFacts,
    Side,
    StopFacts,
)

if TYPE_CHECKING:
    from shanhai.planning.projects.models import Project

MOST_DAYS, MOST_PEOPLE, MOST_LETTER = 60, 1000, 60
_CODE = "visits.text_not_usable"
_BRACKETS = str.maketrans("[]()【】", "〔〕〔〕〔〕")
NO_TEXT = gettext_noop("这一项为空，或超过 %(most)s 个字。请改正。")
NO_SOURCE = gettext_noop("请写明依据：哪个文件、哪一条，或“示例”。")
_TWICE = gettext_noop("这份公函已经登记在另一次互访里。一函一事。")


@transaction.atomic
def plan_delegation(
    *, by: Actor, at: datetime, programme: str, facts: DelegationFacts, provenance: str = ""
) -> Delegation:
    """Plan a visit. Raises NotAllowed, NotVisible, BadInput, Conflict for a letter that is another visit's."""
    by.require(VisitPermission.MANAGE, programme=programme)
    of = get_programme(viewer=by, code=programme)
    faults = Faults()
    texts = {}
    for name, most in (("title", MOST_TITLE), ("purpose", MOST_WORDS)):
        with faults.of(name):
            texts[name] = checked_text(getattr(facts, name), NO_TEXT, _CODE, most=most)
    with faults.of("until"):
        if facts.until <= facts.since or (facts.until - facts.since).days > MOST_DAYS:
            text = gettext_noop("结束要晚于 %(since)s，一次最多 %(most)s 天。")
            raise BadInput(text, "visits.days_not_usable", since=facts.since.isoformat(), most=MOST_DAYS)
    with faults.of("since"):
        check_day(facts.since, of.starts_on, of.ends_on)
    with faults.of("host"):
        if facts.host == facts.guest:
            raise BadInput(gettext_noop("主方和客方要是两个单位。"), "visits.same_unit")
    with faults.of("letter_number"):
        letter = _letter(facts.letter_number, facts.letter_on)
    faults.tell()
    guest, host = (get_organisation(viewer=by, uuid=one) for one in (facts.guest, facts.host))
    made = Delegation(
        programme=of, direction=facts.direction, guest=guest, host=host, since=facts.since, until=facts.until,
        letter_number=letter, letter_on=facts.letter_on if letter else None, planned_at=at, planned_by=by.ref,
        provenance=provenance, **texts,
    )  # fmt: skip
    _stored(made)
    DelegationMove.objects.create(delegation=made, new=DelegationState.PLANNED, at=at, by=by.ref)
    changes = {"direction": facts.direction, "since": facts.since.isoformat(), "until": facts.until.isoformat()}
    audit.record(by=by, at=at, action="visits.delegation.planned", on=made.subject(), changes=changes)
    return made


@transaction.atomic
def set_letter(*, by: Actor, at: datetime, delegation: UUID, letter_number: str, letter_on: date) -> Delegation:
    """Enter the letter by which a visit was announced. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = _managed(by, delegation)
    _require(found, DelegationState.PLANNED, DelegationState.APPROVED, DelegationState.HELD)
    faults = Faults()
    with faults.of("letter_number"):
        found.letter_number = _letter(letter_number, letter_on, needed=True)
    with faults.of("letter_on"):
        if letter_on > clock.local_date(at):
            raise BadInput(gettext_noop("日期不能晚于今天。"), "visits.day_to_come")
    faults.tell()
    found.letter_on = letter_on
    _stored(found)
    changes = {"letter_number": found.letter_number}
    audit.record(by=by, at=at, action="visits.delegation.letter", on=found.subject(), changes=changes)
    return found


@transaction.atomic
def approve_delegation(*, by: Actor, at: datetime, delegation: UUID) -> Delegation:
    """Approve a visit that another planned, once its letter is there.

    Raises NotVisible, NotAllowed, Conflict, Refused.
    """
    found = selectors.get_delegation(viewer=by, uuid=delegation, lock=True)
    by.require(VisitPermission.APPROVE, programme=found.programme.code)
    _require(found, DelegationState.PLANNED)
    if found.planned_by == by.ref:
        raise NotAllowed(gettext_noop("自己安排的，由别人批准。"), "visits.own_plan")
    if not found.letter_number:
        raise Refused(gettext_noop("还没有公函。没有公函的不批准接待。"), "visits.no_letter")
    found.approved_by = by.ref
    return _move(found, DelegationState.APPROVED, by=by, at=at, act="visits.delegation.approved")


@transaction.atomic
def hold_delegation(*, by: Actor, at: datetime, delegation: UUID) -> Delegation:
    """Say that the visit took place, from its first day on. Raises NotVisible, NotAllowed, Conflict."""
    found = _managed(by, delegation)
    _require(found, DelegationState.APPROVED)
    if clock.local_date(at) < found.since:
        raise Conflict(gettext_noop("还没有到这次互访的日子。"), "visits.not_begun")
    return _move(found, DelegationState.HELD, by=by, at=at, act="visits.delegation.held")


@transaction.atomic
def report_delegation(*, by: Actor, at: datetime, delegation: UUID) -> Delegation:
    """Close the papers: letter, approval, list, receipts.

    Raises NotVisible, NotAllowed, Conflict, Refused naming those that are missing.
    """
    found = _managed(by, delegation)
    _require(found, DelegationState.HELD)
    missing = selectors.missing_papers(found)
    if missing:
        text = gettext_noop("报账还缺：%(papers)s。")
        raise Refused(text, "visits.papers_missing", papers=tuple(missing))
    return _move(found, DelegationState.REPORTED, by=by, at=at, act="visits.delegation.reported")


@transaction.atomic
def cancel_delegation(*, by: Actor, at: datetime, delegation: UUID, because: str) -> Delegation:
    """Call a visit off before it was held. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = _managed(by, delegation)
    _require(found, DelegationState.PLANNED, DelegationState.APPROVED)
    reason = checked_reason(because, gettext_noop("请写明为什么取消。"), "visits")
    # Whoever has its stops in a calendar hears that they are off.
    found.stops.update(changed_at=at)
    return _move(found, DelegationState.CANCELLED, by=by, at=at, act="visits.delegation.cancelled", because=reason)


@transaction.atomic
def set_stop(*, by: Actor, at: datetime, delegation: UUID, facts: StopFacts, stop: UUID | None = None) -> Stop:
    """Add a stop within the days of the visit, or change one. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = _managed(by, delegation)
    _require(found, DelegationState.PLANNED, DelegationState.APPROVED)
    made = Stop(delegation=found) if stop is None else _stop(found, stop)
    faults = Faults()
    with faults.of("until"):
        first, last = (datetime.combine(day, time(), clock.SHANGHAI) for day in (found.since, found.until))
        if not first <= facts.since < facts.until <= last:
            text = gettext_noop("时间要在 %(first)s 和 %(last)s 之间，结束晚于开始。")
            raise BadInput(text, "visits.time_not_usable", first=found.since.isoformat(), last=found.until.isoformat())
    for name in ("what", "where"):
        with faults.of(name):
            setattr(made, name, checked_text(getattr(facts, name), NO_TEXT, _CODE, most=MOST_TITLE))
    with faults.of("place"):
        made.place = get_division(facts.place).code if facts.place else ""
    with faults.of("project"):
        made.project = _project(by, facts.project, found) if facts.project else None
    with faults.of("since"):
        met = found.stops.exclude(pk=made.pk).filter(since__lt=facts.until, until__gt=facts.since).first()
        if met is not None:
            text = gettext_noop("这段时间已经安排了“%(what)s”。请错开。")
            raise Conflict(text, "visits.time_taken", what=met.what)
    faults.tell()
    made.since, made.until, made.changed_at = facts.since, facts.until, at
    made.sequence += stop is not None
    made.save()
    changes = {"since": formats.moment(facts.since), "until": formats.moment(facts.until)}
    audit.record(by=by, at=at, action="visits.stop.set", on=found.subject(), changes=changes)
    return made


@transaction.atomic
def remove_stop(*, by: Actor, at: datetime, delegation: UUID, stop: UUID) -> Delegation:
    """Take a stop out of the itinerary. Raises NotVisible, NotAllowed, Conflict."""
    found = _managed(by, delegation)
    _require(found, DelegationState.PLANNED, DelegationState.APPROVED)
    _stop(found, stop).delete()
    audit.record(by=by, at=at, action="visits.stop.removed", on=found.subject())
    return found


@transaction.atomic
def add_attendee(
    *, by: Actor, at: datetime, delegation: UUID, side: Side, name: str, title: str = "", user: UUID | None = None
) -> Attendee:
    """Put somebody on the list of who comes or receives; the trail has no name.

    Raises NotVisible, NotAllowed, Conflict, BadInput.
    """
    found = _managed(by, delegation)
    _require(found, DelegationState.PLANNED, DelegationState.APPROVED, DelegationState.HELD)
    faults = Faults()
    with faults.of("name"):
        name = checked_text(name, NO_TEXT, _CODE, most=MOST_NAME)
        if found.attendees.count() >= MOST_PEOPLE:
            raise Refused(gettext_noop("名单最多 %(most)s 人。"), "visits.too_many", most=MOST_PEOPLE)
    with faults.of("title"):
        title = checked_text(title, NO_TEXT, _CODE, most=MOST_TITLE) if title.strip() else ""
    with faults.of("user"):
        ref = user_ref(user=user) if user else ""
        if ref and find_user(ref=ref) is None:
            raise BadInput(gettext_noop("没有这个账号。请从列表选择。"), "visits.user_not_known")
    faults.tell()
    made = Attendee.objects.create(delegation=found, side=side, name=name, title=title, user=ref)
    audit.record(by=by, at=at, action="visits.attendee.added", on=found.subject(), changes={"side": side})
    return made


@transaction.atomic
def add_cost(*, by: Actor, at: datetime, delegation: UUID, facts: CostFacts) -> Cost:
    """Enter what a visit cost. More companions than the rule allows, or a second meal, is refused; more a head than the
    standard wants its reason.

    Raises NotVisible, NotAllowed, Conflict before the approval, Refused, BadInput.
    """
    found = _managed(by, delegation)
    _require(found, DelegationState.APPROVED, DelegationState.HELD)
    faults = Faults()
    with faults.of("amount"):
        if not 0 < facts.amount_fen <= MAX_FEN:
            raise BadInput(gettext_noop("金额要大于 0，也不能大得离谱。"), "visits.amount_not_possible")
    with faults.of("people"):
        if not 1 <= facts.people <= MOST_PEOPLE:
            text = gettext_noop("要在 %(least)s 和 %(most)s 之间。")
            raise BadInput(text, "visits.number_not_possible", least=1, most=MOST_PEOPLE)
    with faults.of("companions"):
        _check_companions(found, facts)
    with faults.of("receipt"):
        receipt = checked_text(facts.receipt, NO_TEXT, _CODE, most=MOST_NAME)
    faults.tell()
    standard = selectors.standard_of(programme=found.programme.code, category=facts.category, on=found.since)
    over = standard is not None and facts.amount_fen > standard.a_head_fen * facts.people
    because = ""
    with faults.of("because"):
        if facts.because.strip():
            because = checked_text(facts.because, NO_TEXT, _CODE, most=MOST_WORDS)
        elif over and standard is not None:
            text = gettext_noop("超过每人 %(most)s 元的标准。请写明原因。")
            raise Refused(text, "visits.over_the_standard", most=f"{standard.a_head_fen / 100:.2f}")
    faults.tell()
    made = Cost.objects.create(
        delegation=found, category=facts.category, amount_fen=facts.amount_fen, people=facts.people,
        companions=facts.companions, receipt=receipt, over=over, because=because, added_at=at, added_by=by.ref,
    )  # fmt: skip
    changes = {"category": facts.category, "amount": facts.amount_fen}
    audit.record(by=by, at=at, action="visits.cost.added", on=found.subject(), changes=changes, because=because)
    return made


@transaction.atomic
def set_standard(
    *, by: Actor, at: datetime, programme: str, category: Category, a_head_fen: int, source: str, valid_from: date
) -> Standard:
    """Say how much a head may cost from a day on. Raises NotAllowed, NotVisible, BadInput, Conflict."""
    by.require(VisitPermission.MANAGE, programme=programme)
    of = get_programme(viewer=by, code=programme)
    faults = Faults()
    with faults.of("a_head"):
        if not 0 < a_head_fen <= MAX_FEN:
            raise BadInput(gettext_noop("金额要大于 0，也不能大得离谱。"), "visits.amount_not_possible")
    with faults.of("source"):
        source = checked_text(source, NO_SOURCE, _CODE, most=MOST_SOURCE)
    with faults.of("valid_from"):
        if Standard.objects.filter(programme=of, category=category, valid_from=valid_from).exists():
            raise Conflict(gettext_noop("这一天起的标准已经定过。请选别的日子。"), "visits.standard_set_already")
    faults.tell()
    made = Standard.objects.create(
        programme=of, category=category, a_head_fen=a_head_fen, source=source, valid_from=valid_from
    )
    changes = {"category": category, "amount": a_head_fen, "valid_from": valid_from.isoformat()}
    on = Subject("visits.standard", category, programme)
    audit.record(by=by, at=at, action="visits.standard.set", on=on, changes=changes, because=source)
    return made


@transaction.atomic
def erase_attendees(*, by: Actor, at: datetime) -> int:
    """Erase who came along on visits that ended three years ago; answer of how many. Raises NotAllowed."""
    by.require(VisitPermission.MANAGE)
    day = ended_before(clock.local_date(at))
    rows = Attendee.objects.filter(erased_at=None, delegation__until__lte=day).select_related("delegation__programme")
    due = list(rows.order_by("pk"))
    Attendee.objects.filter(pk__in=[one.pk for one in due]).update(name="", title="", user="", erased_at=at)
    visits = {one.delegation_id: one.delegation for one in due}
    acts = [audit.Act("visits.attendee.erased", one.subject()) for one in visits.values()]
    audit.record_many(by=by, at=at, acts=acts)
    return len(due)


def _check_companions(delegation: Delegation, facts: CostFacts) -> None:
    if facts.category is not Category.MEALS:
        if facts.companions:
            raise BadInput(gettext_noop("只有用餐才有陪餐人数。"), "visits.no_companions")
        return
    guests = facts.people - facts.companions
    if facts.companions < 0 or guests < 1:
        raise BadInput(gettext_noop("陪餐人数要少于用餐人数。"), "visits.companions_not_possible")
    if facts.companions > companions_allowed(guests):
        text = gettext_noop("客人 %(guests)s 人，陪餐最多 %(most)s 人（党政机关国内公务接待管理规定第十条）。")
        raise Refused(text, "visits.too_many_companions", guests=guests, most=companions_allowed(guests))
    if facts.companions and delegation.costs.filter(category=Category.MEALS, companions__gt=0).exists():
        text = gettext_noop("一次接待只安排一次工作餐。别的用餐不安排陪餐。")
        raise Refused(text, "visits.second_meal")


def _letter(number: str, on: date | None, *, needed: bool = False) -> str:
    if not number.strip() and not needed and on is None:
        return ""
    # The same number in brackets of half and full width is the same letter.
    letter = half_width(checked_text(number, NO_TEXT, _CODE, most=MOST_LETTER)).translate(_BRACKETS)
    if on is None:
        raise BadInput(gettext_noop("请写公函的日期。"), "visits.letter_day_missing", field="letter_on")
    return letter


def _project(by: Actor, uuid: UUID, delegation: Delegation) -> Project:
    found = get_project(viewer=by, uuid=uuid)
    if found.programme != delegation.programme:
        raise BadInput(gettext_noop("这个项目不在这里。请另选。"), "visits.project_not_here")
    return found


def _stop(delegation: Delegation, uuid: UUID) -> Stop:
    found = delegation.stops.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这段行程。"), "visits.stop_not_found")
    return found


def _stored(delegation: Delegation) -> None:
    try:
        with transaction.atomic():
            delegation.save()
    except IntegrityError as error:
        raise Conflict(_TWICE, "visits.letter_twice", field="letter_number") from error


def _managed(by: Actor, uuid: UUID) -> Delegation:
    found = selectors.get_delegation(viewer=by, uuid=uuid, lock=True)
    by.require(VisitPermission.MANAGE, programme=found.programme.code)
    return found


def _require(delegation: Delegation, *states: DelegationState) -> None:
    if delegation.state not in states:
        text = gettext_noop("这次互访现在是“%(state)s”，不能这样办。请刷新后再看。")
        raise Conflict(text, "visits.delegation_moved_on", state=message(delegation.status[1]))


def _move(
    delegation: Delegation, to: DelegationState, *, by: Actor, at: datetime, act: str, because: str = ""
) -> Delegation:
    old = DelegationState(delegation.state)
    require_move(DELEGATION_MOVES, old, to)
    delegation.state = to.value
    delegation.save(update_fields=["state", "approved_by"])
    DelegationMove.objects.create(delegation=delegation, old=old, new=to, at=at, by=by.ref, because=because)
    changes = {"state": [old.value, to.value]}
    audit.record(by=by, at=at, action=act, on=delegation.subject(), changes=changes, because=because)
    return delegation
