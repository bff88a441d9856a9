# SPDX-License-Identifier: Apache-2.0
"""A real Mosquitto is told which devices may come, and forgets them with their credentials."""

import json

import pytest
from django.test import override_settings

from shanhai.base.outbox.services import deliver_due
from shanhai.field.sensors.models import Device
from shanhai.field.sensors.mqtt.selectors.accounts import mosquitto_file
from shanhai.field.sensors.mqtt.services.accounts import bring_in_line
from shanhai.field.sensors.mqtt.tests.brokers import NEEDED, SITE, Mosquitto, Sender, self_made_certificate, wait_for
from shanhai.field.sensors.mqtt.tests.devices import MANAGER, a_device
from shanhai.field.sensors.mqtt.values import Address
from shanhai.field.sensors.stations.services.credentials import give_credential, revoke_credential
from shanhai.kernel import clock
from shanhai.kernel.actors import system
from shanhai.kernel.errors import Refused
from tests.cast import AT

pytestmark = [NEEDED, pytest.mark.django_db]
SUCCESS, REFUSED = 0, {0x86, 0x87}
OWN = "shanhai/-/wuse-2/logger/temperature"


@pytest.fixture(scope="module")
def broker(tmp_path_factory, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        found = Mosquitto(tmp_path_factory.mktemp("broker"), mosquitto_file(Address("", 0, False, *SITE)))
    with override_settings(MQTT_BROKER="mosquitto", MQTT_URL=found.url):
        yield found
    found.stop()


def give(device):
    return give_credential(device=device.uuid, by=MANAGER, at=AT)


def refused(broker, device, secret):
    one = Sender(broker.port, device.username, secret)
    one.close()
    return one.codes[0] in REFUSED


def test_a_device_comes_with_its_credential_until_another_is_given_or_it_is_revoked(broker):
    device = a_device()
    first = give(device)
    one = Sender(broker.port, device.username, first)
    assert one.codes == [SUCCESS]

    second = give(device)

    wait_for(lambda: len(one.codes) > 1, what="the old credential is thrown out")
    one.close()
    assert refused(broker, device, first)
    two = Sender(broker.port, device.username, second)
    two.send(OWN, "1")
    wait_for(lambda: two.acknowledged)

    revoke_credential(device=device.uuid, by=MANAGER, at=AT)
    deliver_due(by=system("worker"), at=clock.now())

    wait_for(lambda: len(two.codes) > 1, what="the revoked credential is thrown out")
    two.close()
    assert refused(broker, device, second)


def test_a_device_that_is_deleted_leaves_no_account_to_the_next_of_its_name(broker):
    """Whichever way: a sheet that is taken back deletes devices, too."""
    device = a_device("left")
    secret = give(device)
    assert not refused(broker, device, secret)

    device.thing.delete()
    deliver_due(by=system("worker"), at=clock.now())

    assert refused(broker, a_device("left"), secret)


def test_two_devices_may_share_a_credential_and_publish_to_its_topics_only(broker):
    device, other = a_device(), a_device("wuse-3")
    secret = give(device)
    pair = [Sender(broker.port, device.username, secret) for _ in range(2)]

    for one in pair:
        one.send(OWN, "1")
        one.send(OWN.replace("wuse-2", "wuse-3"), "1")
        one.send(f"v1.1/Datastreams({other.datastreams.get().pk})/Observations", "1")
        one.send(f"v1.1/Datastreams({device.datastreams.get().pk})/Observations", "1")
        one.send("$CONTROL/dynamic-security/v1", "{}")

    for one in pair:
        wait_for(lambda one=one: len(one.acknowledged) == 2 and len(one.refused) == 3)
        one.close()


def test_what_the_broker_knows_is_brought_in_line(broker):
    gone, kept, strange = a_device("gone"), a_device("kept"), a_device("strange")
    secrets = {one.username: give(one) for one in (gone, kept)}
    with override_settings(MQTT_BROKER="other"):
        give(strange)
    bring_in_line(by=MANAGER, at=AT)
    more = a_device("kept", "second", "humidity")
    Device.objects.filter(pk=gone.pk).update(secret="")
    more.datastreams.update(device=kept)

    assert bring_in_line(by=MANAGER, at=AT) == (1, ("strange.logger",))

    assert refused(broker, gone, secrets[gone.username])
    one = Sender(broker.port, kept.username, secrets[kept.username])
    one.send(f"v1.1/Datastreams({kept.datastreams.latest('pk').pk})/Observations", "1")
    wait_for(lambda: one.acknowledged)
    one.close()


def test_a_new_broker_is_given_all_accounts_in_a_file(broker, tmp_path):
    with override_settings(MQTT_BROKER="other"):
        secret = give(a_device())
    accounts = mosquitto_file(Address("", 0, False, *SITE))
    assert secret not in json.dumps(accounts)

    new = Mosquitto(tmp_path, accounts)

    one = Sender(new.port, "wuse-2.logger", secret)
    one.send(OWN, "1")
    wait_for(lambda: one.acknowledged)
    one.close()
    new.stop()


def test_all_of_it_goes_by_tls_with_a_certificate_that_is_checked(broker, tmp_path):
    with override_settings(MQTT_BROKER="other"):
        secret = give(a_device())
    certificate, key = self_made_certificate(tmp_path)
    listener = f"listener {{port}} 127.0.0.1\ncertfile {certificate}\nkeyfile {key}"
    new = Mosquitto(tmp_path, mosquitto_file(Address("", 0, False, *SITE)), more=listener)
    url = new.url.replace("mqtt:", "mqtts:")

    one = Sender(new.port, "wuse-2.logger", secret, tls=str(certificate))
    one.send(OWN, "1")
    wait_for(lambda: one.acknowledged)
    one.close()
    with override_settings(MQTT_URL=url, MQTT_CA=str(certificate)):
        assert bring_in_line(by=MANAGER, at=AT) == (0, ())
    with override_settings(MQTT_URL=url), pytest.raises(Refused):
        bring_in_line(by=MANAGER, at=AT)
    new.stop()
