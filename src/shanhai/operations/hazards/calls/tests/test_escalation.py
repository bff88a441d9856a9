# SPDX-License-Identifier: Apache-2.0
"""A chain is called, answers or does not, and the next is called, with the instants of each."""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible
from shanhai.operations.hazards.calls.selectors.tokens import token_of
from shanhai.operations.hazards.calls.services.answering import answer, answer_by_link
from shanhai.operations.hazards.calls.services.calling import call_out, end_calls
from shanhai.operations.hazards.calls.services.ticking import run_clock
from shanhai.operations.hazards.calls.tests.builders import (
    MINUTE,
    ROLES,
    WATCH,
    a_called_site,
    an_alert,
    an_incident,
    call_of,
    called_out,
    handed,
    sent,
    states,
)
from shanhai.operations.hazards.calls.values import Step
from shanhai.operations.hazards.models import Call, CallMove, Dispatch, Incident
from shanhai.operations.hazards.values import ChainRole, Channel, Level
from tests.cast import AT, CONSULTATION_LEAD, DUTY_OFFICER, STRANGER, actor, actor_of

pytestmark = pytest.mark.django_db
MONITOR, VILLAGE, TOWNSHIP, *_ = ChainRole


def tick(minutes):
    return run_clock(by=WATCH, at=AT + minutes * MINUTE)


def test_a_whole_chain_is_called_one_after_the_other_until_nobody_is_left():
    incident, _ = called_out(Level.BLUE)
    assert states(incident) == [("monitor", "waiting")]
    assert call_of(incident, MONITOR).due_at == AT + 240 * MINUTE

    # Half an hour before, once more.
    assert tick(209) == 0
    assert tick(210) == 1
    assert sent(incident) == [("monitor", "sms", 0, "waiting"), ("monitor", "sms", 1, "waiting")]
    handed(incident)
    assert tick(240) == 1
    assert states(incident) == [("monitor", "missed"), ("village", "waiting")]
    assert call_of(incident, VILLAGE).begun_at == AT + 240 * MINUTE
    assert call_of(incident, VILLAGE).due_at == AT + 480 * MINUTE
    tick(480)
    assert states(incident)[1:] == [("village", "missed"), ("township", "waiting")]
    tick(720)
    assert states(incident)[2:] == [("township", "missed")]
    assert tick(9999) == 0

    moves = [(one.new, one.because, one.at) for one in CallMove.objects.order_by("pk")]
    assert moves == [
        ("missed", "in_time", AT + 240 * MINUTE),
        ("missed", "in_time", AT + 480 * MINUTE),
        ("missed", "in_time", AT + 720 * MINUTE),
    ]
    acts = AuditRow.objects.filter(action="hazards.calls.missed").order_by("seq")
    assert [one.changes.get("next") for one in acts] == ["village", "township", None]


def test_red_calls_everybody_at_once_and_has_the_next_go_and_look_where_one_is_silent():
    incident, _ = called_out(Level.RED)
    assert states(incident) == [("monitor", "waiting"), ("village", "waiting"), ("township", "waiting")]
    answer(by=DUTY_OFFICER, at=AT + MINUTE, call=call_of(incident, TOWNSHIP).uuid, because="电话里答的")
    handed(incident)

    assert tick(5) == 3
    # Half way, who has answered is not asked again.
    assert [one[:3] for one in sent(incident, repeat=Step.REPEAT)] == [("monitor", "sms", 1), ("village", "sms", 1)]
    assert tick(10) == 2

    assert states(incident) == [("monitor", "missed"), ("village", "missed"), ("township", "answered")]
    # Of the two who are silent the first is told to the second, whose own time has run out in the same moment.
    told = [one[:3] for one in sent(incident, repeat__gte=Step.UNANSWERED)]
    assert told == [("village", "sms", Step.UNANSWERED + 1), ("township", "sms", Step.UNANSWERED + 2)]
    assert tick(11) == 0


def test_an_expected_danger_is_told_three_hours_one_hour_and_half_an_hour_before_and_calls_the_rest():
    incident, _ = called_out(Level.BLUE, expected_at=AT + 7 * 60 * MINUTE)
    answer(by=DUTY_OFFICER, at=AT + MINUTE, call=call_of(incident, MONITOR).uuid, because="当面")
    handed(incident)
    times = []
    for minute in range(0, 430, 5):
        if tick(minute):
            times.append((minute, [one[:3] for one in sent(incident, state="waiting")]))
            handed(incident)

    assert times == [
        (240, [("monitor", "sms", Step.WARN)]),
        # Each person, an hour before.
        (360, [("monitor", "sms", Step.CALL), ("village", "sms", 0), ("township", "sms", 0)]),
        # Again, and by now who was called an hour before should have answered.
        (
            390,
            [
                ("monitor", "sms", Step.REPEAT),
                ("village", "sms", Step.REPEAT),
                ("township", "sms", Step.REPEAT),
                ("township", "sms", Step.UNANSWERED + 2),
            ],
        ),
    ]


def test_a_clock_that_was_stopped_makes_up_for_it_once():
    incident, _ = called_out(Level.BLUE)

    assert tick(5000) == 1
    assert tick(5000) == 0
    # The last of the steps that were slept through, and the next is called.
    assert sent(incident) == [
        ("monitor", "sms", 0, "waiting"),
        ("monitor", "sms", 1, "waiting"),
        ("village", "sms", 0, "waiting"),
    ]


def test_an_alert_that_is_published_again_calls_nobody_twice():
    incident, alert = called_out(Level.RED, site=a_called_site(siren="shanhai/sirens/wuse"))
    before = Dispatch.objects.count()

    again = call_out(by=CONSULTATION_LEAD, at=AT + MINUTE, incident=incident, alert=alert, level=Level.RED)

    assert [one.role for one in again] == ["monitor", "village", "township"]
    assert (Call.objects.count(), Dispatch.objects.count()) == (3, before)
    assert AuditRow.objects.filter(action="hazards.calls.made").count() == 1


def test_a_lower_level_ends_the_calls_and_tells_who_was_told_and_is_not_called_again():
    incident, _ = called_out(Level.RED, site=a_called_site(siren="shanhai/sirens/wuse"))
    handed(incident)
    answer(by=DUTY_OFFICER, at=AT, call=call_of(incident, VILLAGE).uuid, because="当面")

    called_out(Level.BLUE, incident=incident, at=AT + MINUTE)

    assert states(incident, alert__level=Level.RED) == [
        ("monitor", "ended"),
        ("village", "answered"),
        ("township", "ended"),
    ]
    assert states(incident, alert__level=Level.BLUE) == [("monitor", "waiting")]
    changed = [one[:3] for one in sent(incident, repeat__gte=Step.CHANGED)]
    assert changed == [("village", "sms", Step.CHANGED), ("township", "sms", Step.CHANGED)]
    handed(incident)

    # And once more when it is over, the siren too.
    Incident.objects.filter(pk=incident.pk).update(state="lifted")
    end_calls(by=CONSULTATION_LEAD, at=AT + 2 * MINUTE, incident=incident)

    assert states(incident, alert__level=Level.BLUE) == [("monitor", "ended")]
    assert sent(incident, state="waiting") == [
        ("monitor", "sms", Step.CHANGED, "waiting"),
        ("village", "sms", Step.CHANGED + 1, "waiting"),
        ("township", "sms", Step.CHANGED + 1, "waiting"),
        ("", "siren", Step.CHANGED, "waiting"),
    ]
    assert tick(9999) == 0


def test_a_proposal_calls_who_decides_and_leaves_the_calls_of_the_level_in_force_alone():
    incident, _ = called_out(Level.YELLOW, site=a_called_site(ROLES))
    by = actor("duty_officer", programme="zj-ganzi")

    made = call_out(by=by, at=AT, incident=incident, alert=None, level=Level.ORANGE)

    assert [one.role for one in made] == ["county", "duty"]
    assert states(incident, alert__isnull=False) == [("monitor", "waiting"), ("village", "waiting")]
    tick(30)
    assert states(incident, alert=None) == [("county", "missed"), ("duty", "missed"), ("expert", "waiting")]


def test_what_an_update_says_on_has_not_expired():
    incident, alert = called_out(Level.BLUE)
    an_alert(incident, Level.BLUE, at=AT + timedelta(hours=12))
    token = token_of(call_of(incident, MONITOR).uuid)

    assert answer_by_link(by=STRANGER, at=alert.expires, token=token).state == "answered"


def test_at_night_yellow_waits_for_the_morning_with_its_clock_and_orange_does_not():
    night = AT + timedelta(hours=13)  # 23:00 in Shanghai
    site = a_called_site(channels=(Channel.APP, Channel.SMS))
    site.chain.update(quiet_from=time(22), quiet_until=time(7))
    incident, _ = called_out(Level.YELLOW, site=site, at=night)

    held = {one.channel: one.next_at for one in call_of(incident, MONITOR).dispatches.all()}
    assert held == {"app": night, "sms": night + timedelta(hours=8)}
    assert call_of(incident, MONITOR).due_at == night + timedelta(hours=10)

    called_out(Level.ORANGE, incident=incident, at=night + MINUTE)
    assert call_of(incident, MONITOR).due_at == night + 31 * MINUTE
    assert {one.next_at for one in call_of(incident, MONITOR).dispatches.all()} == {night + MINUTE}


def test_who_is_called_answers_without_any_role_and_a_second_answer_changes_nothing():
    incident, _ = called_out(Level.BLUE)
    call = call_of(incident, MONITOR)
    own = actor_of(call.person.user)

    answer(by=own, at=AT + 3 * MINUTE, call=call.uuid)
    answer(by=own, at=AT + 9 * MINUTE, call=call.uuid)
    answer_by_link(by=STRANGER, at=AT + 10 * MINUTE, token=token_of(call.uuid))

    call.refresh_from_db()
    assert (call.state, call.answered_at, call.answered_by) == ("answered", AT + 3 * MINUTE, own.ref)
    assert CallMove.objects.count() == 1
    assert tick(9999) == 1
    assert states(incident) == [("monitor", "answered")]


def test_in_the_name_of_another_only_who_is_on_duty_answers_and_says_how():
    incident, _ = called_out(Level.BLUE)
    uuid = call_of(incident, MONITOR).uuid

    with pytest.raises(BadInput) as wrong:
        answer(by=DUTY_OFFICER, at=AT, call=uuid, because=" ")
    assert wrong.value.field == "because"
    with pytest.raises(NotAllowed):
        answer(by=actor("station_engineer", programme="zj-ganzi"), at=AT, call=uuid, because="当面")
    with pytest.raises(NotVisible):
        answer(by=STRANGER, at=AT, call=uuid, because="当面")
    answer(by=DUTY_OFFICER, at=AT, call=uuid, because="打了家里的电话，本人在场")

    assert call_of(incident, MONITOR).answer == "打了家里的电话，本人在场"


def test_who_answers_late_has_answered_and_a_call_that_is_over_takes_no_answer():
    incident, alert = called_out(Level.BLUE)
    tick(240)
    late = answer_by_link(by=STRANGER, at=AT + 241 * MINUTE, token=token_of(call_of(incident, MONITOR).uuid).upper())
    assert late.state == "answered"
    token = token_of(call_of(incident, VILLAGE).uuid)

    with pytest.raises(Conflict) as expired:
        answer_by_link(by=STRANGER, at=alert.expires, token=token)
    assert expired.value.code == "hazards.call_expired"
    end_calls(by=CONSULTATION_LEAD, at=AT + 242 * MINUTE, incident=incident)
    with pytest.raises(Conflict) as ended:
        answer_by_link(by=STRANGER, at=AT + 243 * MINUTE, token=token)
    assert ended.value.code == "hazards.call_ended"
    with pytest.raises(NotVisible):
        answer_by_link(by=STRANGER, at=AT, token="a" * 26)


def test_only_who_decides_calls_about_an_alert_and_only_the_watch_runs_the_clock():
    incident = an_incident("red", site=a_called_site())
    alert = an_alert(incident, Level.RED)

    with pytest.raises(NotAllowed):
        call_out(by=DUTY_OFFICER, at=AT, incident=incident, alert=alert, level=Level.RED)
    with pytest.raises(NotAllowed):
        end_calls(by=DUTY_OFFICER, at=AT, incident=incident)
    with pytest.raises(NotAllowed):
        run_clock(by=actor("duty_officer", programme="zj-ganzi"), at=AT)


def test_nothing_due_is_one_question(django_assert_num_queries):
    called_out(Level.RED)

    with django_assert_num_queries(1):
        tick(1)


def test_a_longer_chain_asks_little_more_of_the_database():
    counts = []
    for number, roles in enumerate((ROLES[:2], ROLES[:4])):
        site = a_called_site(roles, code=f"slope-{number}", first=10 * number)
        incident = an_incident("red", site=site)
        alert = an_alert(incident, Level.RED)
        with CaptureQueriesContext(connection) as asked:
            call_out(by=CONSULTATION_LEAD, at=AT, incident=incident, alert=alert, level=Level.RED)
        counts.append(len(asked))

    # A call's messages, and the savepoint around them.
    assert counts[1] - counts[0] <= 2 * 3


def test_of_a_proposal_that_comes_again_the_chain_is_called_from_the_beginning():
    incident = an_incident("proposed", site=a_called_site((ChainRole.DUTY, ChainRole.EXPERT)))
    by = actor("duty_officer", programme="zj-ganzi")
    call_out(by=by, at=AT, incident=incident, alert=None, level=Level.BLUE)
    tick(240)
    assert states(incident) == [("duty", "missed"), ("expert", "waiting")]
    end_calls(by=CONSULTATION_LEAD, at=AT + 241 * MINUTE, incident=incident)

    call_out(by=by, at=AT + 300 * MINUTE, incident=incident, alert=None, level=Level.BLUE)
    tick(540)

    assert states(incident)[2:] == [("duty", "missed"), ("expert", "waiting")]
