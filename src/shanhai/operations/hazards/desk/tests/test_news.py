# SPDX-License-Identifier: Apache-2.0
"""An open desk hears of what changes in its scope, and of nothing else; who may not see it hears nothing."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from shanhai.field.sensors.store.selectors.live import hearing_at
from shanhai.field.sensors.store.views.live import Live
from shanhai.field.sensors.tests.test_live import ask, news, until
from shanhai.kernel.actors import Scope
from shanhai.kernel.registry import registries
from shanhai.operations.hazards.calls.services.answering import answer
from shanhai.operations.hazards.calls.tests.builders import a_called_site, handed
from shanhai.operations.hazards.incidents.services.levels import decide, propose
from shanhai.operations.hazards.incidents.services.patrols import order_patrol
from shanhai.operations.hazards.incidents.views.parts import heard_at
from shanhai.operations.hazards.models import Call
from shanhai.operations.hazards.tests.builders import a_point, a_site, a_threshold_set
from shanhai.operations.hazards.values import ChainRole, Level
from shanhai.operations.hazards.watch.services import judge_due
from shanhai.operations.hazards.watch.tests.test_engine import ENGINE, collapse, creep, reference, send
from shanhai.planning.programmes.tests.builders import a_division
from tests.cast import AT, CONSULTATION_LEAD, DUTY_OFFICER, a_user, actor, actor_of

HERE, BESIDE, ALL, OTHER = "zj-ganzi/513301", "zj-ganzi/513322", "zj-ganzi/", "another/"
SOURCE = registries.news.get("hazards")


def told(act):
    """The keys of which ``act`` is news, and what it answers."""
    keys = (HERE, BESIDE, ALL, OTHER, "/")
    before = SOURCE.states(keys=keys)
    result = act()
    after = SOURCE.states(keys=keys)
    return {key for key in keys if before[key] != after[key]}, result


@pytest.mark.django_db
def test_what_is_judged_proposed_decided_answered_and_sent_is_news_of_its_scope():
    site, heard = a_called_site((ChainRole.MONITOR, ChainRole.DUTY)), {HERE, ALL, "/"}
    point = a_point(site)
    a_threshold_set(site, numbers=reference(point))
    judge_due(by=ENGINE, at=AT)
    send(point, creep(8) + collapse(10, creep(8)[-1]))

    def decided():
        return decide(
            by=CONSULTATION_LEAD, at=AT, incident=incident.uuid, level=4, attendees="县局", opinion="转移",
            seen=incident.version,
        )  # fmt: skip

    assert told(lambda: judge_due(by=ENGINE, at=AT))[0] == heard
    incident = site.incidents.get()
    assert told(decided)[0] == heard
    call = Call.objects.filter(incident=incident, alert__isnull=False).first()
    answered = {"by": DUTY_OFFICER, "at": AT, "call": call.uuid, "because": "电话里说收到"}
    assert told(lambda: answer(**answered))[0] == heard
    assert told(lambda: handed(incident))[0] == heard
    patrol = {"site": site.code, "task": "看后缘", "person": None, "due_at": AT.replace(hour=9)}
    assert told(lambda: order_patrol(by=DUTY_OFFICER, at=AT, **patrol))[0] == heard
    # What is news to a page is not sent again for a look.
    assert told(lambda: judge_due(by=ENGINE, at=AT))[0] == set()


@pytest.mark.django_db
def test_who_may_not_see_the_desk_of_a_scope_may_not_hear_of_it():
    there = actor("duty_officer", programme="zj-ganzi", place="513301")

    assert SOURCE.may_hear(viewer=there, keys=[HERE])
    assert not any(SOURCE.may_hear(viewer=there, keys=[HERE, key]) for key in (BESIDE, ALL, OTHER, "/"))
    assert SOURCE.may_hear(viewer=DUTY_OFFICER, keys=[HERE, BESIDE, ALL])
    assert not SOURCE.may_hear(viewer=DUTY_OFFICER, keys=["/"])
    assert not SOURCE.may_hear(viewer=actor(None), keys=[HERE])


@pytest.mark.django_db
def test_the_desk_hears_of_what_its_viewer_sees_in_the_chosen_programme(sign_in, settings, frozen_clock):
    settings.LIVE_URL = "http://live.test"
    a_division("513322")
    incident = propose(by=DUTY_OFFICER, at=AT, site=a_site().code, level=Level.BLUE, because="村民报告有裂缝")
    client = sign_in("duty_officer", programme="zj-ganzi", place="513300")
    pages = [client.get(path).content.decode() for path in ("/hazards/", f"/hazards/incidents/{incident.uuid}/")]

    heard = [hearing_at(page.partition('data-live="http://live.test')[2].partition('"')[0]) for page in pages]

    assert [(one.source, set(one.keys)) for one in heard] == [("hazards", {"zj-ganzi/513300"}), ("hazards", {HERE})]
    shown = client.get(f"/hazards/incidents/{incident.uuid}/")
    seen = shown.content.decode().partition("?seen=")[2].partition('"')[0]
    again = client.get(f"/hazards/incidents/{incident.uuid}/?seen={seen}", HTTP_HX_REQUEST="true")
    assert (shown.status_code, again.status_code) == (200, 204)


@pytest.mark.django_db(transaction=True)
def test_an_open_desk_is_told_and_a_stranger_is_refused(settings):
    settings.LIVE_URL = "http://live.test"
    site = a_site()
    officer, stranger = actor_of(a_user("duty_officer", programme="zj-ganzi")), actor_of(a_user(None))

    def proposed():
        propose(by=DUTY_OFFICER, at=AT, site=site.code, level=Level.BLUE, because="村民报告有裂缝")

    async def walk():
        live, desk, refused = Live(), [], []
        await ask(live, heard_at(stranger, [Scope("zj-ganzi")]), refused)[0]
        page, end = ask(live, heard_at(officer, [Scope("zj-ganzi")]), desk)
        await until(lambda: desk and live._known)
        await sync_to_async(proposed)()
        await until(lambda: news(desk))
        end.set()
        await asyncio.wait_for(page, 5)
        await sync_to_async(connections.close_all)()
        return desk, refused

    desk, refused = asyncio.run(walk())
    assert [list(one) for one in news(desk)] == [[ALL]]
    assert refused[0]["status"] == 404
