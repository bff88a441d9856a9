# SPDX-License-Identifier: Apache-2.0
"""Two processes watch one chain: each message goes once, each miss calls one, an answer meets the clock."""

import threading
import time
from collections import Counter
from contextlib import suppress

import pytest
from django.db import IntegrityError

from shanhai.operations.hazards.calls.adapters import mail
from shanhai.operations.hazards.calls.adapters.sending import send_due
from shanhai.operations.hazards.calls.services import ticking
from shanhai.operations.hazards.calls.services.answering import answer
from shanhai.operations.hazards.calls.services.calling import call_out
from shanhai.operations.hazards.calls.services.ticking import run_clock
from shanhai.operations.hazards.calls.tests.builders import (
    MINUTE,
    ROLES,
    WATCH,
    a_called_site,
    call_of,
    called_out,
    states,
)
from shanhai.operations.hazards.models import Call, CallMove, Dispatch, DispatchMove
from shanhai.operations.hazards.values import ChainRole, Channel, Level
from tests.cast import AT, CONSULTATION_LEAD, DUTY_OFFICER
from tests.concurrency.together import meet, together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
NOON = AT + 10 * MINUTE


@pytest.fixture
def handed(monkeypatch):
    """How often each message was handed over, by a mail server that takes its time."""
    seen, lock = Counter(), threading.Lock()

    def hand_over(letter):
        with lock:
            seen[letter.id] += 1
        time.sleep(0.05)
        return ""

    monkeypatch.setattr(mail, "hand_over", hand_over)
    return seen


def test_two_processes_hand_each_message_over_once(handed):
    called_out(Level.RED, site=a_called_site(ROLES, channels=(Channel.MAIL,)))

    together(*[lambda: send_due(by=WATCH, at=AT)] * 3)

    assert sorted(handed.values()) == [1] * 6
    assert DispatchMove.objects.filter(new="handed").count() == 6


def test_control_without_the_claim_messages_go_twice(handed, monkeypatch):
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda self, **kwargs: self)
    called_out(Level.RED, site=a_called_site(ROLES, channels=(Channel.MAIL,)))

    for _ in range(20):
        together(*[lambda: send_due(by=WATCH, at=AT)] * 3, may_fail=True)
        if max(handed.values()) > 1:
            return
        DispatchMove.objects.all().delete()
        Dispatch.objects.update(state="waiting", handed_at=None, next_at=AT)
        handed.clear()

    assert max(handed.values()) > 1


def test_two_processes_call_the_next_once():
    incident, _ = called_out(Level.BLUE, site=a_called_site(ROLES))
    late = AT + 240 * MINUTE

    together(*[lambda: run_clock(by=WATCH, at=late)] * 4)

    assert states(incident) == [("monitor", "missed"), ("village", "waiting")]
    assert CallMove.objects.count() == 1


def test_control_without_holding_the_incident_two_miss_one_call(monkeypatch):
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda self, **kwargs: self)
    _incident, _ = called_out(Level.BLUE, site=a_called_site(ROLES))
    meet(monkeypatch, ticking, "_miss", before=True)

    # What holds the incident keeps apart, the constraint only refuses: one of the two fails, or both miss it.
    with suppress(IntegrityError):
        errors = together(*[lambda: run_clock(by=WATCH, at=AT + 240 * MINUTE)] * 2, may_fail=True)
        assert errors or CallMove.objects.filter(new="missed").count() > 1


def test_an_answer_that_comes_as_the_time_runs_out_is_an_answer():
    """Whichever comes first: missed and then answered, or answered and never missed."""
    incident, _ = called_out(Level.RED, site=a_called_site(ROLES[:1]))
    call = call_of(incident, ChainRole.MONITOR)

    together(
        lambda: answer(by=DUTY_OFFICER, at=NOON, call=call.uuid, because="电话里说的"),
        lambda: run_clock(by=WATCH, at=NOON),
    )

    assert Call.objects.get().state == "answered"
    assert [one.new for one in CallMove.objects.order_by("pk")] in (["answered"], ["missed", "answered"])


def test_an_alert_that_two_publish_calls_each_person_once():
    incident, alert = called_out(Level.RED, site=a_called_site(ROLES, siren="sirens/wuse"))
    Dispatch.objects.all().delete()
    Call.objects.all().delete()

    def again():
        return call_out(by=CONSULTATION_LEAD, at=AT, incident=incident, alert=alert, level=Level.RED)

    together(again, again, again)

    assert Call.objects.count() == 6
    assert Dispatch.objects.filter(channel=Channel.SIREN).count() == 1
