#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# biip 5.2.0: a valid Digital Link is refused where its domain has a path in which an identifier stands as a word
# (/01/shop/01/…), a slash at its end, or a plus sign in its query, which it takes for a blank. So registers/codes reads
# codes itself. Exits 1 if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q biip==5.2.0
"$folder/env/bin/python" - <<'PY'
from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI

GTIN = "https://example.org/01/09506000134352"
for valid in ("https://example.org/01/shop/01/09506000134352", f"{GTIN}/", "https://example.org/00/095060001343521113?400=a+b"):
    try:
        said = GS1DigitalLinkURI.parse(valid).as_canonical_uri()
    except ParseError as error:
        said = f"ParseError: {error}"
    print(valid, "->", said)
    assert "ParseError" in said, "it is taken now"
PY
echo "as described"
