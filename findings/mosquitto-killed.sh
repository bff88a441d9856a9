#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# mosquitto 2.0.11 (Debian 12) with persistence, autosave_on_changes true and autosave_interval 1: when its process is
# killed, messages of QoS 1 that it has acknowledged are lost for a subscriber that is away. What it acknowledges is in
# memory, and no setting has it write first. So ingest processes run all the time, and docs/operate/mqtt.md says that what
# must not be lost is kept by who sends it. Exits 1 if it changes.
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

from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    PORT = probe.getsockname()[1]
SETTINGS = f"""listener {PORT} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {pathlib.Path.cwd()}/
autosave_on_changes true
autosave_interval 1
max_queued_messages 0
max_inflight_messages 0
user root
log_dest none
"""
pathlib.Path("settings").write_text(SETTINGS)


def broker():
    process = subprocess.Popen(["usr/sbin/mosquitto", "-c", "settings"], stderr=subprocess.DEVNULL)
    while socket.socket().connect_ex(("127.0.0.1", PORT)):
        time.sleep(0.05)
    return process


def keeper():
    made = Client(CallbackAPIVersion.VERSION2, client_id="keeper", clean_session=False, protocol=MQTTv311)
    made.got = set()
    made.on_message = lambda _c, _d, message: made.got.add(int(message.payload))
    made.connect("127.0.0.1", PORT)
    made.loop_start()
    time.sleep(0.5)
    return made


lost = 0
for _ in range(4):
    running = broker()
    away = keeper()
    away.subscribe("a", 1)
    time.sleep(0.5)
    away.disconnect()
    away.loop_stop()
    told, sender = set(), Client(CallbackAPIVersion.VERSION2)
    sender.on_publish = lambda _c, _d, mid, *_: told.add(mid)
    sender.connect("127.0.0.1", PORT)
    sender.loop_start()
    numbers = {}
    for number in range(1000):
        numbers[sender.publish("a", str(number), qos=1).mid] = number
        time.sleep(0.001)
    running.kill()
    running.wait()
    sender.loop_stop()
    running, back = broker(), keeper()
    time.sleep(2)
    gone = {numbers[mid] for mid in told} - back.got
    print(f"acknowledged {len(told)}, lost {len(gone)}")
    lost += len(gone)
    back.disconnect()
    running.terminate()
    running.wait()
assert lost
PY
python3 -m venv venv
venv/bin/pip install -q paho-mqtt==2.2.0
venv/bin/python try.py
{ usr/sbin/mosquitto -h || true; } | head -n 1
echo "as described"
