# SPDX-License-Identifier: Apache-2.0
"""The console script: ``shanhai COMMAND`` (Django's management commands underneath)."""

import gc
import os
import secrets
import sys

from shanhai.config.paths import data_dir


def main() -> None:
    """Run the command named on the command line."""
    # What is made while it starts stays: looking over it again and again takes a tenth of the start.
    gc.set_threshold(50_000, 10, 10)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shanhai.config.settings")
    if sys.argv[1:2] == ["demo"]:
        _prepare_demo()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["shanhai", *sys.argv[1:]])


def _prepare_demo() -> None:
    # Before the settings are read: the demo has a key of its own, which also marks its folder as a demonstration.
    os.environ["SHANHAI_DEMO"] = "1"
    key = data_dir() / "demo-secret-key"
    if not key.is_file():
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(50))
