#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# mosquitto 2.0.11 with persistence, autosave_on_changes true and autosave_interval 1: killed, it loses messages of QoS 1
# that it has acknowledged, for a subscriber that is away: from one to nearly all of some hundred. What it acknowledges is in
# memory. So ingest processes run all the time, and what must not be lost is kept by who sends it. Exits 1 if it changes.
set -euo pipefail
command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ] || { echo "no mosquitto here"; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/try.py" <<'PY'
import subprocess, socket, time, tempfile, threading, shutil, os
from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
PORT=21998
prog=shutil.which("mosquitto",path=os.environ["PATH"]+":/usr/sbin")
lost=0; rounds=0
for r in range(4):
    d=tempfile.mkdtemp()
    open(d+"/c","w").write(f"listener {PORT} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {d}/\nautosave_on_changes true\nautosave_interval 1\nmax_queued_messages 0\nmax_inflight_messages 0\nuser root\nlog_dest none\n")
    def start():
        p=subprocess.Popen([prog,"-c",d+"/c"],stderr=subprocess.DEVNULL)
        while True:
            with socket.socket() as s:
                if not s.connect_ex(("127.0.0.1",PORT)): return p
            time.sleep(.05)
    p=start()
    def sub():
        c=Client(CallbackAPIVersion.VERSION2,client_id="keeper",clean_session=False,protocol=MQTTv311); c.got=set()
        c.on_message=lambda _c,_d,m:c.got.add(int(m.payload)); c.connect("127.0.0.1",PORT); c.loop_start(); time.sleep(.3); return c
    k=sub(); k.subscribe("a",1); time.sleep(.5); k.disconnect(); k.loop_stop()
    s=Client(CallbackAPIVersion.VERSION2); s.max_inflight_messages_set(100); acked=set(); mids={}
    s.on_publish=lambda _c,_d,mid,*_:acked.add(mid); s.connect("127.0.0.1",PORT); s.loop_start()
    t=time.time(); n=0; killed=False
    while time.time()-t<3:
        mids[s.publish("a",str(n),qos=1).mid]=n; n+=1; time.sleep(.001)
        if n==1000: p.kill(); p.wait(); killed=True; break
    time.sleep(.3); s.loop_stop()
    told={mids[m] for m in acked if m in mids}
    p=start(); k=sub(); time.sleep(2); p.terminate(); p.wait()
    gone=told-k.got; print(f"acknowledged {len(told)}, lost {len(gone)}"); lost+=len(gone)
print("lost in all", lost)
assert lost
PY
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q paho-mqtt==2.2.0
"$folder/venv/bin/python" "$folder/try.py"
echo "as described"
