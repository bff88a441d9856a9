#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# odata-query 0.10.0 reads a name that begins like a literal or a lambda as that literal and a rest: "trueHeading",
# "nullable", "falsehood", "anything" and "allowed" are names by the grammar of OData 4.01 (odataIdentifier), and none
# can be filtered by, not even below another ("properties/trueHeading gt 90", which is a field of ship positions).
# A list of one value, "level in (1)", is refused as well, though listExpr asks for one or more; with two it is read.
# So sensors/sta/rules/language.py gives the lexer words with ends, and lists of one. Exits 1 if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/python -m pip install --quiet --disable-pip-version-check "odata-query==0.10.0" 2>/dev/null
tools/bin/python - <<'PY'
import sys

from odata_query.exceptions import ODataException
from odata_query.grammar import ODataLexer, ODataParser

NAMES = ("trueHeading gt 90", "properties/trueHeading gt 90", "nullable eq 1", "falsehood eq 1", "anything eq 1")
REFUSED = (*NAMES, "allowed eq 1", "level in (1)")
READ = ("heading gt 90", "properties/heading gt 90", "notes eq 'a'", "android eq 1", "level in (1, 2)")


def refused(text):
    try:
        ODataParser().parse(ODataLexer().tokenize(text))
    except ODataException as error:
        return f"{type(error).__name__}: {error}"
    return ""


said = {text: refused(text) for text in (*REFUSED, *READ)}
for text, why in said.items():
    print(f"odata-query 0.10.0: {text}: {why or 'read'}")
sys.exit(any(not said[text] for text in REFUSED) or any(said[text] for text in READ))
PY
