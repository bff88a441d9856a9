# SPDX-License-Identifier: Apache-2.0
import sys
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Measure speed and size on made-up data, in a database and a data folder of its own."

    def run_from_argv(self, argv: list[str]) -> None:
        """Hand over to the bench, which stands in a checkout and is no part of what is installed."""
        if not (Path(settings.SHARE_DIR) / "tests" / "bench").is_dir():
            sys.exit("测量工具随源代码来，不随安装包来。请在源代码的文件夹里运行 make bench。")
        import_module("tests.bench.command").Command().run_from_argv(argv)
