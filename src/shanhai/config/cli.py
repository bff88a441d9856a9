# SPDX-License-Identifier: Apache-2.0
"""The console script: ``shanhai COMMAND`` (Django's management commands underneath)."""

import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shanhai.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["shanhai", *sys.argv[1:]])
