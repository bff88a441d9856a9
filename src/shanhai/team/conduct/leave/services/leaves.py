# SPDX-License-Identifier: Apache-2.0
"""Leave: asked, approved level by level, cancelled, come back from. What is asked for is reserved at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction

from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NO_TEXT, BadInput, Conflict, Faults, NotAllowed, Refused, checked_reason, checked_text
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.kernel.workdays import days_of
from shanhai.registers.people.values import ended_before
from shanhai.registers.places.selectors import get_division
from shanhai.team.conduct.leave import selectors
from shanhai.team.conduct.leave.rules.counting import chain_for, count
from shanhai.team.conduct.models import Leave, LeaveApproval, LeaveKind, LeaveMove
from shanhai.team.conduct.permissions import LeavePermission
from shanhai.team.conduct.states import LEAVE_MOVES, LeaveState
from shanhai.team.conduct.values import Counted, Counts, LeaveFacts, Level
from shanhai.team.secondments.selectors.roster import find_own, get_secondment

if TYPE_CHECKING:
    from shanhai.team.secondments.models import Secondment

# Longer than any leave, and than what a calendar is asked for.
MOST_DAYS = 366
# Who falls ill asks afterwards: so many days at most, where a kind wants no notice.
MOST_BACK = 7
MOST_WHERE, MOST_REASON = 100, 200
ERASED = "—"
_LATER = gettext_noop("刚才有另一张请假单占了这几天。请刷新后再看。")


@transaction.atomic
def ask_leave(*, by: Actor, at: datetime, facts: LeaveFacts, provenance: str = "") -> Leave:
    """Ask for one's own leave; its days are reserved until it is refused or cancelled.

    Raises NotAllowed for who is not seconded on its first day, and BadInput, Refused, Conflict with all that is wrong.
    """
    # Of two requests of one person the second waits, and counts what the first has reserved.
    held = find_own(viewer=by, on=facts.since, lock=True)
    if held is None or not by.may(LeavePermission.ASK, programme=held.programme.code, place=held.place):
        raise NotAllowed(gettext_noop("这一天您没有派驻，不用在这里请假。日期有误请更正，派驻有误请找人事干部。"))
    today = clock.local_date(at)
    faults = Faults()
    with faults.of("until"):
        _check_span(facts, held)
    with faults.of("where"):
        where = checked_text(facts.where, NO_TEXT, "conduct.text_not_usable", most=MOST_WHERE)
    with faults.of("to_place"):
        to_place = get_division(facts.to_place).code if facts.to_place else ""
    with faults.of("reason"):
        reason = ""
        if facts.reason.strip():
            reason = checked_text(facts.reason, NO_TEXT, "conduct.text_not_usable", most=MOST_REASON)
    with faults.of("kind"):
        kind = _kind(facts.kind, held, facts.since)
    faults.tell()
    taken = selectors.taken_by(person=held.person.pk)
    with faults.of("since"):
        _check_notice(kind, facts.since, today)
        _check_free(taken, facts)
    with faults.of("stand_in"):
        stand_in = _stand_in(by, kind, facts, held)
    local = selectors.local_days(programme=held.programme.code, since=facts.since, until=facts.until)
    counted = count(facts.since, facts.until, Counts(kind.counts), local)
    with faults.of("until"):
        _check_balance(kind, counted, taken)
    faults.tell()

    leave = Leave(
        programme=held.programme, place=held.place, secondment=held, person=held.person, kind=kind, stand_in=stand_in,
        since=facts.since, until=facts.until, days=counted.days, by_year=_as_json(counted),
        provisional=counted.provisional, where=where, to_place=to_place, altitude_m=facts.altitude_m,
        reason=reason, asked_at=at, asked_by=by.ref, provenance=provenance,
    )  # fmt: skip
    _stored(leave)
    rules = selectors.rules_of(programme=held.programme.code)
    months = {day.month for day in days_of(facts.since, facts.until)}
    chain = chain_for(counted.days, months, rules)
    LeaveApproval.objects.bulk_create(
        LeaveApproval(leave=leave, position=position, level=level) for position, level in enumerate(chain, start=1)
    )
    LeaveMove.objects.create(leave=leave, new=LeaveState.ASKED, at=at, by=by.ref)
    # Where to and why is nobody else's.
    changes = {"days": counted.days, "since": facts.since.isoformat(), "until": facts.until.isoformat()}
    audit.record(by=by, at=at, action="conduct.leave.asked", on=leave.subject(), changes=changes)
    return leave


@transaction.atomic
def decide_leave(*, by: Actor, at: datetime, leave: UUID, passed: bool, because: str = "") -> Leave:
    """Decide on the level whose turn it is; the last yes approves, a no ends it and says why.

    Raises NotVisible, NotAllowed (also for one's own), Conflict, BadInput.
    """
    found = selectors.get_leave(viewer=by, uuid=leave, lock=True)
    turn = next(selectors.next_level(found), None)
    if found.state != LeaveState.ASKED or turn is None:
        raise Conflict(gettext_noop("这张请假单已经有了结果。请刷新后再看。"), "conduct.leave_decided")
    if not selectors.may_decide(by, Level(turn.level), found):
        raise NotAllowed(gettext_noop("这一级不由您批准，自己的假也不能自己批。"), "conduct.not_your_turn")
    reason = "" if passed else checked_reason(because, gettext_noop("请写明为什么不准假。"), "conduct")

    turn.passed, turn.decided_at, turn.decided_by = passed, at, by.ref
    turn.save(update_fields=["passed", "decided_at", "decided_by"])
    if not passed:
        return _move(found, LeaveState.REFUSED, by=by, at=at, act="conduct.leave.refused", because=reason)
    if not found.approvals.filter(passed=None).exists():
        return _move(found, LeaveState.APPROVED, by=by, at=at, act="conduct.leave.approved")
    changes = {"level": turn.level}
    audit.record(by=by, at=at, action="conduct.leave.passed", on=found.subject(), changes=changes)
    return found


@transaction.atomic
def cancel_leave(*, by: Actor, at: datetime, leave: UUID) -> Leave:
    """Take one's own leave back before it begins; its days are free again. Raises NotVisible, NotAllowed, Conflict."""
    found = _own(by, leave)
    if found.state == LeaveState.APPROVED and found.since <= clock.local_date(at):
        raise Conflict(gettext_noop("假期已经开始。回来以后请销假。"), "conduct.leave_begun")
    return _move(found, LeaveState.CANCELLED, by=by, at=at, act="conduct.leave.cancelled")


@transaction.atomic
def come_back(*, by: Actor, at: datetime, leave: UUID) -> Leave:
    """Say that somebody is here again today: they themselves, or the office. Days not taken are free again.

    Who comes back late has taken the days in between, too. Raises NotVisible, NotAllowed, Conflict.
    """
    found = selectors.get_leave(viewer=by, uuid=leave, lock=True)
    scope = {"programme": found.programme.code, "place": found.place}
    if not found.person.is_actor(by) and not by.may(LeavePermission.OFFICE, **scope):
        raise NotAllowed(gettext_noop("销假由本人或指挥部办公室办。"))
    today = clock.local_date(at)
    if found.state == LeaveState.APPROVED and today < found.since:
        raise Conflict(gettext_noop("假期还没有开始。不去了请撤销。"), "conduct.leave_not_begun")
    require_move(LEAVE_MOVES, LeaveState(found.state), LeaveState.BACK)
    # Of a day's leave from which somebody is back the same day, that day is taken.
    found.until, found.back_on = max(today, found.since + timedelta(days=1)), today
    local = selectors.local_days(programme=found.programme.code, since=found.since, until=found.until)
    counted = count(found.since, found.until, Counts(found.kind.counts), local)
    found.days, found.by_year, found.provisional = counted.days, _as_json(counted), counted.provisional
    old, found.state = found.state, LeaveState.BACK.value
    _stored(found)
    LeaveMove.objects.create(leave=found, old=old, new=LeaveState.BACK, at=at, by=by.ref)
    changes = {"days": counted.days, "until": found.until.isoformat()}
    audit.record(by=by, at=at, action="conduct.leave.back", on=found.subject(), changes=changes)
    return found


@transaction.atomic
def recount_provisional(*, by: Actor, at: datetime) -> int:
    """Count those leaves again whose year had no calendar when they were asked for; answer how many have changed.

    Raises NotAllowed.
    """
    by.require(LeavePermission.OFFICE)
    acts = []
    rows = Leave.objects.holding().filter(provisional=True).select_related("kind", "programme").order_by("pk")
    for one in rows.select_for_update(of=("self",)):
        local = selectors.local_days(programme=one.programme.code, since=one.since, until=one.until)
        counted = count(one.since, one.until, Counts(one.kind.counts), local)
        if not counted.provisional:
            changes = {"days": [one.days, counted.days]}
            acts.append(audit.Act("conduct.leave.recounted", one.subject(), changes))
            one.days, one.by_year, one.provisional = counted.days, _as_json(counted), False
            one.save(update_fields=["days", "by_year", "provisional"])
    audit.record_many(by=by, at=at, acts=acts)
    return len(acts)


@transaction.atomic
def erase_reasons(*, by: Actor, at: datetime) -> int:
    """Erase where to and why of leaves that ended as long ago as people are kept; answer of how many.

    Raises NotAllowed.
    """
    by.require(LeavePermission.OFFICE)
    day = ended_before(clock.local_date(at))
    due = list(Leave.objects.filter(until__lte=day).exclude(where=ERASED).select_related("programme").order_by("pk"))
    Leave.objects.filter(pk__in=[one.pk for one in due]).update(where=ERASED, to_place="", reason="", altitude_m=None)
    audit.record_many(by=by, at=at, acts=[audit.Act("conduct.leave.erased", one.subject()) for one in due])
    return len(due)


def _own(by: Actor, leave: UUID) -> Leave:
    found = selectors.get_leave(viewer=by, uuid=leave, lock=True)
    if not found.person.is_actor(by):
        raise NotAllowed(gettext_noop("只能撤销自己的请假单。"))
    return found


def _move(leave: Leave, to: LeaveState, *, by: Actor, at: datetime, act: str, because: str = "") -> Leave:
    old = LeaveState(leave.state)
    require_move(LEAVE_MOVES, old, to)
    leave.state = to.value
    leave.save(update_fields=["state"])
    LeaveMove.objects.create(leave=leave, old=old, new=to, at=at, by=by.ref, because=because)
    # Why a leave is refused is between two people.
    audit.record(by=by, at=at, action=act, on=leave.subject(), changes={"state": [old.value, to.value]})
    return leave


def _stored(leave: Leave) -> None:
    try:
        with transaction.atomic():
            leave.save()
    except IntegrityError as error:
        raise Conflict(_LATER, "conduct.days_taken", field="since") from error


def _as_json(counted: Counted) -> dict[str, int]:
    return {str(year): days for year, days in counted.by_year.items()}


def _check_span(facts: LeaveFacts, held: Secondment) -> None:
    if facts.until <= facts.since or (facts.until - facts.since).days > MOST_DAYS:
        text = gettext_noop("回来的日子要晚于 %(since)s，一次最多 %(most)s 天。")
        raise BadInput(text, "conduct.days_not_usable", since=facts.since.isoformat(), most=MOST_DAYS)
    if facts.until > held.until:
        text = gettext_noop("派驻到 %(until)s 为止，请假不能超过这一天。")
        raise Refused(text, "conduct.beyond_secondment", until=held.until.isoformat())


def _check_notice(kind: LeaveKind, since: date, today: date) -> None:
    if not kind.notice_days and (today - since).days > MOST_BACK:
        text = gettext_noop("最多补请 %(days)s 天以内的假。更早的请找指挥部办公室。")
        raise Refused(text, "conduct.too_long_ago", days=MOST_BACK)
    if kind.notice_days and (since - today).days < kind.notice_days:
        text = gettext_noop("“%(kind)s”要提前 %(days)s 天提出。请改日期，急事请直接找办公室。")
        raise Refused(text, "conduct.notice_too_short", kind=kind.name, days=kind.notice_days)


def _check_free(taken: Sequence[selectors.Taken], facts: LeaveFacts) -> None:
    met = next((one for one in taken if one.since < facts.until and one.until > facts.since), None)
    if met is not None:
        text = gettext_noop("您 %(since)s 起、%(until)s 前已经请了假。请改日期；那一张还没有销假的，可以先撤销。")
        raise Conflict(text, "conduct.days_taken", since=met.since.isoformat(), until=met.until.isoformat())


def _check_balance(kind: LeaveKind, counted: Counted, taken: Sequence[selectors.Taken]) -> None:
    if not counted.days:
        raise Refused(gettext_noop("这几天都不用上班，不用请假。离开本地的，请选外出一类。"), "conduct.no_day_counts")
    if kind.days_a_year is None:
        return
    used = selectors.used_days(taken)
    for year, days in counted.by_year.items():
        left = kind.days_a_year - used.get((kind.name, year), 0)
        if days > left:
            text = gettext_noop("“%(kind)s” %(year)s 年还剩 %(left)s 天（已申请的也算），这次要 %(days)s 天。")
            raise Refused(text, "conduct.balance_short", kind=kind.name, year=str(year), left=max(left, 0), days=days)


def _kind(uuid: UUID, held: Secondment, on: date) -> LeaveKind:
    found = selectors.kinds_in_force(programme=held.programme.code, on=on).filter(uuid=uuid).first()
    if found is None:
        raise BadInput(gettext_noop("没有这一种假。请从列表选择。"), "conduct.kind_not_known")
    return found


def _stand_in(by: Actor, kind: LeaveKind, facts: LeaveFacts, held: Secondment) -> Secondment | None:
    """Who stands in: somebody else who is here on all the days. Raises Refused."""
    if facts.stand_in is None:
        if kind.needs_stand_in:
            raise Refused(gettext_noop("请写明谁顶岗。"), "conduct.stand_in_missing")
        return None
    found = get_secondment(viewer=by, uuid=facts.stand_in)
    if found.person == held.person or found.programme != held.programme:
        raise Refused(gettext_noop("顶岗的要是同一支队伍里的另一个人。"), "conduct.stand_in_not_fit")
    if found.since > facts.since or found.until < facts.until:
        raise Refused(gettext_noop("这个人那几天不全在派驻期内。请另选顶岗的人。"), "conduct.stand_in_not_here")
    away = Leave.objects.holding().filter(person=found.person, since__lt=facts.until, until__gt=facts.since)
    if away.exists():
        raise Refused(gettext_noop("这个人那几天也请了假。请另选顶岗的人。"), "conduct.stand_in_away")
    return found
