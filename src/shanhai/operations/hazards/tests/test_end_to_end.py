# SPDX-License-Identifier: Apache-2.0
"""The whole way in one run: a real Mosquitto, the processes that take in and that watch, a real mail server.

What is asked is the order of the instants that were recorded; how long the steps take is measured by the benchmark.
"""

import re
import signal
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from itertools import pairwise

import orjson
import pytest
from django.test import Client
from lxml import etree

from shanhai.base.formats import say
from shanhai.field.sensors.models import Observation
from shanhai.field.sensors.mqtt.selectors.accounts import mosquitto_file
from shanhai.field.sensors.mqtt.tests.brokers import (
    NEEDED,
    SITE,
    Mosquitto,
    Sender,
    own_database,
    start_process,
    wait_for,
)
from shanhai.field.sensors.mqtt.tests.devices import MANAGER
from shanhai.field.sensors.mqtt.values import Address
from shanhai.field.sensors.stations.services.credentials import give_credential
from shanhai.field.sensors.stations.tests.builders import a_station
from shanhai.field.sensors.values import datetime_of
from shanhai.kernel import clock
from shanhai.operations.hazards.calls.tests.builders import a_called_site
from shanhai.operations.hazards.calls.tests.servers import MailServer
from shanhai.operations.hazards.cap.rules.checking import check
from shanhai.operations.hazards.cap.rules.structure import CAP
from shanhai.operations.hazards.cap.tests.builders import FOLDER
from shanhai.operations.hazards.incidents.selectors.timeline import timeline_of
from shanhai.operations.hazards.models import Dispatch, Incident, Judgement
from shanhai.operations.hazards.tests.builders import a_point, a_threshold_set
from shanhai.operations.hazards.values import ChainRole, Channel, Level, Quantity
from shanhai.operations.hazards.watch.tests.test_engine import collapse, creep

pytestmark = NEEDED
ATOM = "{http://www.w3.org/2005/Atom}"
EVERY, HOURS, PUBLIC = timedelta(minutes=10), 12, "http://127.0.0.1:8000"
MONITOR = "called-1@example.org"
PROBES = {"disp": Quantity.DISPLACEMENT, "crack": Quantity.CRACK}


@contextmanager
def running(*command, log, **place):
    """A process of the product; what it says goes to ``log``."""
    with log.open("w") as stream:
        process = start_process(*command, place=place, stderr=stream)
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()


@pytest.fixture
def site(django_db_setup, django_db_blocker, empty_database, tmp_path):
    """A site with two points on one logger, judged by approved references, and a chain of two who have mail."""
    with django_db_blocker.unblock(), own_database(empty_database, tmp_path):
        site = a_called_site((ChainRole.MONITOR, ChainRole.DUTY), channels=(Channel.MAIL,))
        of = {"programme": site.programme.code, "place": site.place}
        streams = {one.metric: one for one in a_station(metrics=tuple(PROBES), **of).datastreams.all()}
        points = [a_point(site, quantity=what, datastream=streams[name]) for name, what in PROBES.items()]
        known = {"rate": 0.5, "spread": 0.1, "approved": True, "source": "2025 年平稳段"}
        a_threshold_set(site, numbers={"references": {str(one.uuid): known for one in points}})
        yield site


@pytest.fixture
def mail():
    server = MailServer()
    yield server
    server.leave()


@pytest.fixture
def publish(site, mail, tmp_path):
    """``publish(values, until)`` sends them of both points, one each ten minutes, the last at ``until``.

    What takes in and what watches run as processes of their own.
    """
    device = site.points.first().datastream.device
    secret = give_credential(device=device.uuid, by=MANAGER, at=clock.now())
    broker = Mosquitto(tmp_path, mosquitto_file(Address("127.0.0.1", 0, False, *SITE)))
    given = {"SHANHAI_MQTT_URL": broker.url, "SHANHAI_MQTT_BROKER": "other", "SHANHAI_PUBLIC_URL": PUBLIC}
    given |= {"SHANHAI_MAIL_URL": f"smtp://127.0.0.1:{mail.port}"}
    log = tmp_path / "ingest.log"
    with ExitStack() as stack:
        stack.callback(broker.stop)
        stack.enter_context(running("sensors", "ingest", log=log, **given))
        stack.enter_context(running("hazards", "watch", log=tmp_path / "watch.log", **given))
        sender = Sender(broker.port, device.username, secret)
        stack.callback(sender.close)
        # What nobody has subscribed to yet is thrown away.
        wait_for(lambda: "connected" in log.read_text(), seconds=60)

        def send(values, until):
            last = len(values) - 1
            rows = [
                {"t": (until - EVERY * (last - place)).isoformat(), **dict.fromkeys(PROBES, value)}
                for place, value in enumerate(values)
            ]
            # Of one message all is stored at once.
            sender.send(device.topic, orjson.dumps(rows))

        yield send


def decide(client, incident, level, opinion):
    """The consultation decides by its page."""
    incident.refresh_from_db()
    given = {"level": level, "attendees": "县自然资源局、乡镇、专家组", "opinion": opinion, "seen": incident.version}
    answer = client.post(f"/hazards/incidents/{incident.uuid}/decide", given)
    assert answer.status_code == 302, answer.content.decode()


def on_the_feed():
    """The only message on the public feed, valid by our checks and by the official schema where it is there."""
    (entry,) = etree.fromstring(Client().get("/cap/feed.atom").content).iter(f"{ATOM}entry")
    (link,) = [one.get("href") for one in entry.iter(f"{ATOM}link") if one.get("type") == "application/cap+xml"]
    content = Client().get(link.removeprefix(PUBLIC)).content
    assert check(content).valid
    message = etree.fromstring(content)
    assert FOLDER is None or etree.XMLSchema(etree.parse(FOLDER / "cap12.xsd")).validate(message)
    return message


def letter(mail, subject):
    """The letter to the monitor with these words in its subject."""
    return wait_for(
        lambda: next((one for one in mail.box.letters if one["To"] == MONITOR and subject in one["Subject"]), None),
        what=f"no letter {subject}",
    )


def test_from_a_reading_over_mqtt_to_the_end_of_the_alert(site, mail, publish, sign_in):
    now = clock.now()
    publish(creep(10), now - timedelta(hours=HOURS))
    wait_for(lambda: Judgement.objects.filter(site=site, level=Level.NONE).exists(), what="not judged as quiet")
    publish(collapse(HOURS, creep(10)[-1]), now)
    wait_for(lambda: Incident.objects.filter(proposed=Level.RED).exists(), what="nothing was proposed")

    incident, lead = Incident.objects.get(), sign_in("consultation_lead", programme="zj-ganzi")
    decide(lead, incident, 4, "同意红色，马上转移。")
    alert = on_the_feed()
    assert alert.findtext(f"{CAP}msgType") == "Alert"
    link = re.search(rf"{PUBLIC}(/hazards/answer/\w+)", letter(mail, "红色预警").get_content())[1]
    assert Client(enforce_csrf_checks=True).post(link).status_code == 200
    decide(lead, incident, 0, "坡体稳定三天，专家组同意解除。")

    over = on_the_feed()
    named = [alert.findtext(f"{CAP}{name}") for name in ("sender", "identifier", "sent")]
    assert (over.findtext(f"{CAP}msgType"), over.findtext(f"{CAP}references")) == ("Cancel", ",".join(named))
    assert "Warning lifted" in letter(mail, "预警已解除").get_content()
    incident.refresh_from_db()
    proposed = incident.proposals.get()
    assert {one["point"] for one in proposed.reasons} == {str(one.uuid) for one in site.points.all()}
    instants = recorded(site, incident)
    print(*(f"{at:%H:%M:%S.%f} {step}" for step, at in instants.items()), sep="\n")  # noqa: T201 - for who looks
    assert all(before <= after for before, after in pairwise(instants.values())), instants
    told = iter(f"{say(one.title)} {say(one.word)}" for one in reversed(timeline_of(incident)))
    steps = ("系统研判 红色", "建议 红色", "会商（", "发布预警", "叫应群测群防员", "已回应", "会商（", "解除预警")
    assert all(any(step in one for one in told) for step in steps)


def recorded(site, incident):
    """When each step was, by what is stored."""
    judged = Judgement.objects.filter(site=site, level=Level.RED).earliest("pk")
    read = Observation.objects.filter(time=judged.time).latest("arrived")
    decided, lifted = incident.consultations.order_by("pk")
    alert, over = incident.alerts.order_by("pk")
    # A message knows whole seconds.
    assert [one.sent for one in (alert, over)] == [one.at.replace(microsecond=0) for one in (decided, lifted)]
    handed = Dispatch.objects.filter(alert=alert, state="handed").earliest("handed_at")
    return {
        "reading": datetime_of(judged.time),
        "stored": datetime_of(read.arrived),
        "judged": judged.at,
        "proposed": incident.proposals.get().at,
        "decided, alert sent": decided.at,
        "first message handed over": handed.handed_at,
        "answered": incident.calls.get(state="answered").answered_at,
        "cancelled": lifted.at,
    }
