# SPDX-License-Identifier: Apache-2.0
"""The accounts of devices, as a broker needs them."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from shanhai.field.sensors.models import Datastream, Device
from shanhai.field.sensors.mqtt.rules.topics import allowed_topics
from shanhai.field.sensors.mqtt.values import Address
from shanhai.field.sensors.stations.selectors.credentials import parts_of_secret
from shanhai.field.sensors.values import topic_of

# The name of a device's role at Mosquitto begins so.
ROLE = "device:"
_SITE = "shanhai"
_ROUNDS = 101
_ALL = ("#", "$share/#", "$CONTROL/dynamic-security/#")


@dataclass(frozen=True, slots=True)
class Account:
    """A device that may come: what is kept of its secret, and filters of the topics that it may publish to."""

    device: int
    username: str
    secret: str
    topics: tuple[str, ...]


def list_accounts(username: str = "") -> list[Account]:
    """This one, or all that are not revoked. Two queries."""
    of, rows = Datastream.objects.exclude(device=None), Device.objects.exclude(secret="").order_by("pk")
    if username:
        station, _, code = username.partition(".")
        of = of.filter(device__thing__code=station, device__code=code)
        rows = rows.filter(thing__code=station, code=code)
    streams: dict[int, list[tuple[int, bool]]] = {}
    for device, pk, multi in of.values_list("device_id", "pk", "multi").order_by("pk"):
        streams.setdefault(device, []).append((pk, multi))
    found = rows.values_list("pk", "thing__code", "code", "secret", "thing__programme__code")
    return [
        Account(
            pk,
            f"{station}.{code}",
            secret,
            allowed_topics(
                topic=topic_of(programme=programme, station=str(station), device=code), datastreams=streams.get(pk, ())
            ),
        )
        for pk, station, code, secret, programme in found
    ]


def how_to_send(*, device: Device, secret: str) -> dict[str, str]:
    """What somebody needs who sets the device up: address, account, topics, a line to paste."""
    address = Address.of(settings.MQTT_PUBLIC_URL or settings.MQTT_URL)
    metrics = list(device.datastreams.exclude(metric="").order_by("pk").values_list("metric", flat=True))
    tls = f" --cafile {settings.MQTT_CA or 'ca.crt'}" if address.tls else ""
    account = f"-h {address.host} -p {address.port}{tls} -u {device.username} -P {secret}"
    return {
        "host": address.host,
        "port": str(address.port),
        "tls": "yes" if address.tls else "no",
        "username": device.username,
        "secret": secret,
        "topics": " ".join([device.topic, *(f"{device.topic}/{one}" for one in metrics)]),
        "try": f"mosquitto_pub {account} -q 1 -t {device.topic}/{(metrics or ['METRIC'])[0]} -m 21.5",
    }


def acls_of(topics: Iterable[str], kinds: Iterable[str] = ("publishClientSend",)) -> list[dict[str, Any]]:
    """What Mosquitto lets somebody do with these topics."""
    return [{"acltype": kind, "topic": one, "priority": 0, "allow": True} for kind in kinds for one in topics]


def mosquitto_file(address: Address) -> dict[str, Any]:
    """The file of Mosquitto's dynamic security with all accounts, and that of this site, whose password is given."""
    salt = secrets.token_bytes(12)
    found = hashlib.pbkdf2_hmac("sha512", address.password.encode(), salt, _ROUNDS)
    kept = {"salt": base64.b64encode(salt).decode(), "password": base64.b64encode(found).decode()}
    site = {"username": address.username, "roles": [{"rolename": _SITE}], "iterations": _ROUNDS, **kept}
    everything = acls_of(_ALL, ("publishClientSend", "publishClientReceive", "subscribePattern", "unsubscribePattern"))
    clients, roles = [site], [{"rolename": _SITE, "acls": everything}]
    for one in list_accounts():
        rounds, salted, hashed = parts_of_secret(one.secret)
        client = {"username": one.username, "roles": [{"rolename": ROLE + one.username}], "iterations": rounds}
        clients.append({**client, "salt": salted, "password": hashed})
        roles.append({"rolename": ROLE + one.username, "acls": acls_of(one.topics)})
    access = {"publishClientSend": False, "publishClientReceive": True, "subscribe": False, "unsubscribe": True}
    return {"defaultACLAccess": access, "clients": clients, "groups": [], "roles": roles}
