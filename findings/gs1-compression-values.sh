#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# gs1-compression 0.1.3: a compressed Digital Link is read back with other values. The number of digits stands in the
# bits and is not used, so that lot 00123 becomes 123; a count becomes its binary digits; of identifiers younger than its
# table (8030, the signature) only the digits are written, so that the value is gone without an error. GS1's own toolkit,
# after which it is made, shares the first and the last. With optimisations it raises AttributeError for every code that
# has any. So registers/codes/keys/rules/compression.py is ours. Exits 1 if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q gs1-compression==0.1.3
"$folder/env/bin/python" - <<'PY'
from gs1.compress.build_compressed_gs1_digital_link import compress_gs1_ai_array_to_binary
from gs1.decompress.binary_to_gs1_ai_array import decompress_binary_to_gs1_array
from gs1.utils import base64_to_str, binary_to_base64

for given, expected in [
    ({"01": "09506000134352", "10": "00123"}, {"01": "09506000134352", "10": "123"}),
    ({"01": "09506000134352", "30": "12"}, {"01": "09506000134352", "30": "1100"}),
    ({"00": "095060001343521113", "8030": "abcd"}, {"00": "095060001343521113", "8030": ""}),
]:
    bits = compress_gs1_ai_array_to_binary(given, False, {})
    found = decompress_binary_to_gs1_array(base64_to_str(binary_to_base64(bits)))
    print(given, "->", found)
    assert found == expected, "it has changed"
try:
    compress_gs1_ai_array_to_binary({"01": "09506000134352", "10": "A"}, True, {})
    raise SystemExit("optimisations work now")
except AttributeError as error:
    print("AttributeError:", error)
PY
echo "as described"
