# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanhai.base.accounts.services.sessions import person_at
from shanhai.base.accounts.values import add_person
from shanhai.kernel import clock
from shanhai.kernel.errors import DomainError
from shanhai.registers.people import services


class Command(BaseCommand):
    help = "Keep the register of people short: erase-due erases those whose posting ended three years ago."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["erase-due"])
        add_person(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        try:
            count = services.erase_due_people(
                by=person_at(by=options["by"], at=at, command="people erase-due", because=options["because"]), at=at
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} erased")
