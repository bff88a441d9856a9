# SPDX-License-Identifier: Apache-2.0
"""The import of a table in a process of its own: ``python -m tests.bench.importing ROWS FILE`` in an empty place.

FILE is where the table is left, for those that are measured beside.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

import django

from tests.bench.report import cost


def main(rows: int, path: Path) -> None:
    """Print what the import took, and the most memory of this process and of the largest it started, in MB."""
    django.setup()
    from shanhai.kernel import clock
    from shanhai.operate.demo.load import make_tables
    from tests.bench.building import lay_ground, take_in, write_table

    make_tables()
    ground = lay_ground(at=clock.now(), projects=rows)
    write_table(ground, path)
    ground.rows.clear()
    took = cost(partial(take_in, ground, path))
    peak = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({**asdict(took), "mb": max(peak)}))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
