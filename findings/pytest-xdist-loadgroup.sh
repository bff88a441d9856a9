#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# pytest 9.2.0 with pytest-xdist 3.8.0: --dist loadgroup no longer groups, and nothing says so. The worker writes the
# group into a field from which this pytest does not make the id of a test any more; with pytest 9.1.1 the same tests of
# one group run on one worker. Known upstream (pytest-xdist issue 1386). Exits 1 if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/test_group.py" <<'PY'
import time

import pytest


@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(6))
def test_of_one_group(number, worker_id):
    time.sleep(0.2)
    with open("workers", "a") as file:
        print(worker_id, file=file)
PY
workers_with() {
  python3 -m venv "$folder/$1"
  "$folder/$1/bin/pip" install -q "pytest==$1" pytest-xdist==3.8.0
  rm -f "$folder/workers"
  (cd "$folder" && "$1/bin/python" -m pytest -q -n 2 --dist loadgroup -p no:cacheprovider test_group.py >/dev/null)
  sort -u "$folder/workers" | wc -l
}
before=$(workers_with 9.1.1)
now=$(workers_with 9.2.0)
echo "workers that ran one group: $before with pytest 9.1.1, $now with 9.2.0"
[ "$before" -eq 1 ] && [ "$now" -eq 2 ]
echo "as described"
