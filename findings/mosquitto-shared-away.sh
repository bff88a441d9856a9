#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# mosquitto 2.0.11 (Debian 12): of a shared subscription also who is away gets a share, as long as its session lasts. Of two
# members one is disconnected with a session that outlives it; the one that is there gets half of what is published from
# then on, the other half waits for the one away, and nobody else gets it. MQTT 5 (4.8.2) leaves this to the broker. So who
# takes an ingest process away for good lets it leave (docs/operate/mqtt.md); one that was only stopped holds readings back
# until its session ends. Exits 1 if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq mosquitto libcjson1 libdlt2 libwebsockets17 libev4 libuv1 libwrap0 2>/dev/null
for package in ./*.deb; do dpkg-deb -x "$package" .; done
library=$(dirname "$(find . -name 'libwebsockets.so*' | head -n 1)")
export LD_LIBRARY_PATH="$folder/$library:$folder/lib/$(basename "$library")"
cat > try.py <<'PY'
import pathlib
import socket
import subprocess
import time

from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    PORT = probe.getsockname()[1]
pathlib.Path("settings").write_text(f"listener {PORT} 127.0.0.1\nallow_anonymous true\nuser root\nlog_dest none\n")
running = subprocess.Popen(["usr/sbin/mosquitto", "-c", "settings"], stderr=subprocess.DEVNULL)
while socket.socket().connect_ex(("127.0.0.1", PORT)):
    time.sleep(0.05)


def member(name):
    made = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTv5)
    made.got = []
    made.on_message = lambda _c, _d, message: made.got.append(int(message.payload))
    lasting = Properties(PacketTypes.CONNECT)
    lasting.SessionExpiryInterval = 3600
    made.connect("127.0.0.1", PORT, clean_start=False, properties=lasting)
    made.loop_start()
    time.sleep(0.5)
    return made


try:
    here, away = member("here"), member("away")
    for one in (here, away):
        one.subscribe("$share/group/a", 1)
    time.sleep(0.5)
    away.disconnect()
    away.loop_stop()
    sender = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
    sender.connect("127.0.0.1", PORT)
    sender.loop_start()
    for number in range(100):
        sender.publish("a", str(number), qos=1).wait_for_publish(10)
    time.sleep(1)
    at_once = len(here.got)
    back = member("away")
    time.sleep(1)
    print(f"of 100 acknowledged: {at_once} to who is there, {len(back.got)} only when the other comes back")
    assert (at_once, len(back.got)) == (50, 50)
    for one in (here, back, sender):
        one.disconnect()
        one.loop_stop()
finally:
    running.terminate()
    running.wait()
PY
python3 -m venv venv
venv/bin/pip install -q paho-mqtt==2.2.0
venv/bin/python try.py
{ usr/sbin/mosquitto -h || true; } | head -n 1
echo "as described"
