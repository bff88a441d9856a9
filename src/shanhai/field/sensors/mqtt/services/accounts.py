# SPDX-License-Identifier: Apache-2.0
"""Telling Mosquitto (its plugin for dynamic security) which devices may come, and to which topics each may publish.

Mosquitto takes the secret itself and no hash, so it is told when a credential is given. What it has lost comes back
with a file of accounts (``selectors.accounts``).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode

from shanhai.field.sensors.mqtt.access import connect, new_client
from shanhai.field.sensors.mqtt.selectors.accounts import ROLE, acls_of, list_accounts
from shanhai.field.sensors.mqtt.values import Address
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop

_TOPIC = "$CONTROL/dynamic-security/v1"
_PATIENCE_S = 5.0
_AT_ONCE = 200
# What is asked for is so already.
_FINE = ("already exists", "not found")
UNREACHABLE = gettext_noop("MQTT 服务器没有应答，凭证没有换。请稍后再试，或请系统管理员看看。")


def give_account(*, username: str, secret: str, by: Actor, at: datetime) -> None:
    """Let a device come with this secret; who is connected by the old one is thrown out. Raises Refused."""
    commands = [command for one in list_accounts(username) for command in _role(one.username, one.topics)]
    roles = [{"rolename": ROLE + username}]
    commands += [
        {"command": "createClient", "username": username},
        {"command": "modifyClient", "username": username, "password": secret, "roles": roles},
    ]
    _ask(commands)


def end_account(*, username: str, by: Actor, at: datetime) -> None:
    """Throw a device out, and let it in no more. Raises Refused where the broker does not answer."""
    _ask(
        [{"command": "deleteClient", "username": username}, {"command": "deleteRole", "rolename": ROLE + username}],
    )


def bring_in_line(*, by: Actor, at: datetime) -> tuple[int, tuple[str, ...]]:
    """End the accounts of devices that have none here, and give all others their topics.

    Answers how many were ended, and which devices have an account here that the broker does not know: these need a new
    credential, or the broker a file. Raises Refused.
    """
    (answer,) = _ask([{"command": "listRoles"}])
    known = {one.removeprefix(ROLE) for one in answer["data"]["roles"] if one.startswith(ROLE)}
    accounts = {one.username: one for one in list_accounts()}
    gone = sorted(known - accounts.keys())
    commands = [{"command": "deleteClient", "username": one} for one in gone]
    commands += [{"command": "deleteRole", "rolename": ROLE + one} for one in gone]
    for username in sorted(known & accounts.keys()):
        commands += _role(username, accounts[username].topics)[1:]
    for start in range(0, len(commands), _AT_ONCE):
        _ask(commands[start : start + _AT_ONCE])
    return len(gone), tuple(sorted(accounts.keys() - known))


def _role(username: str, topics: Sequence[str]) -> list[dict[str, Any]]:
    name = ROLE + username
    return [
        {"command": "createRole", "rolename": name},
        {"command": "modifyRole", "rolename": name, "acls": acls_of(topics)},
    ]


def _ask(commands: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the broker answers to each. Raises Refused where it does not, or does not do one of them."""
    try:
        return _answers(commands)
    except OSError as error:
        raise Refused(UNREACHABLE, "sensors.broker_silent") from error


def _answers(commands: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    address, until = Address.of(settings.MQTT_URL), time.monotonic() + _PATIENCE_S
    answers: list[dict[str, Any]] = []
    client = new_client(f"shanhai-accounts-{ids.new_id()}", address)
    mark = str(ids.new_id())
    marked = [{**one, "correlationData": f"{mark} {place}"} for place, one in enumerate(commands)]

    def ask(client: Client, *_: object) -> None:
        client.publish(_TOPIC, orjson.dumps({"commands": marked}), qos=1)

    def answered(_client: Client, _data: object, message: MQTTMessage) -> None:
        given = orjson.loads(message.payload)["responses"]
        answers.extend(one for one in given if one.get("correlationData", "").startswith(mark))

    client.on_connect = lambda client, *_: client.subscribe(f"{_TOPIC}/response", 1)
    client.on_subscribe, client.on_message = ask, answered
    connect(client, address)
    try:
        while len(answers) < len(commands):
            if client.loop(0.1) != MQTTErrorCode.MQTT_ERR_SUCCESS or time.monotonic() > until:
                raise TimeoutError
    finally:
        with suppress(OSError):
            client.disconnect()
    for one in answers:
        if one.get("error") and not one["error"].endswith(_FINE):
            raise OSError(f"{one['command']}: {one['error']}")
    return answers
