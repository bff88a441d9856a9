# SPDX-License-Identifier: Apache-2.0
"""Others that do the same work, each in a process of its own: ``python -m tests.bench.peers.hordak COUNT``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from tests.bench.report import Cost
from tests.bench.visiting import ServerSilent, free_port, wait_for

ABSENT = 77


def beside(name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Cost | None:
    """What the same work costs the peer ``name``; None where it is not installed, or not for this database."""
    command = [sys.executable, "-m", f"tests.bench.peers.{name}", *arguments]
    done = subprocess.run(command, env=dict(environment), stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == ABSENT:
        return None
    if done.returncode:
        raise RuntimeError(f"the peer {name} ended with {done.returncode}")
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def serving_peer(name: str, arguments: Sequence[object], environment: Mapping[str, str]) -> Iterator[int | None]:
    """The port on which the peer ``name`` serves; None where it is not installed, or not for this database."""
    port = free_port()
    command = [sys.executable, "-m", f"tests.bench.peers.{name}", str(port), *map(str, arguments)]
    with subprocess.Popen(command, env=dict(environment), stdout=subprocess.DEVNULL) as process:
        try:
            try:
                wait_for(port, "/v1.1/Things", process)
            except ServerSilent:
                if process.wait(30) != ABSENT:
                    raise
                yield None
            else:
                yield port
        finally:
            process.terminate()
            process.wait(30)
