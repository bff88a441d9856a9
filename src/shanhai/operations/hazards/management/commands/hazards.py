# SPDX-License-Identifier: Apache-2.0
"""``shanhai hazards replay FILE.csv`` says what the criteria would have said of the past.

Each act of the console is a method of its name.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanhai.base.formats import say
from shanhai.kernel.errors import BadInput, DomainError
from shanhai.kernel.messages import gettext_noop, message
from shanhai.operations.hazards.criteria.rules.replay import (
    Episode,
    Replay,
    compared,
    points_of,
    read_head,
    read_rows,
)
from shanhai.operations.hazards.criteria.values import Thresholds
from shanhai.operations.hazards.values import Level, SiteKind

_HEAD = "time\tcolumn\tvalue\trate\tangle\tlevel or state\n"


class Command(BaseCommand):
    help = "What criteria would have said of the past."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        replay = acts.add_parser("replay", help="judge a file of readings as if they came now")
        replay.add_argument("file", type=Path, help="CSV: time, columns of displacement in mm, rain_mm")
        replay.add_argument("--criteria", type=Path, help="thresholds, JSON; without it those to begin with")
        replay.add_argument("--against", type=Path, help="other thresholds: which alarms they add, lose and move")
        replay.add_argument("--json", action="store_true", help="print a JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['act']}")(**options)
        except DomainError as error:
            raise CommandError(say(error.message), returncode=2) from error
        except OSError as error:
            text = message(gettext_noop("打不开 %(file)s：%(reason)s。"), file=error.filename, reason=error.strerror)
            raise CommandError(say(text), returncode=2) from error

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
                    tell(f'{{"columns": {json.dumps(list(replay.tracks), ensure_ascii=False)},\n"rows": [\n')
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
