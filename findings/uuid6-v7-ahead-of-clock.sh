#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# uuid6: UUIDv7 made faster than one a millisecond carry instants that run ahead of the clock, a millisecond for each id.
# RFC 9562, 6.2 lets a counter keep the order within a millisecond; here the order is kept by counting the millisecond itself
# up, without bound: 50,000 ids made in about a second end near a minute in the future, and whatever another process makes in
# that minute sorts before them. So the order holds within one process only, and the time in an id is not when it was made.
# Seen with uuid6 2025.0.1, Python 3.11. Exits non-zero when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$folder" uuid6==2025.0.1 2>/dev/null
PYTHONPATH=$folder python3 - <<'PYTHON'
import subprocess
import sys
import time

import uuid6

made = [uuid6.uuid7() for _ in range(50_000)]
now = time.time()
ahead = (made[-1].int >> 80) / 1000 - now
print(f"50,000 ids in order: {made == sorted(made)}; the last is {ahead:.1f} s ahead of the clock")
other = subprocess.run([sys.executable, "-c", "import uuid6; print(uuid6.uuid7())"], capture_output=True, text=True, check=True)
later = uuid6.UUID(other.stdout.strip())
print("one made afterwards by another process sorts before the last:", later < made[-1])
assert made == sorted(made)
assert ahead > 5, "the instants keep to the clock now"
assert later < made[-1]
PYTHON
