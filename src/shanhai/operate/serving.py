# SPDX-License-Identifier: Apache-2.0
"""Serving pages and running the worker beside them."""

from __future__ import annotations

import http.client
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from shanhai import __version__
from shanhai.base.accounts import selectors as accounts
from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop


class CannotServe(Refused):
    """The configuration is not one that may be shown to others."""

    code = "operate.cannot_serve"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def require_ready(host: str) -> None:
    """Raise CannotServe for a missing key, a database behind its migrations, or demo accounts open to the network."""
    if settings.SECRET_KEY_IS_EPHEMERAL:
        raise CannotServe(gettext_noop("没有设置 SHANHAI_SECRET_KEY。请设置一个长的随机值后再启动。"))
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CannotServe(gettext_noop("数据库还没有升级。请先运行 shanhai migrate。"))
    if not is_loopback(host) and accounts.list_demo_accounts():
        raise CannotServe(gettext_noop("这里有演示账号，密码是公开的，只能在本机（127.0.0.1）打开。"))


def prepare_static() -> None:
    """Collect and compress the static files when this version has not yet done so here."""
    stamp = settings.STATIC_ROOT / ".collected"
    # Those of apps, too.
    files = [Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list(())]
    state = f"{__version__} {len(files)} {max((path.stat().st_mtime_ns for path in files), default=0)}"
    if stamp.is_file() and stamp.read_text() == state:
        return
    call_command("collectstatic", interactive=False, verbosity=0, ignore=["redoc*", "django_htmx"])
    stamp.write_text(state)


def wait_until_open(*, port: int) -> None:
    """Wait until the sign-in page answers on this machine, and is drawn."""
    while True:
        asking = http.client.HTTPConnection("127.0.0.1", port)
        try:
            asking.request("GET", "/accounts/login/")
            asking.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            asking.close()


def serve(*, host: str, port: int, workers: int, threads: int, with_worker: bool, sending: Sequence[str] = ()) -> None:
    """Serve until stopped. Worker, engine of hazards and embedded broker run beside, and are stopped and waited for.

    With the broker the command ``sending`` is run, which sends to it.

    One that is still within a long job is killed after a while; the next worker does that job again.
    """
    from granian import Granian  # noqa: PLC0415 - loads its runtime
    from granian.constants import Interfaces  # noqa: PLC0415

    live = False
    # Links in letters lead to the address that serves, unless people know this site by another.
    if is_loopback(host):
        named = f"[{host}]" if ":" in host else host
        settings.PUBLIC_URL = os.environ.setdefault("SHANHAI_PUBLIC_URL", f"http://{named}:{port}")
        news = f"http://{named}:{port + 1}"
        settings.LIVE_URL = os.environ.setdefault("SHANHAI_LIVE_URL", news)
        live = news == settings.LIVE_URL
    if settings.MQTT_BROKER == "embedded" and "SHANHAI_MQTT_URL" not in os.environ:
        _listen_for_devices()
    beside = Beside()
    if with_worker:
        beside.start("worker")
    started = (beside, host, port, live, with_worker, sending)
    threading.Thread(target=_start_beside, args=started, daemon=True).start()

    def leave(signum: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    try:
        Granian(
            "shanhai.config.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=threads,
            log_enabled=True,
            log_access=False,
        ).serve()
    finally:
        beside.stop()


def _listen_for_devices() -> None:
    """Have the embedded broker listen at the next port where another broker has the usual one, and say so.

    Pages and the console tell devices that port; whoever has set an address meant it.
    """
    usual = urlsplit(settings.MQTT_URL).port or 0
    port = next((one for one in range(usual, usual + 100) if _is_free(one)), usual)
    if port != usual:
        words = f"端口 {usual} 有别的程序在用，MQTT 改用 {port}。 Port {usual} is taken: MQTT listens at {port}."
        sys.stdout.write(f"  {words}\n\n")
    settings.MQTT_URL = os.environ["SHANHAI_MQTT_URL"] = f"mqtt://127.0.0.1:{port}"


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the broker itself listens: a connection that has just been closed does not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Beside:
    """Processes of the product that run beside the one that serves, and end with it."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []
        self._lock, self._stopped = threading.Lock(), False

    def start(self, *command: str) -> None:
        """Start one, unless it is over."""
        with self._lock:
            if not self._stopped:
                self._running.append(subprocess.Popen([sys.executable, "-m", "shanhai", *command]))  # noqa: S603 - ours

    def stop(self) -> None:
        """Ask all to end, and kill who does not."""
        with self._lock:
            self._stopped = True
        for one in self._running:
            one.terminate()
        for one in self._running:
            try:
                one.wait(timeout=15)
            except subprocess.TimeoutExpired:
                one.kill()


def _start_beside(beside: Beside, host: str, port: int, live: bool, with_worker: bool, sending: Sequence[str]) -> None:
    # They take seconds of a core, for which nobody who opens a page shall wait.
    if is_loopback(host):
        wait_until_open(port=port)
    if with_worker:
        beside.start("hazards", "watch")
    if live:
        beside.start("sensors", "live", "--host", host, "--port", str(port + 1))
    if settings.MQTT_BROKER == "embedded":
        beside.start("sensors", "broker", "run")
        if sending:
            beside.start(*sending)
