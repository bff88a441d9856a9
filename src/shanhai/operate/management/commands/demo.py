# SPDX-License-Identifier: Apache-2.0
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanhai.base.accounts.values import DEMO_PASSWORD
from shanhai.kernel import clock
from shanhai.kernel.errors import DomainError
from shanhai.operate import serving
from shanhai.operate.demo import accounts, load
from shanhai.operate.demo.sensors import SENDING


class Command(BaseCommand):
    help = "Load the demonstration into an empty data folder and serve it on 127.0.0.1."
    # A second of looking over the sources; tests and `serve` do it.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--load-only", action="store_true", help="load and exit")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        # What starting Python and importing took counts, too.
        began = time.monotonic() - time.process_time()
        # Packing the static files takes as long as half of the loading, and the second core has nothing to do.
        packing = threading.Thread(target=serving.prepare_static)
        packing.start()
        try:
            load.make_tables()
            loaded = load.load_demo(at=clock.now(), progress=self._step)
        except DomainError as error:
            raise CommandError(str(error)) from error
        finally:
            packing.join()
        if not loaded:
            self.stdout.write("演示数据已经在这里。 The demo is loaded already.")
        self._print_accounts()
        if options["load_only"]:
            return
        port = options["port"]
        threading.Thread(target=self._say_when_open, args=(port, began), daemon=True).start()
        serving.serve(host="127.0.0.1", port=port, workers=1, threads=4, with_worker=True, sending=SENDING)

    def _say_when_open(self, port: int, began: float) -> None:
        serving.wait_until_open(port=port)
        took = time.monotonic() - began
        self.stdout.write(f"\n  打开 open  http://127.0.0.1:{port}/   （{took:.1f} s）\n\n  停止 stop  Ctrl+C\n")
        self.stdout.flush()

    def _step(self, what: str) -> None:
        self.stdout.write(f"  {what}")

    def _print_accounts(self) -> None:
        self.stdout.write("\n  演示账号 demo accounts（密码 password: " + DEMO_PASSWORD + "）")
        for one in accounts.ACCOUNTS:
            self.stdout.write(f"    {one.username:<10} {one.display_name}")
