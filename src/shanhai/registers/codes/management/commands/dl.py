# SPDX-License-Identifier: Apache-2.0
"""``shanhai dl parse CODE`` says what a code says, ``dl build`` writes one; both exit 1 for a wrong one, saying why.

``dl verify CODE --key FILE`` checks the signature of a code without asking anybody, and exits 1 where it does not hold;
as JSON ``signed_by`` beside what the code says. FILE is what stands at /.well-known/shanhai-codes.json, or a PEM.

As JSON an object: ``key``, ``qualifiers``, ``attributes``, ``beyond`` (what no link can say) of ``ai`` and ``value``;
``kind`` of an own code, ``other`` parameters of the query, ``canonical``, ``thing`` (no attributes), ``spellings``.
Or ``error``: ``code``, ``at`` (the identifier, or the part of the text), ``message``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanhai.base.formats import say
from shanhai.kernel.errors import BadInput, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.codes.issue.rules.signing import read_keys, verify
from shanhai.registers.codes.keys.rules.elements import arranged, filled, judge
from shanhai.registers.codes.keys.rules.own import make_own
from shanhai.registers.codes.keys.rules.reading import parse, spellings
from shanhai.registers.codes.keys.values import Identifier


class Command(BaseCommand):
    signed_by = ""
    help = "What a GS1 code or an own code says, in every spelling; writes one."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        parsing = acts.add_parser("parse", help="take a Digital Link, element string, EPC URN or own code apart")
        parsing.add_argument("code")
        building = acts.add_parser("build", help="write a Digital Link from identifiers, or an own code")
        building.add_argument("elements", nargs="*", metavar="AI=VALUE", help="such as 01=06901234567892 10=A1")
        building.add_argument("--own", nargs=2, metavar=("KIND", "SIGNS"), help="an own code; its check sign is added")
        building.add_argument("--stem", default="", help="https://host/prefix; without it that of the canonical form")
        verifying = acts.add_parser("verify", help="check the signature of a code, offline")
        verifying.add_argument("code")
        verifying.add_argument("--key", required=True, metavar="FILE", help="public keys: a JSON Web Key set or PEM")
        for one in (parsing, building, verifying):
            one.add_argument(
                "--prefix-length", type=int, default=0, help="digits of the company prefix, for the EPC URN"
            )
            one.add_argument("--json", action="store_true", help="print a JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._tell(getattr(self, f"_{options['act']}")(**options), **options)
        except (BadInput, Refused) as error:
            if options["json"]:
                said = {"code": error.code, "at": error.field, "message": say(error.message)}
                self.stdout.write(json.dumps({"error": said}, ensure_ascii=False, indent=2))
            raise CommandError(f"{error.field}: {say(error.message)}", returncode=1) from error

    def _parse(self, *, code: str, **_: Any) -> Identifier:
        return parse(code)

    def _build(self, *, elements: list[str], own: list[str] | None, stem: str, **_: Any) -> Identifier:
        if own:
            kind, signs = own
            return make_own(kind, signs, stem.rstrip("/"))
        if wrong := [one for one in elements if "=" not in one] or ([""] if not elements else []):
            text = gettext_noop("“%(element)s”应写成“应用标识符=值”，例如 10=A1。")
            raise BadInput(text, "codes.no_element", field="elements", element=wrong[0])
        pairs = [one.split("=", 1) for one in elements]
        return arranged([judge(ai, filled(ai, value)) for ai, value in pairs])

    def _verify(self, *, code: str, key: str, **_: Any) -> Identifier:
        found = parse(code)
        try:
            content = Path(key).read_bytes()
        except OSError as error:
            raise CommandError(f"{key}: {error.strerror}", returncode=1) from error
        self.signed_by = verify(found, read_keys(content))
        return found

    def _tell(self, found: Identifier, *, prefix_length: int, json: bool, stem: str = "", **_: Any) -> None:
        answer = as_object(found, prefix_length) | ({"signed_by": self.signed_by} if self.signed_by else {})
        if stem and not found.kind:
            answer["spellings"]["link"] = found.at(stem.rstrip("/"))
        self.stdout.write(_as_json(answer) if json else "\n".join(_lines(answer)))


def as_object(found: Identifier, prefix_length: int = 0) -> dict[str, Any]:
    """What is said of a code as JSON."""
    return {
        "key": found.key._asdict(),
        "qualifiers": [one._asdict() for one in found.qualifiers],
        "attributes": [one._asdict() for one in found.attributes],
        "beyond": [one._asdict() for one in found.beyond],
        "kind": found.kind,
        "other": dict(found.other),
        "canonical": found.canonical,
        "thing": found.thing,
        "spellings": spellings(found, prefix_length),
    }


def _as_json(answer: dict[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _lines(answer: dict[str, Any]) -> list[str]:
    elements = [("key", answer["key"])]
    elements += [
        (name.removesuffix("s"), one) for name in ("qualifiers", "attributes", "beyond") for one in answer[name]
    ]
    lines = [f"{name}\t{one['ai']}\t{one['value']}" for name, one in elements]
    lines += [f"other\t{name}\t{value}" for name, value in answer["other"].items()]
    lines += [f"{name}\t{answer[name]}" for name in ("canonical", "thing", "signed_by") if name in answer]
    return lines + [f"{name}\t{value}" for name, value in answer["spellings"].items()]
