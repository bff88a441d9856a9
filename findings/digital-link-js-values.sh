#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# digital-link.js 1.4.3: values are neither encoded nor decoded, so that a serial a/b is written as two segments of the
# path and read from a%2Fb as a%2Fb: two tools that compare serials see two things. Valid links with the qualifiers 235
# and 7040 are "invalid" by its grammars, which are of an older edition. Exits 1 if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund digital-link.js@1.4.3 >/dev/null
node - <<'JS'
const assert = require("assert");
const { DigitalLink } = require("digital-link.js");
const link = DigitalLink({ domain: "https://id.gs1.org", identifier: { "01": "09506000134352" }, keyQualifiers: { 21: "a/b" } });
console.log(link.toWebUriString(), link.isValid());
assert.strictEqual(link.toWebUriString(), "https://id.gs1.org/01/09506000134352/21/a/b");
assert.strictEqual(DigitalLink("https://id.gs1.org/01/09506000134352/21/a%2Fb").getKeyQualifier("21"), "a%2Fb");
for (const path of ["/01/09506000134352/235/X", "/417/9506000134352/7040/1ABC"]) {
  console.log(path, DigitalLink(`https://id.gs1.org${path}`).isValid());
  assert.strictEqual(DigitalLink(`https://id.gs1.org${path}`).isValid(), false);
}
JS
echo "as described"
