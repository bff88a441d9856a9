# SPDX-License-Identifier: Apache-2.0
"""The import of a table in a process of its own: ``python -m tests.bench.importing ROWS FILE`` in an empty place.

FILE is where the table is left, for those that are measured beside.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from threading import Event, Thread

import django

from tests.bench.report import cost

PAUSE = 0.02


@contextmanager
def waiting() -> Iterator[list[float]]:
    """Write over another connection, again and again, for the time of the block; how long each write took, in s."""
    from django.db import connection

    waits: list[float] = []
    done = Event()

    def write() -> None:
        while not done.wait(PAUSE):
            start = time.perf_counter()
            with connection.cursor() as cursor:
                # What every service writes: the head of the trail.
                cursor.execute("UPDATE audit_chainhead SET seq = seq")
            waits.append(time.perf_counter() - start)
        connection.close()

    other = Thread(target=write)
    other.start()
    try:
        yield waits
    finally:
        done.set()
        other.join()


def main(rows: int, path: Path) -> None:
    """Print what the import took, the most memory of this process or of the largest it started, in MB, and the longest
    wait of another writer.
    """
    django.setup()
    from shanhai.kernel import clock
    from shanhai.operate.demo.load import make_tables
    from tests.bench.building import lay_ground, take_in, write_table

    make_tables()
    ground = lay_ground(at=clock.now(), projects=rows)
    write_table(ground, path)
    ground.rows.clear()
    with waiting() as waits:
        took = cost(partial(take_in, ground, path))
    peak = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({**asdict(took), "mb": max(peak), "waited": max(waits)}))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
