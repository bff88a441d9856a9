# SPDX-License-Identifier: Apache-2.0
"""The whole measurement, from outside (a place of its own) and from inside (build, measure)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from random import Random

from django.core.management import call_command
from django.db import connection

from shanhai.operate import serving
from tests.bench.apart import own_place
from tests.bench.building import Say, build
from tests.bench.measuring import measure, signed_in, visits
from tests.bench.report import Measured
from tests.bench.visiting import measure_demo, measure_served


class BenchFailed(RuntimeError):
    """The measurement stopped before it was done; what it said stands above on standard error."""


def measure_apart(options: Sequence[str], *, quick: bool, say: Say) -> list[Measured]:
    """Measure in a database and a folder of its own; ``options`` go on to the command inside. Raises BenchFailed."""
    with own_place("data") as environment:
        command = [sys.executable, "-m", "shanhai", "bench", "portfolio", "--inside", *options]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=False)
        if done.returncode:
            raise BenchFailed(f"the measurement ended with {done.returncode}")
        found = [Measured(**one) for one in json.loads(done.stdout)]
    if not quick:
        say("demo …")
        with own_place("demo") as environment:
            # The demo makes a key of its own.
            del environment["SHANHAI_SECRET_KEY"]
            found.append(measure_demo(environment, connection.vendor))
    return found


def measure_inside(*, at: datetime, projects: int, postings: int, quick: bool, say: Say) -> list[Measured]:
    """Build and measure in the database at hand, which must be empty."""
    call_command("migrate", verbosity=0, interactive=False)
    serving.prepare_static()
    built = build(at=at, projects=projects, postings=postings, say=say)
    found = measure(built, say=say)
    if not quick:
        say("server …")
        found += measure_served(signed_in(built), visits(built, Random(1)))
    return found
