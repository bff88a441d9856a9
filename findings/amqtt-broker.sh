#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# amqtt 0.12.1 as a broker, on valid input: (1) a CONNECT of MQTT 5 is never answered, though amqtt means to refuse it:
# it reads the payload by the rules of 3.1.1 before it looks at the level, and waits for bytes that do not come; (2) a
# QoS 1 message that a subscriber with a persistent session acknowledges late is given up after five seconds and does not
# come again when it reconnects; (3) whoever connects with a wrong password and the client id of somebody throws
# that one out: the session is taken over before the password is looked at. Hence mqtt/adapters/embedded.py stores
# before it acknowledges, reads CONNECT itself and names sessions by account. Exits 1 if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/try.py" <<'PY'
import asyncio, logging, socket, threading, time

from amqtt.broker import Broker
from amqtt.plugins.base import BaseAuthPlugin
from paho.mqtt.client import Client, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

logging.disable(logging.CRITICAL)
PORT = 21999


class Passwords(BaseAuthPlugin):
    async def authenticate(self, *, session):
        return session.password == "right"


def serve():
    async def run():
        plugins = {"__main__.Passwords": {}}
        broker = Broker({"listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{PORT}"}}, "plugins": plugins})
        await broker.start()
        await asyncio.sleep(60)
    asyncio.run(run())


def client(name, password="right", protocol=MQTTv311, **more):
    made = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=protocol, **more)
    made.username_pw_set("somebody", password)
    made.events = []
    made.on_connect = lambda _c, _d, _f, reason, _p: made.events.append(f"connect {reason}")
    made.on_disconnect = lambda *_: made.events.append("disconnect")
    made.on_message = lambda _c, _d, message: made.events.append(message.payload.decode())
    made.reconnect_delay_set(60, 60)
    made.connect("127.0.0.1", PORT)
    made.loop_start()
    return made


threading.Thread(target=serve, daemon=True).start()
while socket.socket().connect_ex(("127.0.0.1", PORT)):
    time.sleep(0.1)
five = client("five", protocol=MQTTv5)
late = client("late", manual_ack=True, clean_session=False)
time.sleep(1)
late.subscribe("a", 1)
time.sleep(0.5)
sender = client("sender")
sender.publish("a", "once", qos=1).wait_for_publish(5)
time.sleep(7)
late.disconnect(); late.loop_stop()
again = client("late", clean_session=False)
time.sleep(2)
victim = client("victim", clean_session=False)
time.sleep(1)
thief = client("victim", "wrong", clean_session=False)
time.sleep(2)
print("MQTT 5 was told:", five.events)
print("late subscriber:", late.events, "and after it came again:", again.events)
print("victim:", victim.events, "thief:", thief.events)
assert five.events == [] and "once" in late.events and "once" not in again.events and "disconnect" in victim.events
PY
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q amqtt==0.12.1 paho-mqtt==2.2.0
"$folder/venv/bin/python" "$folder/try.py"
echo "as described"
