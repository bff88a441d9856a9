#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# digital-link.js 1.4.3: isValid() is false for every link whose key is 401, 417, 8004, 8006, 8010, 8013 or 8017, valid
# ones too. Its grammar takes them (the trace says success), but its test of the check digit knows eight keys alone and
# answers false for all others, those that have no check digit among them. Exits 1 if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund digital-link.js@1.4.3 >/dev/null
node - <<'JS'
const assert = require("assert");
const { DigitalLink } = require("digital-link.js");
const said = (path) => {
  const link = DigitalLink(`https://id.gs1.org${path}`);
  const found = [link.isValid(), link.isCheckDigitValid(), link.getValidationTrace().success];
  console.log(path, ...found);
  return found;
};
for (const path of ["/00/106141412345678908", "/01/09506000134352", "/414/9506000134352", "/8018/950600012345678914"])
  assert.deepStrictEqual(said(path), [true, true, true]);
const others = ["/401/9506000AB", "/417/9506000134352", "/8004/9506000AB", "/8006/095060001343520102"];
for (const path of [...others, "/8010/9506000AB", "/8017/950600012345678914"])
  assert.deepStrictEqual(said(path), [false, false, true]);
JS
echo "as described"
