# SPDX-License-Identifier: Apache-2.0
"""``shanhai iati export CODE`` writes a programme as a file of IATI 2.03, ``--organisations`` who reports it.

``shanhai iati check FILE [--ruleset RULES.json [--only-ruleset]] [--json]`` says what is wrong with a file;
``shanhai iati import CODE FILE`` keeps a valid file of others with a programme, beside our own.

Exits 0 for a valid file, 1 for one that is not, 2 for a ruleset or file that cannot be opened. With ``--json`` an
object: ``valid``, ``counts`` of findings by severity, ``findings`` (``rule``, ``code`` its number in the standard,
``severity``, ``line``, ``path``, ``message``, ``remedy``) and ``more``, how many findings were left out.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from contextlib import nullcontext
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanhai.base.accounts.services.sessions import person_at
from shanhai.base.accounts.values import add_person
from shanhai.base.formats import say
from shanhai.insight.iati.labels import SEVERITIES, tally
from shanhai.insight.iati.selectors.checking import check_file
from shanhai.insight.iati.selectors.exporting import export_activities, export_organisations
from shanhai.insight.iati.services import NotValid, take_in
from shanhai.insight.iati.values import Verdict
from shanhai.kernel import clock
from shanhai.kernel.actors import system
from shanhai.kernel.errors import BadInput, DomainError
from shanhai.kernel.findings import MORE
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import registries

MOST_SECONDS = 180
_TOO_SLOW = gettext_noop("规则集在这个文件上算得太久，已停止。请简化规则或者分开文件。")


class Command(BaseCommand):
    help = "Write a programme as a file of IATI 2.03, check such a file, or keep one of others."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        check = acts.add_parser("check", help="what is wrong with a file")
        check.add_argument("file", type=Path, help="a file of activities or organisations")
        check.add_argument("--ruleset", type=Path, help="a ruleset of your own, JSON in the standard's rule language")
        check.add_argument("--only-ruleset", action="store_true", help="nothing but that ruleset")
        check.add_argument("--json", action="store_true", help="print a JSON object instead of lines")

        taking = acts.add_parser("import", help="keep a file of others")
        taking.add_argument("code", help="the programme's code")
        taking.add_argument("file", type=Path, help="a valid file of activities or organisations")
        add_person(taking)

        export = acts.add_parser("export", help="write a programme")
        export.add_argument("code", help="the programme's code")
        export.add_argument("--organisations", action="store_true", help="the file of organisations instead")
        export.add_argument("--output", type=Path, help="a file instead of the standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['act']}")(**options)

    def _import(self, *, code: str, file: Path, by: str, because: str, **_: Any) -> None:
        at = clock.now()
        try:
            person = person_at(by=by, at=at, command="iati import", because=because)
            with file.open("rb") as opened:
                kept = take_in(by=person, at=at, programme=code, file=opened, name=file.name)
        except NotValid as error:
            self.stdout.write(_as_lines(error.verdict))
            raise CommandError(say(error.message)) from error
        except OSError as error:
            raise CommandError(say(_closed(error)), returncode=2) from error
        except DomainError as error:
            raise CommandError(say(error.message), returncode=2) from error
        self.stdout.write(f"/iati/imported/{kept.uuid}/")

    def _export(self, *, code: str, organisations: bool, output: Path | None, **_: Any) -> None:
        viewer = system("console", tuple(registries.permissions))
        export = export_organisations if organisations else export_activities
        try:
            content = export(viewer=viewer, programme=code, at=clock.now())
        except DomainError as error:
            raise CommandError(say(error.message)) from error
        if output:
            output.write_bytes(content)
        else:
            self.stdout.write(content.decode("utf-8"), ending="")

    def _check(self, **options: Any) -> None:
        if options["only_ruleset"] and not options["ruleset"]:
            raise CommandError(say(gettext_noop("--only-ruleset 要和 --ruleset 一起用。")), returncode=2)
        try:
            with options["file"].open("rb") as file, _opened(options["ruleset"]) as ruleset, _Bounded():
                only = options["only_ruleset"]
                verdict = check_file(file, at=clock.now(), ruleset=ruleset, only_ruleset=only)
        except OSError as error:
            raise CommandError(say(_closed(error)), returncode=2) from error
        except DomainError as error:
            raise CommandError(say(error.message), returncode=2) from error
        self.stdout.write(_as_json(verdict) if options["json"] else _as_lines(verdict))
        if not verdict.valid:
            raise SystemExit(1)


def _closed(error: OSError) -> Message:
    return message(gettext_noop("打不开 %(file)s：%(reason)s。"), file=error.filename, reason=error.strerror)


def _opened(path: Path | None) -> Any:
    return path.open("rb") if path else nullcontext()


class _Bounded:
    """An alarm over the whole: an expression of a ruleset from outside may take for ever by itself.

    An XPath does not hear it, so a little later a thread of its own ends the command.
    """

    def __enter__(self) -> None:
        signal.signal(signal.SIGALRM, self._ring)
        signal.alarm(MOST_SECONDS)
        self.watch = threading.Timer(MOST_SECONDS + 2, self._end)
        self.watch.daemon = True
        self.watch.start()

    def __exit__(self, *_: object) -> None:
        self.watch.cancel()
        signal.alarm(0)

    @staticmethod
    def _ring(_number: int, _frame: FrameType | None) -> None:
        raise BadInput(_TOO_SLOW, "iati.too_slow", field="ruleset")

    @staticmethod
    def _end() -> None:
        sys.stderr.write(f"CommandError: {say(_TOO_SLOW)}\n")
        sys.stderr.flush()
        os._exit(2)


def _as_json(verdict: Verdict) -> str:
    findings = [
        {
            "rule": one.rule,
            "code": one.code,
            "severity": one.severity,
            "line": one.line,
            "path": one.path,
            "message": say(one.message),
            "remedy": say(one.remedy),
        }
        for one in verdict.findings
    ]
    answer = {"valid": verdict.valid, "counts": verdict.tally, "findings": findings, "more": verdict.more}
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _as_lines(verdict: Verdict) -> str:
    lines = [
        f"{one.line}\t{say(SEVERITIES[one.severity][1])}\t{one.code or one.rule}\t{one.path}\t"
        f"{say(one.message)}{say(one.remedy)}"
        for one in verdict.findings
    ]
    if verdict.more:
        lines.append(say(message(MORE, count=str(verdict.more))))
    lines += [f"{say(word)}\t{number}\t{say(meaning)}" for _, word, number, meaning in tally(verdict)]
    lines.append(say(gettext_noop("可以用。") if verdict.valid else gettext_noop("不合标准。")))
    return "\n".join(lines)
