# SPDX-License-Identifier: Apache-2.0
"""What follows a decision: alert and calls with it, or none of it."""

from datetime import timedelta

import pytest

from shanhai.kernel.actors import system
from shanhai.kernel.errors import BadInput
from shanhai.operations.hazards.calls.services.answering import answer
from shanhai.operations.hazards.calls.tests.builders import ROLES, a_called_site
from shanhai.operations.hazards.cap.services import prolong
from shanhai.operations.hazards.cap.values import Wording
from shanhai.operations.hazards.incidents.selectors.timeline import timeline_of
from shanhai.operations.hazards.incidents.services import levels
from shanhai.operations.hazards.models import Alert, Call, Consultation, Dispatch, Incident
from shanhai.operations.hazards.values import Level
from tests.cast import AT, CONSULTATION_LEAD, DUTY_OFFICER

pytestmark = pytest.mark.django_db
BLUE, YELLOW, ORANGE, RED = list(Level)[1:]
ENGINE = system("hazards.watch", ("hazard.view", "hazard.duty"))


@pytest.fixture
def site(db):
    return a_called_site(ROLES)


def propose(site, level, *, by=DUTY_OFFICER, **kw):
    return levels.propose(by=by, at=AT, site=site.code, level=level, because="后缘拉裂", **kw)


def decide(incident, level, *, minutes=5, **kw):
    given = {"attendees": "县局、乡镇", "opinion": "加密巡查", "seen": incident.version, **kw}
    at = AT + timedelta(minutes=minutes)
    return levels.decide(by=CONSULTATION_LEAD, at=at, incident=incident.uuid, level=level, **given)


def called(state="waiting", **of):
    return [one.role for one in Call.objects.filter(state=state, **of).order_by("position")]


def test_a_proposal_asks_who_decides_to_come_and_the_village_nothing(site):
    propose(site, ORANGE, by=ENGINE)

    assert called(alert=None) == ["county", "duty"]


def test_a_proposal_to_lower_calls_nobody(site):
    standing = decide(propose(site, RED), RED)
    asked = Call.objects.count()

    propose(site, BLUE)

    assert Call.objects.count() == asked
    assert standing.state == "red"


def test_a_level_is_published_and_the_chain_is_called(site):
    incident = decide(propose(site, YELLOW), YELLOW)

    alert = Alert.objects.get()
    assert (alert.message_type, alert.level, alert.incident, alert.exercise) == ("Alert", YELLOW, incident, False)
    assert called(alert=alert) == ["monitor", "village"]
    # Who was asked to come and decide need not any more.
    assert called("ended", alert=None) == ["duty"]


def test_another_level_updates_and_the_end_cancels(site):
    incident = decide(propose(site, YELLOW), YELLOW)
    incident = decide(incident, RED, minutes=10)
    raised = Alert.objects.latest("pk")
    kept = decide(incident, RED, minutes=15)
    asked = set(called())
    decide(kept, 0, minutes=20)

    told = [(one.message_type, one.level) for one in Alert.objects.order_by("pk")]
    assert told == [("Alert", YELLOW), ("Update", RED), ("Update", RED), ("Cancel", 0)]
    # What stands is renewed, and nobody is called anew for it.
    assert asked == set(Call.objects.filter(alert=raised).values_list("role", flat=True))
    assert called() == []


def test_a_proposal_that_is_dismissed_tells_the_public_nothing(site):
    decide(propose(site, ORANGE), 0)

    assert not Alert.objects.exists()
    assert called() == []


def test_what_the_consultation_writes_for_the_public_stands_in_the_alert(site):
    expires = AT + timedelta(hours=3)
    words = {"zh-hans": Wording(instruction="请绕行国道，听乡里安排。")}
    decide(propose(site, YELLOW), YELLOW, expires=expires, words=words)

    alert = Alert.objects.get()
    assert alert.expires == expires
    assert "请绕行国道" in alert.xml


def test_a_drill_is_a_drill_in_every_message(site):
    drill = levels.begin_drill(by=DUTY_OFFICER, at=AT, site=site.code, level=RED, scenario="假设连夜大雨")
    decide(drill, RED)

    alert = Alert.objects.get()
    assert alert.exercise
    assert "<status>Exercise</status>" in alert.xml
    assert called(alert=alert) == [str(role) for role in ROLES]


def test_nothing_is_written_where_the_alert_is_refused(site):
    incident = propose(site, YELLOW)
    before = Call.objects.count()

    with pytest.raises(BadInput) as told:
        decide(incident, YELLOW, expires=AT)

    assert told.value.field == "expires"
    incident.refresh_from_db()
    assert (incident.state, incident.proposed, incident.version) == ("proposed", YELLOW, 1)
    assert not Consultation.objects.exists()
    assert not Alert.objects.exists()
    assert Call.objects.count() == before


def test_nothing_is_written_where_the_calls_fail(site, monkeypatch):
    incident = propose(site, YELLOW)

    def fails(**_given):
        raise RuntimeError("no calls")

    monkeypatch.setattr(levels, "call_out", fails)
    with pytest.raises(RuntimeError):
        decide(incident, YELLOW)

    assert Incident.objects.get().state == "proposed"
    assert not Alert.objects.exists()
    assert not Dispatch.objects.filter(alert__isnull=False).exists()


def test_within_a_second_the_record_keeps_what_led_to_what(site):
    incident = decide(propose(site, YELLOW), YELLOW, minutes=0)
    prolong(by=CONSULTATION_LEAD, at=AT + timedelta(minutes=20), identifier=Alert.objects.get().identifier)
    monitor = Call.objects.get(incident=incident, role="monitor").uuid
    answer(by=DUTY_OFFICER, at=AT + timedelta(minutes=30, seconds=0.3), call=monitor, because="电话里说收到")
    incident = decide(incident, Level.NONE, minutes=30.01)

    told = [event.title.text.partition("（")[0].partition("：")[0] for event in timeline_of(incident)[::-1]]

    called = ["叫应%(role)s"] * 3
    assert told == ["建议", "会商", "发布预警", *called, "更新预警", called[0], "会商", "解除预警"]


def test_who_decides_is_asked_again_when_the_same_level_is_proposed_again(site):
    standing = decide(propose(site, ORANGE, by=ENGINE), YELLOW)
    assert called(alert=None) == []

    propose(site, ORANGE, by=ENGINE)

    assert called(alert=None) == ["county", "duty"]
    assert standing.state == "yellow"
