#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# cap-tools 3.1.1: a valid Update breaks its AlertState (KeyError) where the alert it refers to was not read before, as
# for everybody who begins to follow a feed later; and +00:00, which CAP 1.2 allows, is written again as Z, which its
# schema refuses. So alerts are forwarded byte for byte, and what was updated stays at its address. Exits 1 if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q cap-tools==3.1.1
"$folder/env/bin/python" - <<'PY'
from cap_tools import AlertState
from cap_tools.models import Alert
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.serializers import XmlSerializer

SPACE = "urn:oasis:names:tc:emergency:cap:1.2"
update = f"""<alert xmlns="{SPACE}"><identifier>2.25.2</identifier><sender>a@example.org</sender>
<sent>2026-11-22T02:00:00+00:00</sent><status>Actual</status><msgType>Update</msgType><scope>Public</scope>
<references>a@example.org,2.25.1,2026-11-22T01:00:00+00:00</references></alert>"""
read = XmlParser().from_string(update, Alert)
try:
    AlertState().ingest(read)
    raise SystemExit("an Update by itself is taken now")
except KeyError as error:
    print("KeyError:", error)
again = XmlSerializer().render(read, ns_map={None: SPACE})
print(again[again.index("<sent>") : again.index("</sent>")])
assert "<sent>2026-11-22T02:00:00Z</sent>" in again, "the zone is kept now"
PY
echo "as described"
