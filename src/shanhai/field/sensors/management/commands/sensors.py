# SPDX-License-Identifier: Apache-2.0
"""``shanhai sensors token --name NAME [--write]`` prints a bearer token for the API; ``--revoke UUID`` ends one.

Each act of the console is a method of its name. Without ``--by`` it is the console itself that acts, everywhere.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from shanhai.base.accounts.services.sessions import person_at
from shanhai.base.accounts.values import add_person
from shanhai.base.formats import say
from shanhai.field.sensors.stations.services import tokens
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.errors import DomainError
from shanhai.kernel.registry import registries


class Command(BaseCommand):
    help = "Give programs and devices access to the store of observations."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        token = acts.add_parser("token", help="print a bearer token for the API, or revoke one")
        which = token.add_mutually_exclusive_group(required=True)
        which.add_argument("--name", help="which program it is for")
        which.add_argument("--revoke", metavar="UUID", type=UUID, help="end the token that the trail calls so, at once")
        token.add_argument("--write", action="store_true", help="it may also send and change")
        token.add_argument("--programme", default="", help="bound to the programme of this code")
        token.add_argument("--place", default="", help="bound to this place: GB/T 2260 code, six digits")
        token.add_argument("--datastream", type=int, metavar="ID", help="reads this datastream alone")
        add_person(token)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                getattr(self, f"_{options['act']}")(at=clock.now(), **options)
        except DomainError as error:
            raise CommandError(say(error.message)) from error

    def _token(self, *, at: datetime, name: str | None, revoke: UUID | None, **options: Any) -> None:
        by = _actor(at=at, **options)
        if revoke is not None:
            tokens.revoke_token(token=revoke, by=by, at=at)
            return
        given = {key: options[key] for key in ("write", "programme", "place", "datastream")}
        self.stdout.write(tokens.give_token(name=name or "", by=by, at=at, **given))


def _actor(*, at: datetime, act: str, by: str, because: str, **_: Any) -> Actor:
    if by or because:
        return person_at(by=by, at=at, command=f"sensors {act}", because=because)
    return system("console", tuple(registries.permissions))
