#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# amqtt 0.12.1 as a broker: a message of QoS 1 that a subscriber with a persistent session does not acknowledge within five
# seconds is given up, and does not come again when the subscriber reconnects (MQTT 3.1.1, 4.4). Hence
# mqtt/adapters/embedded.py stores within the broker, before it acknowledges, and no ingest process hangs on this broker.
# Exits 1 if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/try.py" <<'PY'
import asyncio
import logging
import socket
import threading
import time

from amqtt.broker import Broker
from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

logging.disable(logging.CRITICAL)
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    PORT = probe.getsockname()[1]


def serve():
    async def run():
        plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
        broker = Broker({"listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{PORT}"}}, "plugins": plugins})
        await broker.start()
        await asyncio.sleep(60)

    asyncio.run(run())


def client(name, **more):
    made = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTv311, **more)
    made.came = []
    made.on_message = lambda _c, _d, message: made.came.append(message.payload.decode())
    made.connect("127.0.0.1", PORT)
    made.loop_start()
    return made


threading.Thread(target=serve, daemon=True).start()
while socket.socket().connect_ex(("127.0.0.1", PORT)):
    time.sleep(0.1)
late = client("late", manual_ack=True, clean_session=False)
time.sleep(1)
late.subscribe("a", 1)
time.sleep(0.5)
client("sender").publish("a", "once", qos=1).wait_for_publish(5)
time.sleep(7)
late.disconnect()
late.loop_stop()
again = client("late", clean_session=False)
time.sleep(2)
print("came:", late.came, "after it came again:", again.came)
assert late.came == ["once"] and again.came == []
PY
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q amqtt==0.12.1 paho-mqtt==2.2.0
"$folder/venv/bin/python" "$folder/try.py"
echo "as described"
