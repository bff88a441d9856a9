# SPDX-License-Identifier: Apache-2.0
"""A page hears at once of what is stored, of its own datastreams alone."""

import asyncio
import json
import signal
from contextlib import suppress

import pytest
import requests
from asgiref.sync import sync_to_async
from django.core import signing
from django.db import connections

from shanhai.field.sensors.mqtt.tests.brokers import free_port, own_database, start_process, wait_for
from shanhai.field.sensors.store.selectors.live import live_address
from shanhai.field.sensors.store.views import live as live_view
from shanhai.field.sensors.store.views.live import Live
from shanhai.field.sensors.tests.streams import a_stream, came
from shanhai.field.sensors.values import STREAMS
from shanhai.kernel.actors import NOBODY
from tests.cast import a_user, actor_of


def ask(live, address, told):
    """A connection to the application: what it is sent is put into ``told``; answers how to end it."""
    end = asyncio.Event()

    async def receive():
        await end.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        told.append(message)

    scope = {"type": "http", "path": address.removeprefix("http://live.test"), "headers": [(b"origin", b"http://a")]}
    return asyncio.create_task(live(scope, receive, send)), end


def news(told):
    bodies = [one["body"] for one in told if one["type"] == "http.response.body"]
    return [json.loads(body.removeprefix(b"data: ")) for body in bodies if body.startswith(b"data: ")]


async def until(condition):
    for _ in range(100):
        if condition():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it did not come")


@pytest.mark.django_db(transaction=True)
def test_who_asks_hears_of_their_own_datastreams(settings):
    settings.LIVE_URL = "http://live.test"
    mine, other, viewer = a_stream(), a_stream(), actor_of(a_user())

    async def walk():
        live, told, others = Live(), [], []
        first, end = ask(live, live_address(viewer, STREAMS, [mine.pk]), told)
        second, end_second = ask(live, live_address(viewer, STREAMS, [other.pk]), others)
        await until(lambda: told and others and live._known)
        await sync_to_async(came)(mine, [(0, 21.5)])
        await until(lambda: news(told))
        end.set(), end_second.set()
        await asyncio.wait_for(asyncio.gather(first, second), 5)
        assert live._waiting == {}
        # That of the thread which asks: no test of another database must find it open.
        await sync_to_async(connections.close_all)()
        return told, others

    told, others = asyncio.run(walk())
    assert told[0]["status"] == 200
    assert news(told)[0][str(mine.pk)][1] == 21.5
    assert news(others) == []


@pytest.mark.django_db(transaction=True)
def test_who_may_no_longer_see_a_datastream_hears_no_more_of_it(settings, monkeypatch):
    settings.LIVE_URL = "http://live.test"
    monkeypatch.setattr(live_view, "_MAY_S", 0.1)
    mine, user = a_stream(), a_user()
    address = live_address(actor_of(user), STREAMS, [mine.pk])

    async def walk():
        live, told, again = Live(), [], []
        open_page, _end = ask(live, address, told)
        await until(lambda: told and live._known)
        await sync_to_async(user.grants.all().delete)()
        await asyncio.wait_for(open_page, 5)
        await ask(live, address, again)[0]
        await sync_to_async(connections.close_all)()
        return told, again

    told, again = asyncio.run(walk())
    assert told[0]["status"] == 200
    assert not told[-1].get("more_body")
    assert again[0]["status"] == 404


@pytest.mark.django_db(transaction=True)
def test_a_strange_address_and_one_connection_too_many_are_refused(settings):
    settings.LIVE_URL, settings.LIVE_MOST = "http://live.test", 0
    mine, viewer = a_stream(), actor_of(a_user())
    others = signing.dumps([viewer.ref, [mine.pk]], salt="another")

    async def status(address):
        told = []
        await ask(Live(), address, told)[0]
        return told[0]["status"]

    assert asyncio.run(status(f"/live/{others}")) == 404
    assert asyncio.run(status("/elsewhere")) == 404
    assert asyncio.run(status(live_address(viewer, STREAMS, [mine.pk]))) == 503
    assert asyncio.run(status(live_address(NOBODY, STREAMS, [mine.pk]))) == 404


def test_the_process_ends_while_a_page_is_open(django_db_setup, django_db_blocker, empty_database, tmp_path, settings):
    with django_db_blocker.unblock(), own_database(empty_database, tmp_path):
        port = free_port()
        settings.LIVE_URL = f"http://127.0.0.1:{port}"
        address = live_address(actor_of(a_user()), STREAMS, [a_stream().pk])
        command, place = ("sensors", "live", "--port", str(port)), {"SHANHAI_SECRET_KEY": settings.SECRET_KEY}
        process = start_process(*command, place=place)
        try:
            page = wait_for(lambda: opened(address), seconds=30)
            assert page.status_code == 200
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) == 0
        finally:
            process.kill()


def opened(address):
    with suppress(requests.ConnectionError):
        return requests.get(address, stream=True, timeout=10)


def test_where_nothing_is_served_there_is_no_address(settings):
    settings.LIVE_URL = ""

    assert live_address(NOBODY, STREAMS, [1]) == ""
