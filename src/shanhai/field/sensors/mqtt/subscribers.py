# SPDX-License-Identifier: Apache-2.0
"""Who may come to Mosquitto follows from who has a credential here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from shanhai.base.outbox import services as outbox
from shanhai.field.sensors.models import Device
from shanhai.field.sensors.mqtt.services.accounts import end_account, give_account
from shanhai.field.sensors.stations.events import CREDENTIAL_REVOKED
from shanhai.field.sensors.stations.selectors.credentials import live_accounts
from shanhai.kernel import clock
from shanhai.kernel.actors import system
from shanhai.kernel.registry import Subscriber

_BY = system("broker")


def tell_given(sender: object, *, device: Device, secret: str, **_: Any) -> None:
    """Tell the broker of a credential while it is given; where it cannot be told, none is given."""
    if settings.MQTT_BROKER == "mosquitto":
        give_account(username=device.username, secret=secret, by=_BY, at=clock.now())


def end_with_device(sender: object, *, instance: Device, **_: Any) -> None:
    """End the account of a device that is deleted, by whichever way: another of its name must not inherit it."""
    if instance.secret:
        outbox.publish(by=_BY, at=clock.now(), name=CREDENTIAL_REVOKED, payload={"username": instance.username})


class Revoked(Subscriber):
    """Tells the broker of a credential that has ended, again until it has heard it."""

    key = "sensors.mqtt.revoked"
    event = CREDENTIAL_REVOKED

    def handle(self, *, payload: Mapping[str, str], event_id: UUID, at: datetime) -> None:
        """End the account, unless the device has been given another credential since."""
        username = payload["username"]
        if settings.MQTT_BROKER != "mosquitto":
            return
        # Held, so that no credential is given between the question and the end of the account.
        station, _, code = username.partition(".")
        list(
            Device.objects.select_for_update(of=("self",), no_key=True)
            .filter(thing__code=station, code=code)
            .values_list("pk")
        )
        if not live_accounts(username):
            end_account(username=username, by=_BY, at=at)
