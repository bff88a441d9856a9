# SPDX-License-Identifier: Apache-2.0
"""``shanhai hazards watch`` judges what comes and calls who is to answer; ``replay FILE.csv`` says what the criteria
would have said of the past; ``cap-check FILE`` what is wrong with a message of CAP 1.2, and who signed it: it exits 0
for a valid one, 1 for another, 2 where it cannot be opened.

Each act of the console is a method of its name.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from shanhai.base.formats import say
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.errors import BadInput, DomainError
from shanhai.kernel.messages import gettext_noop, message
from shanhai.operations.hazards.calls.adapters.sending import send_due
from shanhai.operations.hazards.calls.services.ticking import run_clock
from shanhai.operations.hazards.cap.rules.checking import MOST_BYTES, check
from shanhai.operations.hazards.cap.views.console import as_json, as_lines
from shanhai.operations.hazards.criteria.rules.replay import (
    Episode,
    Replay,
    compared,
    points_of,
    read_head,
    read_rows,
)
from shanhai.operations.hazards.criteria.values import Thresholds
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.values import Channel, Level, SiteKind
from shanhai.operations.hazards.watch.services import judge_due

log = structlog.get_logger("shanhai.hazards")
BETWEEN_S, MOST_REST_S = 0.25, 2.0

_HEAD = "time\tcolumn\tvalue\trate\tangle\tlevel or state\n"


class Command(BaseCommand):
    help = "Watch hazard sites; what criteria would have said of the past; whether a message of CAP is valid."
    # They load every page of the product: most of a second that nobody here needs.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        replay = acts.add_parser("replay", help="judge a file of readings as if they came now")
        replay.add_argument("file", type=Path, help="CSV: time, columns of displacement in mm, rain_mm")
        replay.add_argument("--criteria", type=Path, help="thresholds, JSON; without it those to begin with")
        replay.add_argument("--against", type=Path, help="other thresholds: which alarms they add, lose and move")
        replay.add_argument("--json", action="store_true", help="print a JSON object instead of lines")
        checking = acts.add_parser("cap-check", help="what is wrong with a message of CAP 1.2, and who signed it")
        checking.add_argument("file", type=Path)
        checking.add_argument("--json", action="store_true", help="print a JSON object instead of lines")

        watch = acts.add_parser("watch", help="judge new readings, call, send what waits, until stopped")
        watch.add_argument("--once", action="store_true", help="do what is due and exit")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['act'].replace('-', '_')}")(**options)
        except DomainError as error:
            raise CommandError(say(error.message), returncode=2) from error
        except BrokenPipeError:
            # Who reads has seen enough (| head), and what is left in the buffer goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as error:
            text = message(gettext_noop("打不开 %(file)s：%(reason)s。"), file=error.filename, reason=error.strerror)
            raise CommandError(say(text), returncode=2) from error

    def _watch(self, *, once: bool, **_: Any) -> None:
        stopping = threading.Event()
        if once:
            stopping.set()
        for number in () if once else (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        # What is sent waits for others: a mail server that hangs holds up neither judgements nor the other channels.
        sending = [
            threading.Thread(target=keep_at, args=(partial(send_due, channel=one), stopping), name=one.value)
            for one in Channel
        ]
        for thread in sending:
            thread.start()
        keep_at(judge_and_call, stopping)
        for thread in sending:
            thread.join()

    def _cap_check(self, *, file: Path, **options: Any) -> None:
        with file.open("rb") as opened:
            verdict = check(opened.read(MOST_BYTES + 1))
        self.stdout.write(as_json(verdict) if options["json"] else as_lines(verdict))
        if not verdict.valid:
            raise SystemExit(1)

    def _replay(self, *, file: Path, criteria: Path | None, against: Path | None, **options: Any) -> None:
        thresholds, other = _thresholds(criteria), against and _thresholds(against)
        replay = self._judge(file, thresholds, lines=not options["json"], objects=options["json"])
        found = compared(replay.episodes, self._judge(file, other).episodes) if other else {}
        if not options["json"]:
            for what, episodes in {"alarm": replay.episodes, **found}.items():
                for one in episodes:
                    self.stdout.write(f"{what}\t{_instants(one)}")
            return
        changed = {what: [_episode(one) for one in episodes] for what, episodes in found.items()}
        rest = {"episodes": [_episode(one) for one in replay.episodes], "suggested": replay.suggested}
        if other:
            rest["against"] = changed
        self.stdout.write(f"\n],\n{json.dumps(rest, ensure_ascii=False)[1:]}")

    def _judge(self, path: Path, thresholds: Thresholds, *, lines: bool = False, objects: bool = False) -> Replay:
        """The replay of the file, each reading told as a line or an object where asked."""
        # Half a million of them: without the style and the line ends of Django.
        tell, separator = self.stdout._out.write, ""  # type: ignore[attr-defined]
        try:
            with path.open(encoding="utf-8-sig", newline="") as opened:
                sign, names = read_head(opened)
                replay = Replay(thresholds, points_of(names))
                if objects:
                    tell(f'{{"columns": {json.dumps(list(replay.names), ensure_ascii=False)},\n"rows": [\n')
                elif lines:
                    tell(_HEAD)
                for row in read_rows(opened, sign, names):
                    replay.step(row.time_us, row.values)
                    if not lines and not objects:
                        continue
                    for name, value in row.values.items():
                        entry = {"time": row.time, "column": name, "value": value, **replay.entry(name, row.time_us)}
                        if objects:
                            tell(separator + orjson.dumps(entry).decode())
                            separator = ",\n"
                        else:
                            tell(_line(entry))
        except UnicodeDecodeError:
            text = gettext_noop("%(file)s 不是 UTF-8。请另存为 UTF-8 的 CSV。")
            raise BadInput(text, "hazards.replay_wrong", field="file", file=path.name) from None
        return replay


def judge_and_call(*, by: Actor, at: datetime) -> None:
    """Judge what has come, then let the clock of the calls go on."""
    judge_due(by=by, at=at)
    run_clock(by=by, at=at)


def keep_at(act: Callable[..., Any], stopping: threading.Event) -> None:
    """Do it at least once, and again and again until stopped. Nothing that goes wrong ends it."""
    by = system("hazards", (HazardPermission.VIEW.value, HazardPermission.DUTY.value))
    while True:
        began = time.monotonic()
        try:
            close_old_connections()
            act(by=by, at=clock.now())
        except (OperationalError, InterfaceError) as error:
            log.warning("the database did not answer", error=str(error))
            connection.close()
        except Exception:
            # Whatever it is: nobody would judge, or nothing be sent, from then on.
            log.exception("a look failed", what=threading.current_thread().name)
        # SQLite knows no queue: who writes rests for as long, so that others come to write, too.
        if stopping.wait(max(BETWEEN_S, min(time.monotonic() - began, MOST_REST_S))):
            break
    connection.close()


def _thresholds(path: Path | None) -> Thresholds:
    if path is None:
        return Thresholds.default(SiteKind.LANDSLIDE)
    try:
        given = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        text = gettext_noop("%(file)s 不是 UTF-8 的 JSON：%(error)s。")
        raise BadInput(text, "hazards.threshold_wrong", file=path.name, error=str(error)) from None
    return Thresholds.read(given)


def _line(entry: dict[str, Any]) -> str:
    rate, angle = (f"{entry[key]:.3f}" if entry[key] is not None else "-" for key in ("rate", "angle"))
    shown = [entry["time"], entry["column"], f"{entry['value']:g}", rate, angle, entry["level"] or entry["state"]]
    return "\t".join([*shown, entry["reason"] or ""]).rstrip() + "\n"


def _time(instant: int | None) -> str | None:
    if instant is None:
        return None
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)).isoformat().replace("+00:00", "Z")


def _instants(one: Episode) -> str:
    return f"{one.highest.name.lower()}\t{_time(one.begin_us)}\t{_time(one.until_us) or '-'}"


def _episode(one: Episode) -> dict[str, Any]:
    moves = [
        {
            "time": _time(instant),
            "level": None if judged.level is None else Level(judged.level).name.lower(),
            "state": judged.lack and judged.lack.value,
            "reasons": judged.reasons,
        }
        for instant, judged in one.moves
    ]
    times = {"begin": _time(one.begin_us), "until": _time(one.until_us)}
    return {**times, "highest": one.highest.name.lower(), "moves": moves}
