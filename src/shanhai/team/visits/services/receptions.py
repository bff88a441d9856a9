# SPDX-License-Identifier: Apache-2.0
"""Receptions: who is on the list, what it cost, how many may sit at a meal, how much a head may cost."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.accounts.selectors import find_user, user_ref
from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import (
    NO_SOURCE,
    NO_TEXT,
    BadInput,
    Conflict,
    Faults,
    NotVisible,
    Refused,
    checked_text,
    require_between,
)
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import MAX_FEN
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.registers.people.values import ended_before
from shanhai.team.visits.models import Attendee, Cost, Delegation, Standard
from shanhai.team.visits.permissions import VisitPermission
from shanhai.team.visits.rules import companions_allowed
from shanhai.team.visits.selectors import delegations as selectors
from shanhai.team.visits.states import DelegationState
from shanhai.team.visits.values import MOST_NAME, MOST_SOURCE, MOST_TITLE, MOST_WORDS, Category, CostFacts, Side

MOST_PEOPLE = 1000
_CODE = "visits.text_not_usable"


@transaction.atomic
def add_attendee(
    *, by: Actor, at: datetime, delegation: UUID, side: Side, name: str, title: str = "", user: UUID | None = None
) -> Attendee:
    """Put somebody on the list of who comes or receives; the trail has no name.

    Raises NotVisible, NotAllowed, Conflict, BadInput.
    """
    found = selectors.managed(by, delegation, DelegationState.PLANNED, DelegationState.APPROVED, DelegationState.HELD)
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
    found = selectors.managed(by, delegation, DelegationState.APPROVED, DelegationState.HELD)
    faults = Faults()
    with faults.of("amount"):
        if not 0 < facts.amount_fen <= MAX_FEN:
            raise BadInput(gettext_noop("金额要大于 0，也不能大得离谱。"), "visits.amount_not_possible")
    with faults.of("people"):
        require_between(facts.people, 1, MOST_PEOPLE, "visits.number_not_possible")
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
def remove_attendee(*, by: Actor, at: datetime, delegation: UUID, key: int) -> Delegation:
    """Take somebody off the list before the papers are closed. Raises NotVisible, NotAllowed, Conflict."""
    found = selectors.managed(by, delegation, DelegationState.PLANNED, DelegationState.APPROVED, DelegationState.HELD)
    if not found.attendees.filter(pk=key).delete()[0]:
        raise NotVisible(gettext_noop("名单上没有这个人。"), "visits.attendee_not_found")
    audit.record(by=by, at=at, action="visits.attendee.removed", on=found.subject())
    return found


@transaction.atomic
def remove_cost(*, by: Actor, at: datetime, delegation: UUID, key: int) -> Delegation:
    """Take back a cost that was entered wrongly, before the papers are closed; the trail keeps what it was.

    Raises NotVisible, NotAllowed, Conflict.
    """
    found = selectors.managed(by, delegation, DelegationState.APPROVED, DelegationState.HELD)
    cost = found.costs.filter(pk=key).first()
    if cost is None:
        raise NotVisible(gettext_noop("没有找到这笔费用。"), "visits.cost_not_found")
    cost.delete()
    changes = {"category": cost.category, "amount": cost.amount_fen}
    audit.record(by=by, at=at, action="visits.cost.removed", on=found.subject(), changes=changes)
    return found


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
