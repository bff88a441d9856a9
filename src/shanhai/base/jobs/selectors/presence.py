# SPDX-License-Identifier: Apache-2.0
"""Which workers are alive: each holds a lock on a file of its own, and the system lets go of it when the process ends.

The queue only knows which worker took a task, and would wait for a killed one for ever.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from shanhai.kernel import ids


@contextmanager
def present() -> Iterator[str]:
    """Within the block a worker of the answered name is alive."""
    name = str(ids.new_id())
    path = _path(name)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield name
        finally:
            path.unlink(missing_ok=True)


def is_alive(name: str) -> bool:
    """Whether the process of that worker still runs; what a dead one left behind is removed."""
    path = _path(name)
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(handle)


def _path(name: str) -> Path:
    return Path(settings.DATA_DIR) / "workers" / name
