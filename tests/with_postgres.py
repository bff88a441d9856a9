# SPDX-License-Identifier: Apache-2.0
"""Run a command against a PostgreSQL cluster made for it: ``python -m tests.with_postgres COMMAND …``.

The cluster lies in a temporary folder, listens on a free port of the loopback address only, and goes afterwards.
Exit code 77 says that there is no PostgreSQL server here.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

NO_SERVER = 77


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _as_owner(command: list[str], owner: str | None) -> list[str]:
    return ["runuser", "-u", owner, "--", *command] if owner else command


def main(command: list[str]) -> int:
    """Start the cluster, run ``command`` with DATABASE_URL set, stop the cluster, answer the command's exit code."""
    binaries = _binaries()
    if binaries is None:
        print("PostgreSQL is not installed: what needs it is skipped (Debian: apt-get install postgresql).")  # noqa: T201
        return NO_SERVER
    owner = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="shanhai-pg-"))
    if owner:
        os.chown(folder, pwd.getpwnam(owner).pw_uid, -1)
        folder.chmod(0o755)
    data = folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "check": True, "cwd": "/"}
    try:
        initdb = [f"{binaries}/initdb", "-D", str(data), "-U", "shanhai", "-A", "trust", "-E", "UTF8"]
        subprocess.run(_as_owner(initdb, owner), **quiet)
        # Durability is what the power-cut tests on SQLite are for; here speed lets the suite stay short.
        port = _free_port()
        options = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off -c max_connections=60"
        control = [f"{binaries}/pg_ctl", "-D", str(data)]
        start = [*control, "-l", str(folder / "log"), "-w", "-o", options, "start"]
        subprocess.run(_as_owner(start, owner), **quiet)
        url = f"postgres://shanhai@127.0.0.1:{port}/postgres"
        try:
            return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode
        finally:
            subprocess.run(_as_owner([*control, "-m", "immediate", "stop"], owner), **quiet)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
