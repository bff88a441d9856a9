# SPDX-License-Identifier: Apache-2.0
import getpass
import os
import sys
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.roles import ROLES
from shanhai.base.accounts.selectors import list_administrators
from shanhai.base.accounts.services import users
from shanhai.base.accounts.services.sessions import person_at
from shanhai.base.accounts.values import add_person
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.errors import DomainError


class Command(BaseCommand):
    help = "Make a user who may sign in. Asks for the password, or takes it from SHANHAI_NEW_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", required=True, help=", ".join(ROLES))
        parser.add_argument("--programme", default="", help="code of the programme")
        parser.add_argument("--place", default="", help="GB/T 2260 code, six digits")
        parser.add_argument("--everywhere", action="store_true", help="in all programmes and places not named")
        add_person(parser)
        parser.add_argument("--display-name", default="", help="the name that others see; by default the username")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        try:
            with transaction.atomic():
                by = self._actor(options, at)
                made = users.create_user(
                    by=by,
                    at=at,
                    username=options["username"],
                    display_name=options["display_name"],
                    password=self._password(),
                )
                users.grant_role(
                    by=by,
                    at=at,
                    user=made.uuid,
                    role=options["role"],
                    programme=options["programme"],
                    place=options["place"],
                    everywhere=options["everywhere"],
                )
        except DomainError as error:
            raise CommandError(str(error)) from error
        scope = " ".join(part for part in (options["programme"], options["place"]) if part)
        self.stdout.write(f"{made.username}: {options['role']}{f' ({scope})' if scope else ''}")

    def _actor(self, options: dict[str, Any], at: datetime) -> Actor:
        # Somebody has to make the first administrator before anybody can act.
        if not options["by"] and not list_administrators(on=clock.local_date(at)):
            return system("console", (Permission.USER_MANAGE,))
        return person_at(by=options["by"], at=at, command="create-user", because=options["because"])

    def _password(self) -> str:
        given = os.environ.get("SHANHAI_NEW_PASSWORD")
        if given is not None:
            return given
        if not sys.stdin.isatty():
            raise CommandError("没有终端可以输入密码。请设置环境变量 SHANHAI_NEW_PASSWORD 后再运行。")
        first, second = getpass.getpass("密码："), getpass.getpass("再输一次：")
        if first != second:
            raise CommandError("两次输入的密码不一样。请重新运行。")
        return first
