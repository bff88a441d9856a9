#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# granian 2.8.7, WSGI: of the path that was asked an application gets PATH_INFO alone, decoded, and nothing of how it
# was written: no REQUEST_URI, no RAW_URI, as gunicorn 23.0.0 gives. /10/A%2FB and /10/A/B are one and the same to it,
# though in a GS1 Digital Link the first is a lot called A/B and the second is none. Exits 1 if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv v
v/bin/pip install --quiet --disable-pip-version-check granian==2.8.7 gunicorn==23.0.0
cat >told.py <<'PY'
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    named = ("PATH_INFO", "REQUEST_URI", "RAW_URI")
    return [" ".join(f"{name}={environ.get(name)}" for name in named).encode()]
PY
v/bin/granian --interface wsgi --host 127.0.0.1 --port 18411 --no-ws --log-level warning told:app >granian.log 2>&1 &
v/bin/gunicorn --bind 127.0.0.1:18412 --log-level warning told:app >gunicorn.log 2>&1 &
v/bin/python - <<'PY'
import time, urllib.request

def told(port, path):
    for _ in range(100):
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).read().decode()
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"nobody answers on {port}")

found = {(port, path): told(port, path) for port in (18411, 18412) for path in ("/01/09506000134352/10/A%2FB", "/01/09506000134352/10/A/B")}
for (port, path), said in found.items():
    print(port, path, "->", said)
granian = [said for (port, _), said in found.items() if port == 18411]
gunicorn = [said for (port, _), said in found.items() if port == 18412]
assert granian[0] == granian[1] == "PATH_INFO=/01/09506000134352/10/A/B REQUEST_URI=None RAW_URI=None"
assert gunicorn[0] != gunicorn[1] and "RAW_URI=/01/09506000134352/10/A%2FB" in gunicorn[0]
PY
echo "as described"
