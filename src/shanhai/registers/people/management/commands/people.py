# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel import clock
from shanhai.kernel.actors import system
from shanhai.registers.people import services


class Command(BaseCommand):
    help = "Keep the register of people short: erase-due erases those whose posting ended three years ago."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["erase-due"])

    def handle(self, *args: Any, **options: Any) -> None:
        by = system("console", (Permission.PERSON_MANAGE,))
        count = services.erase_due_people(by=by, at=clock.now())
        self.stdout.write(f"{count} erased")
