# SPDX-License-Identifier: Apache-2.0
"""Patrols: who sends, who reports, and that a patrol ends once."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, NotAllowed, NotVisible
from shanhai.kernel.states import IllegalMove
from shanhai.operations.hazards.incidents.services import patrols
from shanhai.operations.hazards.incidents.tests.builders import a_patrol, an_incident
from shanhai.operations.hazards.models import Patrol
from shanhai.operations.hazards.tests.builders import a_site
from shanhai.registers.people.tests.builders import a_person
from tests.cast import AT, DUTY_OFFICER, OFFICE, a_user, actor, actor_of, waiting_for

pytestmark = pytest.mark.django_db


def order(site, **kw):
    given = {"task": "看后缘裂缝", "due_at": AT + timedelta(hours=2), **kw}
    return patrols.order_patrol(by=DUTY_OFFICER, at=AT, site=site.code, **given)


def test_who_is_on_duty_sends_somebody_of_the_register():
    site, monitor = a_site(), a_person("甲一", duty="群测群防员", programme="zj-ganzi", place="513301")
    incident = an_incident(site=site)

    sent = order(site, person=monitor.uuid, incident=incident.uuid)

    assert (sent.person, sent.incident, sent.state) == (monitor, incident, "open")
    assert monitor.name not in str(AuditRow.objects.get(action__startswith="hazards.").changes)


def test_what_is_wrong_is_said_at_once():
    site = a_site()
    gone = a_person("乙二", duty="村主任", programme="zj-ganzi", place="513301", valid_until=date(2026, 1, 1))

    with pytest.raises(BadInput) as told:
        order(site, task=" ", due_at=AT, person=gone.uuid)
    assert [told.value.field, *(one.field for one in told.value.others)] == ["task", "due_at", "person"]
    with pytest.raises(BadInput) as later:
        order(site, due_at=AT + timedelta(days=31))
    assert later.value.field == "due_at"
    assert not Patrol.objects.exists()


def test_a_form_that_was_sent_twice_sends_nobody_twice():
    site = a_site()

    first, again, other = order(site), order(site), order(site, task="看前缘")

    assert (first.pk == again.pk, first.pk == other.pk) == (True, False)
    assert AuditRow.objects.filter(action="hazards.patrol.ordered").count() == 2


def test_a_patrol_belongs_to_an_open_incident_of_its_site():
    site = a_site()
    elsewhere, over = an_incident(site=a_site("b")), an_incident("lifted", site=site)

    for incident in (elsewhere, over):
        with pytest.raises(BadInput, match="已经有了结果"):
            order(site, incident=incident.uuid)
    with pytest.raises(NotVisible):
        order(site, incident=uuid4())


def test_others_send_nobody():
    site = a_site()
    with pytest.raises(NotAllowed):
        patrols.order_patrol(by=OFFICE, at=AT, site=site.code, task="看", due_at=AT + timedelta(hours=1))


def test_what_was_seen_is_said_once():
    patrol = a_patrol()
    report = {"by": DUTY_OFFICER, "at": AT, "patrol": patrol.uuid}

    with pytest.raises(BadInput):
        patrols.report_patrol(**report, found=" ")
    done = patrols.report_patrol(**report, found="裂缝加宽两厘米")

    assert (done.state, done.found, done.moves.get().new) == ("done", "裂缝加宽两厘米", "done")
    assert AuditRow.objects.get(action__startswith="hazards.").because == "裂缝加宽两厘米"
    with pytest.raises(IllegalMove):
        patrols.report_patrol(**report, found="再看一次")
    with pytest.raises(IllegalMove):
        patrols.drop_patrol(**report, because="不用")


def test_who_was_sent_reports_and_others_who_only_look_do_not():
    user = a_user("station_engineer", programme="zj-ganzi")
    monitor = a_person("甲一", duty="群测群防员", programme="zj-ganzi", place="513301", user=user)
    patrol, sent = a_patrol(person=monitor), actor_of(user)
    other = replace(sent, ref="user:other")

    assert waiting_for(sent, "hazards.waiting") == [f"/hazards/patrols/{patrol.uuid}/"]
    assert waiting_for(other, "hazards.waiting") == []
    with pytest.raises(NotAllowed):
        patrols.report_patrol(by=other, at=AT, patrol=patrol.uuid, found="没事")
    assert patrols.report_patrol(by=sent, at=AT, patrol=patrol.uuid, found="没事").state == "done"
    with pytest.raises(NotVisible):
        patrols.report_patrol(by=actor("duty_officer", programme="b"), at=AT, patrol=patrol.uuid, found="没事")


def test_a_patrol_that_is_needed_no_more_is_dropped_for_a_reason():
    patrol = a_patrol()
    with pytest.raises(BadInput):
        patrols.drop_patrol(by=DUTY_OFFICER, at=AT, patrol=patrol.uuid, because="")
    with pytest.raises(NotAllowed):
        patrols.drop_patrol(by=OFFICE, at=AT, patrol=patrol.uuid, because="不用了")

    dropped = patrols.drop_patrol(by=DUTY_OFFICER, at=AT, patrol=patrol.uuid, because="路断了，派无人机")
    assert (dropped.state, dropped.moves.get().because) == ("dropped", "路断了，派无人机")
