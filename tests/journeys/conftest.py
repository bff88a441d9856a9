# SPDX-License-Identifier: Apache-2.0
"""Journeys drive the distribution's Chromium against ``shanhai demo`` as a user would have it: a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from shanhai.base.accounts.values import DEMO_PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# The programme whose desk an account begins with, where it may not see the demo's first.
HOMES = {"seni": "zj-nagqu", "recorder": "zj-nagqu", "inspector": "zj-nagqu"}
# Each language, width and scheme of colours once. Of all that pages are made of, and of the pages that most people see,
# both are looked at; the others share them, since to look takes two seconds. What sticks out is looked for in both.
ZH_DESK: dict[str, Any] = {"locale": "zh-CN", "viewport": DESK}
EN_PHONE: dict[str, Any] = {"locale": "en-GB", "viewport": PHONE, "color_scheme": "dark"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Demo:
    """A running demo: where it answers, and its data folder."""

    url: str
    data: Path
    seconds_to_first_page: float
    process: subprocess.Popen[bytes] = field(repr=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the demo ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"nothing answered at {url} within {seconds} s")


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """``shanhai demo`` on a free port, with a data folder of its own."""
    data, port = tmp_path_factory.mktemp("demo"), free_port()
    if "PYTEST_XDIST_WORKER" in os.environ:
        # One demo serves all journeys of a run: it is an error that another worker has made one.
        (tmp_path_factory.getbasetemp().parent / "demo").touch(exist_ok=False)
    # Nothing of the tests' own settings: this is the product as a user starts it.
    ours = ("SHANHAI_", "DJANGO_", "DATABASE_URL")
    env = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "shanhai", "demo", "--port", str(port)],
        env={**env, "SHANHAI_DATA_DIR": str(data)},
        stdout=(data / "log").open("wb"),
        stderr=subprocess.STDOUT,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process, 120)
        yield Demo(f"http://127.0.0.1:{port}", data, time.monotonic() - start, process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The distribution's Chromium, without a screen."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def signed_in() -> dict[str, StorageState]:
    """The cookies of who has signed in. Signing in anew for each journey would soon be too often for one address."""
    return {}


@pytest.fixture
def visit(demo: Demo, browser: Browser, signed_in: dict[str, StorageState]) -> Iterator[Callable[..., Page]]:
    """``visit("deputy")`` answers a page in which that demo account is signed in; ``visit()`` a stranger's page."""
    contexts: list[BrowserContext] = []

    def open_page(username: str = "", **look: Any) -> Page:
        known, look = signed_in.get(username), {"viewport": DESK, "locale": "zh-CN", **look}
        context = browser.new_context(base_url=demo.url, storage_state=known, **look)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        # A session remembers the programme of the journey before.
        page.goto(f"/?programme={HOMES.get(username, 'zj-ganzi')}" if username else "/")
        # A session may have ended: somebody signed out, or took it elsewhere.
        if username and "/accounts/login" in page.url:
            sign_in(page, username)
            signed_in[username] = context.storage_state()
        return page

    yield open_page
    for context in contexts:
        context.close()


def sign_in(page: Page, username: str, password: str = DEMO_PASSWORD) -> None:
    """Sign in through the page, as a person would."""
    page.goto("/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit], form button[type=submit] >> nth=0")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


@pytest.fixture(scope="package")
def faults() -> Callable[[Page], list[str]]:
    """``faults(page)`` answers what axe-core finds wrong by WCAG 2.2 A and AA, and where it is wider than a screen."""
    axe = Axe()
    # To tell all that is well, with its place in the page, takes axe as long as to look.
    told = {"resultTypes": ["violations"]}
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], **told}

    def check(page: Page) -> list[str]:
        # What is still fading in has the contrast of the moment.
        page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
        # What is scrolled below the bar at the top is covered for the moment, too.
        page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
        found = axe.run(page, options=options).response["violations"]
        wrong = [f"{one['id']}: {node['target']} {node['html'][:160]}" for one in found for node in one["nodes"]]
        return wrong + [f"wider than {width}" for width in too_wide(page)]

    return check


def too_wide(page: Page) -> list[int]:
    """The widths, of the desk and of the phone, in which a page does not fit."""
    own, found = page.viewport_size, []
    for screen in (PHONE, DESK):
        page.set_viewport_size(screen)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(screen["width"])
    page.set_viewport_size(own)
    return found
