# SPDX-License-Identifier: Apache-2.0
"""A real Mosquitto on a free port of the loopback address, and clients of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import call_command
from django.db import connection, connections
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

PLUGIN = next((str(one) for one in Path("/usr/lib").glob("*/mosquitto_dynamic_security.so")), "")
# Debian has it where only the administrator looks.
PROGRAM = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin") or ""
NEEDED = pytest.mark.skipif(not (PROGRAM and PLUGIN), reason="no Mosquitto: bash tests/system_packages.sh mosquitto")
SITE = ("shanhai", "site-secret")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(true, *, seconds: float = 15.0, what: str = ""):
    """Wait until ``true`` answers something, and answer that."""
    until = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < until, what or "waited in vain"
        time.sleep(0.02)
    return found


class Mosquitto:
    """A broker with dynamic security, whose accounts are those of a file that the product wrote."""

    def __init__(self, folder: Path, accounts: dict, *, more: str = "") -> None:
        self.port, self.folder = free_port(), folder
        (folder / "accounts.json").write_text(json.dumps(accounts))
        listener = more.format(port=self.port) if more else f"listener {self.port} 127.0.0.1"
        (folder / "mosquitto.conf").write_text(
            f"{listener}\nallow_anonymous false\nplugin {PLUGIN}\n"
            f"plugin_opt_config_file {folder}/accounts.json\npersistence true\npersistence_location {folder}/\n"
            "max_queued_messages 0\nmax_inflight_messages 0\n"
            f"log_dest file {folder}/mosquitto.log\nuser root\nset_tcp_nodelay true\n"
        )
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [PROGRAM, "-c", str(self.folder / "mosquitto.conf")], stderr=subprocess.DEVNULL
        )
        wait_for(self.open, what="Mosquitto does not listen")

    def open(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def stop(self, number: int = signal.SIGTERM) -> None:
        self._process.send_signal(number)
        self._process.wait()

    @property
    def url(self) -> str:
        return f"mqtt://{SITE[0]}:{SITE[1]}@127.0.0.1:{self.port}"


class Sender:
    """A client that publishes with QoS 1 and knows what the broker has acknowledged."""

    def __init__(self, port: int, username: str, secret: str, *, protocol=MQTTv5, tls: str = "", name: str = ""):
        self.client = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=protocol)
        self.client.username_pw_set(username, secret)
        if tls:
            self.client.tls_set(ca_certs=tls)
        self.acknowledged: set[int] = set()
        self.refused: deque[int] = deque()
        self.codes: list[int] = []
        self.reasons: list[int] = []
        self.client.on_publish = self._published
        self.client.on_connect = lambda _c, _d, _f, reason, _p: self.codes.append(reason.value)
        self.client.on_disconnect = lambda _c, _d, _f, reason, _p: self.codes.append(reason.value)
        self.client.max_inflight_messages_set(100)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        wait_for(lambda: self.codes)

    def _published(self, _client, _data, mid, reason, _properties) -> None:
        self.reasons.append(reason.value)
        (self.refused.append if reason.is_failure else self.acknowledged.add)(mid)

    def send(self, topic: str, payload, **how) -> int:
        return self.client.publish(topic, payload, qos=1, **how).mid

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@contextmanager
def own_database(empty: Path, folder: Path):
    """A database that other processes see, too: on SQLite a file of its own, on PostgreSQL the one of the tests."""
    if connection.vendor != "sqlite":
        yield
        # With what comes after a migration: other tests stand on the changes of divisions, which are brought then.
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=False)
        return
    shutil.copy(empty, folder / "shanhai.sqlite3")
    before, own = connections["default"], connections.create_connection("default")
    own.settings_dict = {**own.settings_dict, "NAME": str(folder / "shanhai.sqlite3")}
    connections["default"] = own
    try:
        yield
    finally:
        own.close()
        connections["default"] = before


def start_process(*command: str, place: dict[str, str], **how: Any) -> subprocess.Popen:
    """A process of the product on the database of this test."""
    given = connection.settings_dict
    url = f"sqlite:///{given['NAME']}"
    if connection.vendor != "sqlite":
        url = f"postgres://{given['USER']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    env = {key: value for key, value in os.environ.items() if key != "SHANHAI_TESTING"}
    env |= {"PYTHONPATH": os.pathsep.join(sys.path), "DJANGO_SETTINGS_MODULE": "shanhai.config.settings"}
    env |= {"DATABASE_URL": url, **place}
    return subprocess.Popen([sys.executable, "-m", "shanhai", *command], env=env, **how)


def self_made_certificate(folder: Path, *, name: str = "server") -> tuple[Path, Path]:
    """Files of a certificate of 127.0.0.1, signed by itself, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / f"{name}.crt", folder / f"{name}.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    return certificate, secret
