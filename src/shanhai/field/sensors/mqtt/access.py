# SPDX-License-Identifier: Apache-2.0
"""How one comes to a broker: the account of this site, clients, a filter of topics for each device."""

from __future__ import annotations

import ssl
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from shanhai.field.sensors.mqtt.values import Address

KEEPALIVE_S = 60


def site_address() -> Address:
    """Where the broker is, with the account of this site; the embedded one knows it by a password that nobody sets."""
    address = Address.of(settings.MQTT_URL)
    if settings.MQTT_BROKER != "embedded" or address.username:
        return address
    return replace(address, username="shanhai", password=salted_hmac("shanhai.mqtt", "site").hexdigest())


def is_five() -> bool:
    """Whether MQTT 5 is spoken; the embedded broker knows 3.1.1 alone."""
    return bool(MQTTv5 == settings.MQTT_PROTOCOL and settings.MQTT_BROKER != "embedded")


def new_client(name: str, address: Address, *, manual_ack: bool = False, kept: bool = False) -> Client:
    """A client of that account which is not connected yet; ``kept`` says that its session outlives the connection."""
    five = is_five()
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=name,
        protocol=MQTTProtocolVersion.MQTTv5 if five else MQTTProtocolVersion.MQTTv311,
        manual_ack=manual_ack,
        clean_session=None if five else not kept,
    )
    if address.username:
        client.username_pw_set(address.username, address.password)
    if address.tls and settings.MQTT_BROKER == "embedded":
        client.tls_set_context(_knowing_ours())
    elif address.tls:
        client.tls_set(ca_certs=settings.MQTT_CA or None)
    return client


def _knowing_ours() -> ssl.SSLContext:
    """Trusts the certificate of the embedded broker itself, whoever signed it: its name is that by which devices come.

    Raises OSError where there is none.
    """
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    first = Path(settings.MQTT_CERTIFICATE).read_text().partition(begin)[2].partition(end)[0]
    context = ssl.create_default_context(cadata=f"{begin}{first}{end}")
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def properties(kind: int, **values: int) -> Properties | None:
    """Properties of a packet of MQTT 5; none for brokers that speak 3.1.1."""
    if not is_five():
        return None
    made = Properties(kind)  # type: ignore[no-untyped-call]
    for name, value in values.items():
        setattr(made, name, value)
    return made


def connect(client: Client, address: Address, *, expiry_s: int = 0, inflight: int = 0) -> None:
    """Connect, in MQTT 5 with a session that ends so long after the connection. Raises OSError."""
    given = {"SessionExpiryInterval": expiry_s} | ({"ReceiveMaximum": inflight} if inflight else {})
    made = properties(PacketTypes.CONNECT, **given)
    if made is None:
        client.connect(address.host, address.port, KEEPALIVE_S)
    else:
        client.connect(address.host, address.port, KEEPALIVE_S, clean_start=not expiry_s, properties=made)
