# SPDX-License-Identifier: Apache-2.0
"""Two decide on one incident, two propose for one site: one is first, and the other is told."""

import pytest

from shanhai.operations.hazards.incidents.services import levels
from shanhai.operations.hazards.incidents.tests.builders import an_incident
from shanhai.operations.hazards.models import Consultation, Incident, Proposal
from shanhai.operations.hazards.tests.builders import a_site
from tests.cast import AT, CONSULTATION_LEAD, DUTY_OFFICER, actor
from tests.concurrency.together import meet, together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
OTHER = actor("consultation_lead", programme="zj-ganzi", ref="user:other")


def deciding(incident, by, level):
    given = {"attendees": "县局", "opinion": "按级处置", "seen": incident.version}
    return lambda: levels.decide(by=by, at=AT, incident=incident.uuid, level=level, **given)


def test_of_two_who_decide_at_once_one_does(monkeypatch):
    incident = an_incident()
    meet(monkeypatch, levels, "held_incident")

    errors = together(deciding(incident, CONSULTATION_LEAD, 2), deciding(incident, OTHER, 4), may_fail=True)

    assert [error.code for error in errors] == ["hazards.incident_moved"]
    assert Consultation.objects.count() == 1


def test_control_without_the_lock_both_decide(monkeypatch):
    incident = an_incident()
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda self, **kwargs: self)
    meet(monkeypatch, levels, "held_incident")

    together(deciding(incident, CONSULTATION_LEAD, 2), deciding(incident, OTHER, 4), may_fail=True)

    assert Consultation.objects.count() == 2


def test_two_who_propose_at_once_open_one_incident(monkeypatch):
    site = a_site()

    def propose(by, level):
        return lambda: levels.propose(by=by, at=AT, site=site.code, level=level, because="裂缝加宽")

    meet(monkeypatch, levels, "duty_site")
    together(propose(DUTY_OFFICER, 2), propose(CONSULTATION_LEAD, 3), may_fail=True)

    assert Incident.objects.count() == 1
    assert Incident.objects.get().proposed == 3 or Proposal.objects.count() == 1
