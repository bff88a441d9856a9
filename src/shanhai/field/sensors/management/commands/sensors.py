# SPDX-License-Identifier: Apache-2.0
"""``shanhai sensors``: tokens of the API, credentials of devices, processes that take in what they send.

Each act of the console is a method of its name. Without ``--by`` it is the console itself that acts, everywhere.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from shanhai.base.accounts.services.sessions import person_at
from shanhai.base.accounts.values import add_person
from shanhai.base.formats import say
from shanhai.field.sensors.mqtt.adapters.ingest import Ingest
from shanhai.field.sensors.mqtt.adapters.simulating import Simulator
from shanhai.field.sensors.mqtt.selectors.accounts import how_to_send, mosquitto_file
from shanhai.field.sensors.mqtt.services.accounts import bring_in_line
from shanhai.field.sensors.mqtt.services.simulating import mark_simulated
from shanhai.field.sensors.mqtt.values import Address
from shanhai.field.sensors.stations.selectors.credentials import device_named
from shanhai.field.sensors.stations.selectors.stations import get_station, list_devices
from shanhai.field.sensors.stations.services import credentials, devices, stations, streams, tokens
from shanhai.field.sensors.stations.values import PHENOMENA, DeviceFacts, StationFacts, StreamFacts
from shanhai.field.sensors.values import QUESTIONS, StationKind
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.errors import DomainError, NotVisible
from shanhai.kernel.registry import registries
from shanhai.planning.programmes.core.selectors.programmes import default_programme

_LIVE_LEAVING_S = 2
# These run until stopped, and open their transactions themselves.
_LASTING = {"ingest", "broker", "archive", "simulate", "live"}


class Command(BaseCommand):
    help = "Give programs and devices access to the store of observations, and take in what they send."

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
        device = acts.add_parser("device", help="print the MQTT account and the topics of a device, or end its account")
        device.add_argument(
            "--name", required=True, metavar="STATION[.DEVICE]", help="their codes; made where they are not"
        )
        device.add_argument("--programme", default="", help="of a station that is made: the code of its programme")
        device.add_argument("--metric", action="append", default=[], help="what a device that is made observes (temp)")
        device.add_argument("--revoke", action="store_true", help="end its account at once")
        add_person(device)
        ingest = acts.add_parser("ingest", help="one process that takes in what devices send over MQTT")
        ingest.add_argument(
            "--name", default="1", help="each process its own, and always the same: the broker keeps it"
        )
        ingest.add_argument("--leave", action="store_true", help="take in what is left for this name, and end it")
        archive = acts.add_parser("archive", help="move observations of closed months to files now, not at night")
        add_person(archive)
        history = acts.add_parser("history", help="ask over the months that have moved to files")
        history.add_argument("--question", required=True, choices=QUESTIONS)
        history.add_argument("--first", default="", metavar="YYYY-MM")
        history.add_argument("--last", default="", metavar="YYYY-MM")
        history.add_argument("--station", default="", metavar="CODE", help="this station alone")
        history.add_argument("--threshold", type=float, help="of the question above")
        history.add_argument("--json", action="store_true", help="print the answer as JSON")
        add_person(history)
        broker = acts.add_parser(
            "broker", help="run the embedded broker, or tell Mosquitto which devices have accounts"
        )
        broker.add_argument("what", choices=["run", "sync", "file"], help="run it; bring Mosquitto in line; its file")

        live = acts.add_parser("live", help="tell open pages of news; `serve` runs one beside the pages")
        live.add_argument("--host", default="127.0.0.1")
        live.add_argument("--port", type=int, default=8001)
        simulate = acts.add_parser(
            "simulate", help="send made-up readings for stations, marked as simulated, over MQTT"
        )
        simulate.add_argument(
            "--station", action="append", required=True, metavar="CODE", help="may be said several times"
        )
        simulate.add_argument("--flat", action="append", default=[], metavar="METRIC", help="this one does not move")
        simulate.add_argument(
            "--silence", type=int, default=21_600, metavar="SECONDS", help="how long a device is out of reach at a time"
        )
        simulate.add_argument("--seed", type=int, default=1, help="the same seed, the same readings")
        simulate.add_argument(
            "--days", type=float, default=0, help="first, in bursts, those of so many days before now"
        )
        simulate.add_argument("--seconds", type=float, default=0, help="end after so long (0: when stopped)")
        add_person(simulate)

    def handle(self, *args: Any, **options: Any) -> None:
        act = getattr(self, f"_{options['act']}")
        try:
            if options["act"] in _LASTING:
                act(at=clock.now(), **options)
                return
            with transaction.atomic():
                act(at=clock.now(), **options)
        except DomainError as error:
            raise CommandError(say(error.message)) from error

    def _token(self, *, at: datetime, name: str | None, revoke: UUID | None, **options: Any) -> None:
        by = _actor(at=at, **options)
        if revoke is not None:
            tokens.revoke_token(token=revoke, by=by, at=at)
            return
        given = {key: options[key] for key in ("write", "programme", "place", "datastream")}
        self.stdout.write(tokens.give_token(name=name or "", by=by, at=at, **given))

    def _device(
        self, *, at: datetime, name: str, revoke: bool, programme: str, metric: list[str], **options: Any
    ) -> None:
        by = _actor(at=at, **options)
        station, _, code = name.partition(".")
        name = f"{station}.{code or 'logger'}"
        if not revoke:
            _make_missing(name, programme, metric or ["temp"], by, at)
        device = device_named(viewer=by, username=name)
        if revoke:
            credentials.revoke_credential(device=device.uuid, by=by, at=at)
            return
        if device.secret:
            self.stdout.write("换了凭证，旧的不能再用。 The credential is rotated: the old one is void.")
        secret = credentials.give_credential(device=device.uuid, by=by, at=at)
        for what, value in how_to_send(device=device, secret=secret).items():
            self.stdout.write(f"{what:<10} {value}")

    def _ingest(self, *, name: str, leave: bool, **_: Any) -> None:
        if settings.MQTT_BROKER == "embedded":
            words = "内置的 MQTT 服务器自己接收数据。用别的服务器时，请设 SHANHAI_MQTT_BROKER 和 SHANHAI_MQTT_URL。"
            raise CommandError(f"{words} The embedded broker takes in by itself; set these for another one.")
        with _alone(name):
            Ingest(name, _until_stopped()).run(leave=leave)

    def _simulate(
        self,
        *,
        at: datetime,
        station: list[str],
        seed: int,
        days: float,
        seconds: float,
        **options: Any,
    ) -> None:
        with transaction.atomic():
            by = _actor(at=at, **options)
            streams = mark_simulated(stations=station, flat=options["flat"], by=by, at=at)
        stopping = _until_stopped()
        simulator = Simulator(streams, seed, max(options["silence"], 1), stopping)
        if seconds:
            threading.Timer(seconds, stopping.set).start()
        intervals = sorted(one.interval_s for one in streams)
        every = "–".join(dict.fromkeys([str(intervals[0]), str(intervals[-1])]))
        words = f"{len(streams)} 个数据流，每 {every} 秒一个数，Ctrl+C 停止。"
        self.stdout.write(f"{words} {len(streams)} datastreams, a reading every {every} s, stop with Ctrl+C.")
        simulator.run(days=days)
        self.stdout.write(f"发了 {simulator.sent} 条消息。 {simulator.sent} messages sent.")

    def _archive(self, *, at: datetime, **options: Any) -> None:
        # Not at the top: a process of ingest is to stay small, without DuckDB and Parquet.
        from shanhai.field.sensors.store.services.archiving import archive_months  # noqa: PLC0415

        for one in archive_months(by=_actor(at=at, **options), at=at):
            self.stdout.write(f"{one.month}: {one.rows} rows, {one.file}")

    def _live(self, *, host: str, port: int, **_: Any) -> None:
        from granian import Granian  # noqa: PLC0415 - loads its runtime
        from granian.constants import Interfaces  # noqa: PLC0415

        # An open page would hold it for ever; it comes again by itself.
        server = Granian(
            "shanhai.config.asgi:application",
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            workers_kill_timeout=_LIVE_LEAVING_S,
        )
        server.serve()

    def _history(self, *, at: datetime, **options: Any) -> None:
        from shanhai.field.sensors.store.selectors.history import ask  # noqa: PLC0415 - Ibis and DuckDB, as above

        given = {key: options[key] for key in ("question", "first", "last", "station", "threshold")}
        rows = ask(viewer=_actor(at=at, **options), **given)
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
            return
        if not rows:
            words = "没有。这里只问移到文件里的月份：shanhai sensors archive。"
            self.stdout.write(f"{words} Nothing: only months that have moved to files are asked.")
        for row in rows:
            self.stdout.write("  ".join(f"{key} {value}" for key, value in row.items()))

    def _broker(self, *, what: str, at: datetime, **_: Any) -> None:
        if what == "run":
            # Not ``asyncio.run``: it would wait, at the end, for tasks that do not end when they are cancelled.
            loop = asyncio.new_event_loop()
            try:
                loop.run_until_complete(_run_embedded())
            finally:
                loop.close()
            return
        if what == "file":
            self.stdout.write(json.dumps(mosquitto_file(Address.of(settings.MQTT_URL)), indent=1))
            return
        ended, unknown = bring_in_line(by=system("console"), at=at)
        self.stdout.write(f"收回了 {ended} 个账号。 {ended} accounts ended.")
        for username in unknown:
            self.stdout.write(f"  ✗ {username}: 服务器不认识，请换凭证或用账号文件。 The broker does not know it.")


def _make_missing(name: str, programme: str, metrics: Sequence[str], by: Actor, at: datetime) -> None:
    """Register the station and the device of that name, where they are not there, with a datastream for each metric."""
    station, _, code = name.partition(".")
    facts = DeviceFacts(code=code)
    observes = [StreamFacts(metric=one, of=one if one in PHENOMENA else "", name=one) for one in metrics]
    with suppress(NotVisible):
        there = get_station(viewer=by, code=station)
        if not any(one.code == code for one in list_devices(viewer=by, station=there)):
            made = devices.add_device(station=station, facts=facts, by=by, at=at)
            for one in observes:
                streams.add_stream(device=made.uuid, facts=one, by=by, at=at)
        return
    if not programme and (first := default_programme(viewer=by)) is not None:
        programme = first.code
    place = StationFacts(code=station, name=station, kind=StationKind.OTHER, programme=programme)
    stations.register_station(facts=place, device=facts, streams=observes, by=by, at=at)


def _until_stopped() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


async def _run_embedded() -> None:
    from amqtt.errors import BrokerError  # noqa: PLC0415 - amqtt is slow to import

    from shanhai.field.sensors.mqtt.adapters.embedded import run  # noqa: PLC0415

    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    try:
        await run(stopping)
    except BrokerError as error:
        raise CommandError(f"MQTT 服务器没有开起来。 The broker cannot listen: {error}") from error


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Two of one name would throw each other out at the broker for ever."""
    with (settings.DATA_DIR / f"ingest-{name.replace('/', '_')}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            words = f"已有一个名字是 {name} 的进程，请用 --name 另起名字。 One of that name is running: use --name."
            raise CommandError(words) from None
        yield


def _actor(*, at: datetime, act: str, by: str, because: str, **_: Any) -> Actor:
    if by or because:
        return person_at(by=by, at=at, command=f"sensors {act}", because=because)
    return system("console", tuple(registries.permissions))
