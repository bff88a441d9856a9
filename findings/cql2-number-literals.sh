#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# cql2 0.6.0 refuses a number that begins with its point ("level = .5"), which the grammar of CQL2 Text has (OGC
# 21-065r2, annex B: exactNumericLiteral is also a period and an unsignedInteger), and reads whole numbers as floats of
# 64 bits: of 9007199254740993 (2^53 + 1, a bigint of any database) it makes 9007199254740992, without a word.
# So ogc/rules/filtering.py refuses numbers from 2^53 on, and says the place of the other. Exits 1 if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/python -m pip install --quiet --disable-pip-version-check "cql2==0.6.0" 2>/dev/null
tools/bin/python - <<'PY'
import sys

import cql2


def read(text):
    try:
        return cql2.parse_text(text).to_json()["args"][1]
    except cql2.ParseError as error:
        return type(error).__name__


said = {text: read(text) for text in ("level = .5", "level = 0.5", "level = 9007199254740991", "level = 9007199254740993")}
for text, value in said.items():
    print(f"cql2 0.6.0: {text}: {value!r}")
sys.exit(list(said.values()) != ["ParseError", 0.5, 9007199254740991.0, 9007199254740992.0])
PY
