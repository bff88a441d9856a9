# SPDX-License-Identifier: Apache-2.0
"""A device's account at the broker: its secret is told once, kept as a hash, and ends at once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from shanhai.base.audit.models import AuditRow
from shanhai.base.outbox.models import Event
from shanhai.field.sensors.models import Device
from shanhai.field.sensors.mqtt.tests.devices import MANAGER, a_device
from shanhai.field.sensors.states import DeviceState
from shanhai.field.sensors.stations.selectors.credentials import sender_of
from shanhai.field.sensors.stations.services.credentials import give_credential, revoke_credential
from shanhai.kernel.actors import Actor, Scope
from shanhai.kernel.errors import NotAllowed, NotVisible, Refused
from tests.cast import AT, STRANGER

pytestmark = pytest.mark.django_db
VIEWER = Actor("user:viewer", grants={"sensor.view": (Scope(),)})


def give(device, by=MANAGER):
    return give_credential(device=device.uuid, by=by, at=AT)


def test_a_secret_is_told_once_and_proves_the_device_until_another_is_given():
    device = a_device()

    first = give(device)
    sender = sender_of(username="wuse-2.logger", secret=first)
    second = give(device)

    assert (sender.device, len({first, second})) == (device.pk, 2)
    assert sender_of(username="wuse-2.logger", secret=first) is None
    assert sender_of(username="wuse-2.logger", secret=second) == sender
    assert second not in str(list(Device.objects.values()) + list(AuditRow.objects.values()))
    acts = AuditRow.objects.order_by("seq").values_list("action", "actor")
    assert list(acts) == [("sensors.credential.given", MANAGER.ref), ("sensors.credential.rotated", MANAGER.ref)]


@pytest.mark.parametrize(
    "username", ["", "wuse-2", "wuse-2.other", "wuse-2.logger.x", "wuse-2.logger\x00", "WUSE-2.logger"]
)
def test_other_accounts_are_of_nobody(username):
    secret = give(a_device())

    assert sender_of(username=username, secret=secret) is None
    assert sender_of(username="wuse-2.logger", secret="") is None
    assert sender_of(username="wuse-2.logger", secret="\ud800") is None


def test_a_revoked_credential_is_void_and_the_broker_is_told():
    device = a_device()
    secret = give(device)

    for _ in range(2):
        revoke_credential(device=device.uuid, by=MANAGER, at=AT)

    assert sender_of(username="wuse-2.logger", secret=secret) is None
    told = Event.objects.get(name="sensors.credential.revoked")
    assert told.payload["username"] == "wuse-2.logger"
    assert AuditRow.objects.filter(action="sensors.credential.revoked").count() == 1


def test_who_may_not_manage_the_station_gives_and_revokes_nothing():
    device = a_device()

    for act in (give_credential, revoke_credential):
        with pytest.raises(NotAllowed):
            act(device=device.uuid, by=VIEWER, at=AT)
        with pytest.raises(NotVisible):
            act(device=device.uuid, by=STRANGER, at=AT)
    assert Device.objects.get().secret == ""


def test_a_device_out_of_use_is_given_none():
    with pytest.raises(Refused):
        give(a_device(state=DeviceState.SUSPENDED))


def test_none_is_given_where_the_broker_cannot_be_told(settings):
    settings.MQTT_BROKER, settings.MQTT_URL = "mosquitto", "mqtt://127.0.0.1:1"

    with pytest.raises(Refused):
        give(a_device())
    assert Device.objects.get().secret == ""


def test_the_console_prints_what_an_engineer_needs(settings):
    settings.MQTT_PUBLIC_URL = "mqtts://mqtt.example.org"
    a_device("wuse-2", "logger", "temperature", "humidity")

    def console(*options):
        out = StringIO()
        call_command("sensors", "device", "--name", "wuse-2.logger", *options, stdout=out)
        return out.getvalue()

    said = console()
    lines = dict(line.split(maxsplit=1) for line in said.splitlines())
    assert sender_of(username=lines["username"], secret=lines["secret"])
    assert (lines["host"], lines["port"], lines["tls"]) == ("mqtt.example.org", "8883", "yes")
    topic = "shanhai/-/wuse-2/logger"
    assert lines["topics"].split() == [topic, f"{topic}/temperature", f"{topic}/humidity"]
    assert f"-u wuse-2.logger -P {lines['secret']} -q 1 -t {topic}/temperature" in lines["try"]
    assert "rotated" in console()
    console("--revoke")
    assert Device.objects.get().secret == ""
    with pytest.raises(CommandError):
        call_command("sensors", "device", "--name", "wuse-2.strange", "--revoke")


def test_the_console_makes_station_and_device_that_are_not_there(ganzi):
    out = StringIO()
    for name in ("new-1", "new-1.second", "new-1"):
        call_command("sensors", "device", "--name", name, "--metric", "temp", "--metric", "humidity", stdout=out)

    made = Device.objects.order_by("pk").values_list("thing__programme__code", "thing__code", "code")
    assert list(made) == [("zj-ganzi", "new-1", "logger"), ("zj-ganzi", "new-1", "second")]
    assert set(Device.objects.first().datastreams.values_list("metric", "unit__symbol")) == {
        ("temp", "°C"),
        ("humidity", "%"),
    }
    assert "-t shanhai/zj-ganzi/new-1/logger/temp -m 21.5" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("sensors", "device", "--name", "不行")
