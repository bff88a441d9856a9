# SPDX-License-Identifier: Apache-2.0
"""A leave: asked by whom it is, reserved at once, approved by others level by level, come back from."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from hypothesis.strategies import booleans, integers, sampled_from

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, DomainError, NotAllowed, NotVisible, Refused
from shanhai.kernel.registry import registries
from shanhai.team.conduct.leave import selectors
from shanhai.team.conduct.leave.services import leaves, setting
from shanhai.team.conduct.models import Leave
from shanhai.team.conduct.states import LEAVE_MOVES, LeaveState
from shanhai.team.conduct.tests.builders import GROUP_LEAD, a_kind, a_leave, a_rule, may_also, somebody
from shanhai.team.conduct.values import Counts, LeaveFacts, Level
from shanhai.team.secondments.tests.builders import two_counties
from tests.cast import AT, AUDITOR, DEPUTY, KANGDING, OFFICE, STRANGER, actor, waiting_for
from tests.refusals import refused

pytestmark = pytest.mark.django_db
# AT is Sunday 22 November 2026. A week from Monday the 30th, and the one after.
FIRST, SECOND, THIRD = date(2026, 11, 30), date(2026, 12, 5), date(2026, 12, 12)


@pytest.fixture
def programme():
    return two_counties()


@pytest.fixture
def kind(programme):
    return a_kind()


@pytest.fixture
def me(programme, kind):
    return somebody(programme)


def at(day, hour=2):
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def decide(leave, by, passed=True, because=""):
    return leaves.decide_leave(by=by, at=AT, leave=leave.uuid, passed=passed, because=because)


def left(held, year=2026):
    [one] = selectors.balances(secondment=held, on=date(year, 11, 22))
    return one.left


def test_what_is_asked_for_is_gone_from_the_balance_until_it_is_refused(me, kind):
    by, held = me
    first = a_leave(by, kind, FIRST, SECOND)

    assert (first.days, left(held)) == (5, 5)
    with refused(Refused, "conduct.balance_short"):
        a_leave(by, kind, date(2026, 12, 7), date(2026, 12, 15))
    decide(first, GROUP_LEAD, passed=False, because="那几天验收")
    assert left(held) == 10
    assert a_leave(by, kind, date(2026, 12, 7), date(2026, 12, 15)).days == 6


@pytest.mark.parametrize(
    ("since", "until", "facts", "field", "code"),
    [
        (SECOND, FIRST, {}, "until", "conduct.days_not_usable"),
        (FIRST, FIRST, {}, "until", "conduct.days_not_usable"),
        (FIRST, date(2028, 1, 1), {}, "until", "conduct.days_not_usable"),
        (date(2027, 5, 20), date(2027, 6, 2), {}, "until", "conduct.beyond_secondment"),
        # More than a week ago.
        (date(2026, 11, 13), date(2026, 11, 20), {}, "since", "conduct.too_long_ago"),
        (FIRST, SECOND, {"where": " "}, "where", "conduct.text_not_usable"),
        (FIRST, SECOND, {"reason": "长" * 201}, "reason", "conduct.text_not_usable"),
        # A weekend.
        (SECOND, date(2026, 12, 7), {}, "until", "conduct.no_day_counts"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_at_its_field(me, kind, since, until, facts, field, code):
    with pytest.raises(DomainError) as caught:
        a_leave(me[0], kind, since, until, **facts)

    assert (caught.value.field, caught.value.code) == (field, code)
    assert not Leave.objects.exists()


def test_over_the_years_end_both_balances_hold(me, kind):
    by, held = me
    over = a_leave(by, kind, date(2026, 12, 28), date(2027, 1, 9))

    assert over.by_year == {"2026": 4, "2027": 6}
    assert over.provisional
    assert left(held) == 6
    assert left(held, 2027) == 4


def test_a_kind_wants_notice_and_a_stand_in_who_is_here(programme, me):
    by, held = me
    strict = a_kind("休假", notice_days=10, needs_stand_in=True)
    other, colleague = somebody(programme, "乙二", until=date(2026, 12, 9))

    with refused(Refused, "conduct.notice_too_short"):
        a_leave(by, strict, FIRST, SECOND, stand_in=colleague.uuid)
    with refused(Refused, "conduct.stand_in_missing"):
        a_leave(by, strict, date(2026, 12, 7), THIRD)
    with refused(Refused, "conduct.stand_in_not_fit"):
        a_leave(by, strict, date(2026, 12, 7), THIRD, stand_in=held.uuid)
    with refused(Refused, "conduct.stand_in_not_here"):
        a_leave(by, strict, date(2026, 12, 7), THIRD, stand_in=colleague.uuid)
    a_leave(other, a_kind("事假", needs_stand_in=False), date(2026, 12, 7), date(2026, 12, 8))
    with refused(Refused, "conduct.stand_in_away"):
        a_leave(by, strict, date(2026, 12, 7), date(2026, 12, 9), stand_in=colleague.uuid)
    assert a_leave(by, strict, date(2026, 12, 8), date(2026, 12, 9), stand_in=colleague.uuid).stand_in == colleague


def test_no_two_leaves_have_a_day_in_common_whoever_writes(me, kind):
    by, _held = me
    first = a_leave(by, kind, FIRST, SECOND)

    with refused(Conflict, "conduct.days_taken"):
        a_leave(by, kind, date(2026, 12, 4), date(2026, 12, 9))
    after = a_leave(by, kind, SECOND, date(2026, 12, 9))
    with pytest.raises(IntegrityError), transaction.atomic():
        Leave.objects.filter(pk=after.pk).update(since=FIRST)
    # What was refused or cancelled is in nobody's way.
    leaves.cancel_leave(by=by, at=AT, leave=first.uuid)
    assert a_leave(by, kind, FIRST, SECOND)


def test_who_is_not_seconded_asks_for_nothing(kind):
    for by in (OFFICE, AUDITOR, STRANGER):
        with pytest.raises(NotAllowed):
            a_leave(by, kind, FIRST, SECOND)


def test_level_by_level_and_nobody_their_own(me, kind):
    a_rule(Level.OFFICE, 3)
    a_rule(Level.COMMAND, 5)
    by, _held = me
    leave = a_leave(by, kind, FIRST, SECOND)

    assert waiting_for(GROUP_LEAD, "conduct.leave") == [f"/leave/{leave.uuid}/"]
    assert waiting_for(OFFICE, "conduct.leave") == waiting_for(DEPUTY, "conduct.leave") == []
    with refused(NotAllowed, "conduct.not_your_turn"):
        decide(leave, DEPUTY)
    with refused(NotAllowed, "conduct.not_your_turn"):
        decide(leave, may_also(by, "work_group_lead"))
    decide(leave, GROUP_LEAD)
    with refused(NotAllowed, "conduct.not_your_turn"):
        decide(leave, GROUP_LEAD)
    assert waiting_for(OFFICE, "conduct.leave") == [f"/leave/{leave.uuid}/"]
    decide(leave, OFFICE)
    assert Leave.objects.get().state == LeaveState.ASKED
    decide(leave, DEPUTY)

    assert Leave.objects.get().state == LeaveState.APPROVED
    with refused(Conflict, "conduct.leave_decided"):
        decide(leave, DEPUTY, passed=False, because="x")


def test_a_no_says_why_to_whom_it_is_about_and_not_to_the_trail(me, kind):
    leave = a_leave(me[0], kind, FIRST, SECOND, where="成都", reason="家事")

    with refused(BadInput, "conduct.reason_missing"):
        decide(leave, GROUP_LEAD, passed=False)
    decide(leave, GROUP_LEAD, passed=False, because="那几天验收")

    assert leave.moves.last().because == "那几天验收"
    told = "".join(
        str(row.changes) + row.because for row in AuditRow.objects.filter(action__startswith="conduct.leave")
    )
    assert not any(word in told for word in ("成都", "家事", "验收"))


def test_coming_back_early_frees_days_and_late_takes_more(me, kind):
    by, held = me
    leave = a_leave(by, kind, FIRST, SECOND)
    decide(leave, GROUP_LEAD)

    with refused(Conflict, "conduct.leave_not_begun"):
        leaves.come_back(by=by, at=AT, leave=leave.uuid)
    leaves.come_back(by=by, at=at(date(2026, 12, 2)), leave=leave.uuid)
    assert (Leave.objects.get().days, left(held)) == (2, 8)

    facts = LeaveFacts(kind.uuid, date(2026, 12, 7), date(2026, 12, 9), "理塘")
    late = leaves.ask_leave(by=by, at=at(date(2026, 12, 2)), facts=facts)
    decide(late, GROUP_LEAD)
    assert waiting_for(OFFICE, "conduct.leave", at=at(date(2026, 12, 9))) == []
    for who in (OFFICE, by):
        assert waiting_for(who, "conduct.leave", at=at(date(2026, 12, 10))) == [f"/leave/{late.uuid}/"]
    with pytest.raises(NotAllowed):
        leaves.come_back(by=GROUP_LEAD, at=at(date(2026, 12, 11)), leave=late.uuid)
    leaves.come_back(by=OFFICE, at=at(date(2026, 12, 11)), leave=late.uuid)
    # 7 to 10 December.
    assert Leave.objects.get(pk=late.pk).days == 4


def test_it_is_cancelled_before_it_begins_by_whom_it_is(me, kind):
    by, held = me
    leave = a_leave(by, kind, FIRST, SECOND)
    decide(leave, GROUP_LEAD)

    with pytest.raises(NotAllowed):
        leaves.cancel_leave(by=OFFICE, at=AT, leave=leave.uuid)
    with refused(Conflict, "conduct.leave_begun"):
        leaves.cancel_leave(by=by, at=at(FIRST), leave=leave.uuid)
    leaves.cancel_leave(by=by, at=AT, leave=leave.uuid)
    assert left(held) == 10


@pytest.mark.parametrize("state", LeaveState)
def test_it_moves_as_the_table_says(me, kind, state):
    leave = a_leave(me[0], kind, date(2026, 11, 20), date(2026, 11, 25))
    back_on = date(2026, 11, 22) if state is LeaveState.BACK else None
    Leave.objects.update(state=state, back_on=back_on)

    if LeaveState.BACK not in LEAVE_MOVES[state]:
        with refused(Conflict, "states.illegal_move"):
            leaves.come_back(by=me[0], at=AT, leave=leave.uuid)
    if state is not LeaveState.ASKED:
        with refused(Conflict, "conduct.leave_decided"):
            decide(leave, GROUP_LEAD)


def test_who_sees_it(programme, me, kind):
    leave = a_leave(me[0], kind, FIRST, SECOND)
    other, _held = somebody(programme, "乙二")

    for viewer in (me[0], GROUP_LEAD, OFFICE, DEPUTY):
        assert selectors.get_leave(viewer=viewer, uuid=leave.uuid) == leave
    elsewhere = actor("work_group_lead", programme="zj-nagqu")
    for viewer in (other, AUDITOR, KANGDING, STRANGER, elsewhere):
        with pytest.raises(NotVisible):
            selectors.get_leave(viewer=viewer, uuid=leave.uuid)


def test_a_kind_that_is_set_anew_keeps_what_was_used_and_the_days_of_before(me, kind):
    by, held = me
    a_leave(by, kind, FIRST, SECOND)
    a_kind(days_a_year=6, valid_from=date(2026, 11, 1))

    assert left(held) == 1
    with refused(Conflict, "conduct.kind_set_later"):
        a_kind(valid_from=date(2026, 10, 1))
    with pytest.raises(NotAllowed):
        setting.set_holiday(
            by=GROUP_LEAD, at=AT, programme="zj-ganzi", day=FIRST, works=False, name="藏历新年", source="通知"
        )


def test_days_of_a_year_that_is_published_later_are_counted_again(me, kind):
    by, held = me
    over = a_leave(by, kind, date(2026, 12, 28), date(2027, 1, 9))
    worker = OFFICE
    assert leaves.recount_provisional(by=worker, at=AT) == 0

    # As the calendar of 2027 will say, New Year's Day is free.
    for day in range(1, 9):
        works = day not in (1, 2, 3)
        given = {"day": date(2027, 1, day), "works": works, "name": "元旦", "source": "通知"}
        setting.set_holiday(by=OFFICE, at=AT, programme="zj-ganzi", **given)
    assert leaves.recount_provisional(by=worker, at=AT) == 1

    over.refresh_from_db()
    assert (over.by_year, over.provisional, left(held, 2027)) == ({"2026": 4, "2027": 5}, False, 5)


def test_where_to_and_why_go_three_years_after(me, kind):
    leave = a_leave(me[0], kind, FIRST, SECOND, where="成都", reason="家事", altitude_m=500)
    declared = registries.personal_data.get("conduct.Leave")

    assert declared.erase(by=OFFICE, at=at(date(2029, 12, 4))) == 0
    assert declared.erase(by=OFFICE, at=at(date(2029, 12, 5))) == 1
    assert declared.erase(by=OFFICE, at=at(date(2029, 12, 6))) == 0

    leave.refresh_from_db()
    assert (leave.where, leave.reason, leave.altitude_m, leave.days) == ("—", "", None, 5)


def test_tonight_says_where_everybody_is_the_highest_first(programme, me, kind):
    by, held = me
    _other, colleague = somebody(programme, "乙二")
    type(held.post).objects.filter(pk=held.post.pk).update(altitude_m=2560)
    type(held.post).objects.filter(pk=colleague.post.pk).update(altitude_m=4014)
    leave = a_leave(by, kind, FIRST, SECOND, where="杭州", altitude_m=10)
    decide(leave, GROUP_LEAD)

    def told(day):
        found = selectors.tonight(viewer=OFFICE, programme="zj-ganzi", on=day)
        return [(one.secondment.person.name, one.altitude_m, bool(one.leave)) for one in found]

    assert told(date(2026, 11, 29)) == [("乙二", 4014, False), ("甲一", 2560, False)]
    assert told(FIRST) == [("乙二", 4014, False), ("甲一", 10, True)]
    # Who has not come back is still away.
    assert told(date(2026, 12, 20))[-1] == ("甲一", 10, True)
    assert selectors.tonight(viewer=KANGDING, programme="zj-ganzi", on=FIRST)[-1].leave is None


class Balances(RuleBasedStateMachine):
    """Whatever is asked, decided, cancelled and come back from in whatever order, no year is overdrawn by asking."""

    def __init__(self):
        super().__init__()
        programme = two_counties()
        self.kind = a_kind(counts=Counts.ALL_DAYS)
        self.by, self.held = somebody(programme)
        a_rule(Level.OFFICE, 4)
        self.now = AT

    @rule(begin=integers(0, 60), days=integers(1, 12))
    def ask(self, begin, days):
        since = self.now.date() + timedelta(begin)
        facts = LeaveFacts(self.kind.uuid, since, since + timedelta(days), "杭州")
        try:
            leaves.ask_leave(by=self.by, at=self.now, facts=facts)
        except (Refused, Conflict):
            return

    @rule(by=sampled_from([GROUP_LEAD, OFFICE]), passed=booleans())
    def decide(self, by, passed):
        for leave in selectors.list_waiting(viewer=by, programme="zj-ganzi")[:1]:
            leaves.decide_leave(by=by, at=self.now, leave=leave.uuid, passed=passed, because="不行")

    @rule(days=integers(1, 9))
    def time_goes_by_and_who_can_comes_back(self, days):
        self.now += timedelta(days)
        for leave in Leave.objects.filter(state="approved", since__lte=self.now.date(), until__gte=self.now.date()):
            leaves.come_back(by=self.by, at=self.now, leave=leave.uuid)

    @rule()
    def cancel(self):
        for leave in Leave.objects.filter(state__in=["asked", "approved"], since__gt=self.now.date())[:1]:
            leaves.cancel_leave(by=self.by, at=self.now, leave=leave.uuid)

    @invariant()
    def no_year_is_overdrawn_and_every_day_is_one_leaves(self):
        used = selectors.used_days(selectors.taken_by(person=self.held.person.pk))
        assert all(days <= 10 for days in used.values())
        held = [one for one in Leave.objects.all() if one.state in ("asked", "approved", "back")]
        days = [one.since + timedelta(n) for one in held for n in range((one.until - one.since).days)]
        assert len(days) == len(set(days))
        assert sum(used.values()) == len(days)


def test_no_order_of_approvals_breaks_the_balances():
    class Fresh(Balances):
        def __init__(self):
            self.point = transaction.savepoint()
            super().__init__()

        def teardown(self):
            transaction.savepoint_rollback(self.point)

    fewer = settings(
        max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(Fresh, settings=fewer)
