# SPDX-License-Identifier: Apache-2.0
"""``shanhai trace THING [--json]`` says what a thing was made of and what became of it, its balance, what does not fit.

THING is the signs of a code, its path or address, or an identifier of GS1 in any spelling. ``shanhai trace product
FILE`` loads a product class; without FILE those that come with the product.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanhai.base.accounts.permissions import Permission
from shanhai.base.formats import say
from shanhai.field.traceability.chains.services.registering import load_product
from shanhai.field.traceability.chains.services.shipped import load_shipped
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.recalls.rules.balance import words_of
from shanhai.field.traceability.recalls.selectors.lots import Traced, as_json, claimants, trace
from shanhai.field.traceability.recalls.selectors.things import path_of
from shanhai.field.traceability.recalls.values import Tree
from shanhai.kernel import clock
from shanhai.kernel.actors import system
from shanhai.kernel.errors import DomainError, NotVisible
from shanhai.kernel.messages import gettext_noop, message

_BACK, _FORTH = gettext_noop("从哪里来：%(count)s 项"), gettext_noop("到哪里去：%(count)s 项")
_BALANCE = gettext_noop("进来 %(came)s，出去 %(went)s，应剩 %(left)s")


class Command(BaseCommand):
    help = "What a lot, a box or an animal was made of and what became of it, from all events."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("thing", help="the signs of a code, its path or address, or an identifier in any spelling")
        parser.add_argument("file", nargs="?", help="after the word product: the JSON of a product class to load")
        parser.add_argument("--programme", default="", help="of a product class: the programme it is for; else all")
        parser.add_argument("--json", action="store_true", help="print a JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["thing"] == "product":
            self._load(options["file"], options["programme"])
            return
        try:
            found = trace(viewer=system("cli", (TracePermission.VIEW,)), text=options["thing"], most=250_000)
        except NotVisible as error:
            raise CommandError(say(error.message), returncode=1) from error
        if options["json"]:
            self.stdout.write(json.dumps(as_json(found), ensure_ascii=False, indent=2))
        else:
            self._lines(found)

    def _load(self, file: str | None, programme: str) -> None:
        by, at = system("cli", (TracePermission.MANAGE, Permission.PROGRAMME_VIEW)), clock.now()
        try:
            if file is None:
                loaded = load_shipped(by=by, at=at)
            else:
                loaded = [load_product(content=Path(file).read_bytes(), programme=programme, by=by, at=at)]
        except OSError as error:
            raise CommandError(str(error), returncode=2) from error
        except DomainError as error:
            faults = (error, *error.others)
            told = "\n".join(f"{one.field}: {say(one.message)}" if one.field else say(one.message) for one in faults)
            raise CommandError(told, returncode=1) from error
        for one in loaded:
            self.stdout.write(str(one))

    def _lines(self, found: Traced) -> None:
        self.stdout.write(found.thing.identifier)
        for text, tree in ((_BACK, found.back), (_FORTH, found.forth)):
            self.stdout.write(say(message(text, count=str(len(tree.nodes) - 1))))
            self._tree(tree)
        for one in found.balances:
            words = {"came": one.came_in, "went": one.went_out, "left": one.left}
            said = {name: words_of(number, one.grams) for name, number in words.items()}
            self.stdout.write(say(message(_BALANCE, **said)))
        for doubt in found.findings:
            who = " ".join(claimants(found, doubt))
            self.stdout.write(
                f"! {say(doubt.said)} {' '.join(map(path_of, doubt.things))}{who and f' ({who})'}".rstrip()
            )

    def _tree(self, tree: Tree) -> None:
        for thing, node in tree.nodes.items():
            if node.depth:
                self.stdout.write(f"{'  ' * min(node.depth, 20)}{path_of(thing)}")
