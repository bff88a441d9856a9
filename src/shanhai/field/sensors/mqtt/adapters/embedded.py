# SPDX-License-Identifier: Apache-2.0
"""The broker within, for the demo and small sites: amqtt, which lets devices come by their credentials here.

It takes in by itself, so that a device is told that a message has arrived when it is stored and not before. (amqtt as
it is acknowledges at once, and gives up a message that a subscriber has not acknowledged after five seconds.)
"""

from __future__ import annotations

import asyncio
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import structlog
from amqtt import broker as amqtt
from amqtt.adapters import BufferReader
from amqtt.contexts import Action
from amqtt.errors import BrokerError, MQTTError
from amqtt.mqtt.constants import QOS_0
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import INCOMING
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from shanhai.field.sensors.mqtt.access import site_address
from shanhai.field.sensors.mqtt.adapters.ingest import INGEST, LONGEST_WAIT_S, MOST_MESSAGES, WINDOW_S
from shanhai.field.sensors.mqtt.rules.topics import STANDARD
from shanhai.field.sensors.mqtt.selectors.routes import Routes
from shanhai.field.sensors.mqtt.services.receiving import receive
from shanhai.field.sensors.mqtt.values import Incoming
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.sta.rules.options import parse_options
from shanhai.field.sensors.sta.rules.parsing import parse_quickly, to_json
from shanhai.field.sensors.sta.rules.paths import Resource, parse_path
from shanhai.field.sensors.sta.selectors.entities import TYPES, rows_of
from shanhai.field.sensors.sta.selectors.shapes import check_names
from shanhai.field.sensors.sta.values import Options
from shanhai.field.sensors.stations.selectors.credentials import live_accounts, sender_of
from shanhai.field.sensors.stations.selectors.tokens import NotKnown, reader_of
from shanhai.field.sensors.stations.services.tokens import note_use
from shanhai.field.sensors.values import instant_of
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import DomainError, Refused
from shanhai.kernel.ids import new_id

log = structlog.get_logger("shanhai.broker")

SECONDS_BETWEEN_LOOKS = 1.0
# So much may wait to be stored; whoever sends more is disconnected and comes again.
MOST_WAITING_BYTES = 64_000_000
MOST_PAYLOAD_BYTES = 4_000_000
MOST_CONNECT_BYTES = 4096
PATIENCE_S = 10.0
LEAVING_S = 3.0
# Who shows a token of the API as its secret comes by this name, and writes nothing.
TOKEN_ACCOUNT, NO_DEVICE = "token", -1
_OBSERVATIONS = TYPES["Datastream"].link("Observations")
_PLUGINS = f"{__name__}.Accounts", f"{__name__}.Topics"


class Intake:
    """What waits to be stored, and who waits for that."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Incoming, asyncio.Future[None]]] = []
        self._bytes, self._some = 0, asyncio.Event()
        # One thread, one connection to the database.
        self._database = ThreadPoolExecutor(1)
        self._routes = Routes()

    def put(self, message: Incoming) -> asyncio.Future[None]:
        """Have it stored; what is answered is done when that is. Raises Refused where too much waits."""
        if self._bytes + _room(message) > MOST_WAITING_BYTES or len(message.payload) > MOST_PAYLOAD_BYTES:
            raise Refused("too much waits")
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((message, stored))
        self._bytes += _room(message)
        self._some.set()
        return stored

    async def run(self) -> None:
        """Store one batch after the other, for ever."""
        while True:
            await self._some.wait()
            await asyncio.sleep(WINDOW_S)
            batch = self._waiting[:MOST_MESSAGES]
            del self._waiting[:MOST_MESSAGES]
            if not self._waiting:
                self._some.clear()
            await self._store([message for message, _ in batch])
            self._bytes -= sum(_room(message) for message, _ in batch)
            for _, stored in batch:
                if not stored.done():
                    stored.set_result(None)

    async def _store(self, messages: list[Incoming]) -> None:
        wait = 0.5
        while True:
            try:
                await self.ask(receive, messages=messages, routes=self._routes, by=INGEST, at=clock.now())
            # Whatever it is: devices wait for an answer, and nobody else would come back to it.
            except Exception as error:
                log.warning("a batch could not be stored yet", error=f"{type(error).__name__}: {error}")
                await self.ask(connection.close)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT_S)
            else:
                return

    async def ask(self, function: Any, **given: Any) -> Any:
        """What a function of the database answers."""

        def asked() -> Any:
            close_old_connections()
            return function(**given)

        return await asyncio.get_running_loop().run_in_executor(self._database, asked)


def _room(message: Incoming) -> int:
    """What a message takes while it waits, which is much even where nothing stands in it."""
    return len(message.payload) + len(message.topic) + 1000


@dataclass
class _Known:
    """Who a session is of: "" for this site itself."""

    username: str
    device: int | None
    secret: str = ""
    reader: Actor | None = None


class Handler(BrokerProtocolHandler):
    """The connection of a device."""

    intake: ClassVar[Intake]

    @classmethod
    async def init_from_connect(cls, reader: Any, writer: Any, plugins: Any, loop: Any = None) -> tuple[Handler, Any]:
        """Find out who it is before anything else: amqtt would give an open session to whoever names its client id."""
        try:
            packet = await asyncio.wait_for(_first_packet(reader, writer), PATIENCE_S)
        except (TimeoutError, IndexError, EOFError, OSError) as error:
            raise MQTTError("no CONNECT") from error
        handler, session = await super().init_from_connect(BufferReader(packet), writer, plugins, loop)
        known = await _known(session.username or "", session.password or "")
        if known is None:
            session.client_id, session.clean_session = f"?{new_id()}", True
        else:
            session.client_id = f"{known.username}/{session.client_id}"
            session.attributes["shanhai"] = known
        # A will is published for somebody who is gone, and asks nobody whether it may.
        session.will_flag = False
        return handler, session

    async def _handle_message_flow(self, app_message: Any) -> None:
        if app_message.direction == INCOMING:
            known = self.session.attributes["shanhai"]
            topic = app_message.topic
            if known.device is None and topic.startswith(f"{STANDARD}/"):
                await self._tell_selected(topic, app_message.data)
                if not topic.endswith("/Observations"):
                    # News of this site's own, with nothing in it to be stored.
                    await super()._handle_message_flow(app_message)
                    return
            message = Incoming(topic, bytes(app_message.data), instant_of(clock.now()), known.device)
            try:
                stored = self.intake.put(message)
            except Refused:
                await self.handle_connection_closed()
                return
            if app_message.qos != QOS_0:
                await stored
        await super()._handle_message_flow(app_message)

    async def _tell_selected(self, topic: str, body: bytes) -> None:
        """Pass news on to who asked for some of their properties."""
        broker = self.plugins_manager.context
        for wanted in [one for one in broker.subscriptions if one.startswith(f"{topic}?")]:
            with suppress(DomainError):
                entity, (_, options) = parse_quickly(body), _asked(wanted)
                names = ["@iot.id" if name == "id" else name for name in options.select]
                told = {name: entity[name] for name in names if name in entity}
                await broker.broadcast_message(wanted, to_json(told))


class Accounts(BaseAuthPlugin):
    """Lets in whom ``Handler`` knows."""

    async def authenticate(self, *, session: Any) -> bool:
        """Whether the account and the secret were right."""
        return "shanhai" in session.attributes


class Topics(BaseTopicPlugin):
    """This site may subscribe to all, a device to nothing, who has a token of the API to datastreams that it may read.

    What a device publishes is taken in, where it is asked whether it may; others hear of it from this site, once it is
    stored. Passed on as it came, it could pretend to be an observation of another's, or stay here for ever (retained).
    """

    async def topic_filtering(self, *, session: Any = None, topic: Any = None, action: Any = None) -> bool:
        """Whether somebody may."""
        known = session.attributes.get("shanhai") if session else None
        if known is None or known.device is None:
            return known is not None
        if known.reader is None or action == Action.PUBLISH:
            return False
        return bool(await Handler.intake.ask(_may_hear, reader=known.reader, topic=topic))


async def _first_packet(reader: Any, writer: Any) -> bytes:
    """The bytes of CONNECT, where it is of MQTT 3.1.1. amqtt reads one of MQTT 5 as if it were, and waits for ever."""
    packet, length, shift = await reader.read(1), 0, 0
    while True:
        byte = await reader.read(1)
        packet += byte
        length |= (byte[0] & 0x7F) << shift
        shift += 7
        if not byte[0] & 0x80 or shift > 21:
            break
    if not 10 <= length <= MOST_CONNECT_BYTES:
        raise MQTTError("no CONNECT")
    body = await reader.read(length)
    if body[:7] == b"\x00\x04MQTT\x05":
        # CONNACK of MQTT 5: unsupported protocol version.
        writer.write(b"\x20\x03\x00\x84\x00")
        await writer.drain()
        raise MQTTError("MQTT 5")
    return bytes(packet + body)


async def _known(username: str, secret: str) -> _Known | None:
    site = site_address()
    if username == site.username and secret == site.password:
        return _Known(username, None)
    if username == TOKEN_ACCOUNT:
        try:
            return _Known(username, NO_DEVICE, reader=await Handler.intake.ask(_reader, token=secret))
        except NotKnown:
            return None
    sender = await Handler.intake.ask(sender_of, username=username, secret=secret)
    kept = (await Handler.intake.ask(live_accounts, username=username)).get(username) if sender else None
    return _Known(username, sender.device, kept[1]) if sender and kept else None


def _asked(topic: str) -> tuple[Resource, Options]:
    """What a topic of the standard asks to be told of. Raises DomainError."""
    path, _, query = topic.removeprefix(f"{STANDARD}/").partition("?")
    return parse_path(path, TYPES), parse_options(parse_qsl(query, keep_blank_values=True))


def _reader(token: str) -> Actor:
    reader, used = reader_of(token)
    note_use(by=reader, at=clock.now(), used=used)
    return reader


def _may_hear(*, reader: Actor, topic: str) -> bool:
    """Whether that is told, and all of it may be read by who asks."""
    try:
        resource, options = _asked(topic)
        check_names(resource.type, options.select)
    except DomainError:
        return False
    first, *others = resource.hops
    linked = bool(others) and first.id is not None and first.type.key != "Observation" and others[0].id is None
    told = (not others or (linked and len(others) == 1 and resource.named is None)) and not resource.inside
    if not topic.startswith(f"{STANDARD}/") or not told or resource.raw or resource.ref:
        return False
    if options != Options(select=options.select) or (options.select and resource.named):
        return False
    if reader.may(SensorPermission.VIEW):
        return True
    # Of what else belongs to an entity that is seen, some may be hidden.
    seen = not others or others[0].link == _OBSERVATIONS
    return first.id is not None and seen and rows_of(first.type.key, viewer=reader).filter(pk=first.id).exists()


async def run(stopping: asyncio.Event) -> None:
    """Serve devices until stopped. Raises BrokerError where nobody can listen at the address, or not by TLS."""
    address = site_address()
    listener: dict[str, Any] = {"type": "tcp", "bind": f"{address.host}:{address.port}"}
    if address.tls:
        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
                settings.MQTT_CERTIFICATE, settings.MQTT_KEY or None
            )
        except OSError as error:
            raise BrokerError(f"SHANHAI_MQTT_CERTIFICATE, SHANHAI_MQTT_KEY: {error}") from error
        listener |= {"ssl": True, "certfile": settings.MQTT_CERTIFICATE, "keyfile": settings.MQTT_KEY or None}
    Handler.intake = intake = Intake()
    amqtt.BrokerProtocolHandler = Handler
    broker = amqtt.Broker({"listeners": {"default": listener}, "plugins": {one: {} for one in _PLUGINS}})
    await broker.start()
    log.info("broker started", host=address.host, port=address.port)
    tasks = [asyncio.create_task(intake.run()), asyncio.create_task(_throw_out(broker, intake))]
    await stopping.wait()
    for task in tasks:
        task.cancel()
    # What is acknowledged is stored by now. amqtt 0.12.1 may wait for ever where a connection is open or much is to be
    # passed on, and some of its tasks do not end when they are cancelled: nobody waits for them longer than this.
    leaving = asyncio.create_task(broker.shutdown())
    await asyncio.wait({leaving}, timeout=LEAVING_S)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=LEAVING_S)


async def _throw_out(broker: amqtt.Broker, intake: Intake) -> None:
    """Close the connections of those whose credential or token has ended, or is another by now."""
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        try:
            live = await intake.ask(live_accounts) if broker.sessions else {}
            for session, handler in list(broker.sessions.values()):
                known = session.attributes.get("shanhai")
                if known is None or known.device is None:
                    continue
                if known.reader is not None:
                    ended = await _known(known.username, session.password) is None
                else:
                    ended = live.get(known.username, (0, ""))[1] != known.secret
                if ended:
                    await handler.handle_connection_closed()
        except (OperationalError, InterfaceError):
            continue
