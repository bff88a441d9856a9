# SPDX-License-Identifier: Apache-2.0
"""Take the pictures of docs/images from a running demo: ``python -m tests.screenshots`` (``make docs``)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.architecture.tree import ROOT
from tests.journeys.conftest import CHROMIUM, DESK, FLAGS, PHONE, free_port, sign_in, wait_for

IMAGES = ROOT / "docs" / "images"
# Name, who looks, where, on what, in which language.
PICTURES = (
    ("today", "deputy", "/", DESK, "zh-CN"),
    ("today-en", "deputy", "/", DESK, "en-GB"),
    ("programme", "deputy", "/programmes/zj-ganzi/", DESK, "zh-CN"),
    ("projects", "deputy", "/projects/", DESK, "zh-CN"),
    ("board", "deputy", "/projects/board/?programme=zj-ganzi", DESK, "zh-CN"),
    ("timeline", "deputy", "/projects/timeline/?programme=zj-ganzi", DESK, "zh-CN"),
    ("flow", "finance", "/funds/flow/?programme=zj-ganzi", DESK, "zh-CN"),
    ("targets", "office", "/programmes/zj-ganzi/targets/", DESK, "en-GB"),
    ("rounds-phone", "project", "/rounds/?programme=zj-ganzi", PHONE, "zh-CN"),
    ("funds", "finance", "/funds/", DESK, "zh-CN"),
    ("proof", "deputy", "/proof/?key=livelihood_share", DESK, "zh-CN"),
    ("import", "deputy", "/import/", DESK, "zh-CN"),
    ("audit", "auditor", "/audit/", DESK, "en-GB"),
    ("today-phone", "kangding", "/", PHONE, "zh-CN"),
    ("projects-phone", "kangding", "/projects/", PHONE, "zh-CN"),
    ("sign-in", "", "/accounts/login/", DESK, "zh-CN"),
)


def take(url: str) -> None:
    """Take every picture of the demo that answers at ``url``."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, username, path, viewport, locale in PICTURES:
            context = browser.new_context(base_url=url, viewport=viewport, locale=locale)
            page: Page = context.new_page()
            if username:
                sign_in(page, username)
            page.goto(path, wait_until="networkidle")
            page.screenshot(path=IMAGES / f"{name}.png")
            context.close()
        browser.close()


def main() -> None:
    """Start a demo in a folder of its own, take the pictures, stop it."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "SHANHAI_DATA_DIR": folder}
        log = (Path(folder) / "log").open("wb")
        command = [sys.executable, "-m", "shanhai", "demo", "--port", str(port)]
        process = subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", process, 120)
            take(f"http://127.0.0.1:{port}")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


if __name__ == "__main__":
    main()
