#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# epcis-event-hash-generator 1.9.3 on valid events: one whose time ends in .9999 gets no id at all, so that the ids that
# follow belong to other events; a transaction without a type (which is optional) ends the whole document; the order of
# the keys of a JSON object changes the id; lots 00123 and 123, and texts of twenty digits, have one id. So our ids are
# compared with its on events that have none of these, and counts always. Exits 1 if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q epcis-event-hash-generator==1.9.3
"$folder/env/bin/python" - <<'PY'
import json
import logging

from epcis_event_hash_generator import hash_generator, json_to_py

logging.disable(logging.CRITICAL)
CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ex": "https://ns.example.org/"}]
EVENT = {"type": "ObjectEvent", "eventTime": "2026-11-22T10:00:00Z", "eventTimeZoneOffset": "+08:00",
         "epcList": ["urn:epc:id:sgtin:0614141.107346.2017"], "action": "OBSERVE"}


def ids(*changes):
    events = [{**EVENT, **one} for one in changes]
    head = {"type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-30T00:00:00Z"}
    document = {"@context": CONTEXT, **head, "epcisBody": {"eventList": events}}
    return hash_generator.epcis_hashes_from_events(json_to_py.event_list_from_epcis_document_str(json.dumps(document)))


two = ids({"eventTime": "2026-11-22T10:00:00.9999Z"}, {})
print("events: 2, ids:", len(two))
assert len(two) == 1, "no event is lost now"
try:
    ids({"bizTransactionList": [{"bizTransaction": "urn:x:1"}]})
    raise SystemExit("a transaction without a type is taken now")
except IndexError as error:
    print("without a type:", error)
one, other = ids({"bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:1"}]},
                 {"bizTransactionList": [{"bizTransaction": "urn:x:1", "type": "po"}]})
print("same id for another order of keys:", one == other)
assert one != other, "the order of keys says nothing now"
for these in (("00123", "123"), ("12345678901234567890", "12345678901234567891")):
    one, other = ids(*({"ex:lot": lot} for lot in these))
    print(*these, "one id:", one == other)
    assert one == other, "texts stay texts now"
PY
echo "as described"
